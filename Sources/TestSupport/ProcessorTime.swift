#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How long the processor works for something that stays on this thread: a busy machine adds nothing to it.
package func processorTime(_ body: () -> Void) -> Duration {
  let start = threadTime
  body()
  return threadTime - start
}

private var threadTime: Duration {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
