import Dispatch

#if canImport(Glibc)
  import Glibc
#endif

/// Waits for one of some signals, for commands that run without a screen.
final class SignalWaiter {
  /// Each that comes, in order; for one reader.
  let signals: AsyncStream<CInt>
  private let sources: [any DispatchSourceSignal]

  init(_ numbers: [CInt]) {
    let (stream, continuation) = AsyncStream.makeStream(of: CInt.self)
    signals = stream
    sources = numbers.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { @Sendable in continuation.yield(number) }
      source.activate()
      return source
    }
  }

  /// The first of the signals that comes.
  func first() async -> CInt {
    for await number in signals { return number }
    return SIGTERM
  }
}
