import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Ends a command when it is interrupted: the first signal lets it close what it opened, a second ends it at once.
final class Interruption {
  private final class Received: Sendable {
    let signal = Mutex<CInt?>(nil)
  }

  private let received = Received()
  private let sources: [any DispatchSourceSignal]

  /// - Parameter cancel: called once, at the first signal.
  init(_ numbers: [CInt] = [SIGINT, SIGTERM, SIGHUP], cancel: @escaping @Sendable () -> Void) {
    let received = received
    sources = numbers.map { number in
      Glibc.signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { @Sendable in
        let isFirst = received.signal.withLock { signal in
          defer { if signal == nil { signal = number } }
          return signal == nil
        }
        if isFirst { cancel() } else { _exit(128 + number) }
      }
      source.activate()
      return source
    }
  }

  /// The signal that came, if one did.
  var signal: CInt? { received.signal.withLock { $0 } }
}
