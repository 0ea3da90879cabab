internal import CNcursesShims
internal import Dispatch
internal import Glibc
package import TerminalUI

/// What happened to the terminal or to the process, other than input.
package enum TerminalSignal: Hashable, Sendable {
  /// The process is asked to end, or the terminal is gone (as SIGHUP). Nothing has been done about
  /// it: the owner closes the session and exits with 128 + the number.
  case terminate(signal: CInt)
  /// The terminal was given back; the process stops when the handler returns.
  case suspended
  /// The terminal was taken again and shows the last frame.
  case resumed
}

/// The terminal for as long as the dashboard is up: owns the screen, reads input, watches signals.
///
/// One at a time: signals and the terminal are the process's. Every way out leaves the terminal as
/// it was: ``close()``, a crash, `exit`.
@MainActor
package final class TerminalSession {
  /// The screen that the session draws on; closed with it.
  package let screen: NcursesScreen
  private let streams: StandardStreams
  private let onInput: @MainActor ([InputEvent]) -> Void
  private let onSignal: @MainActor (TerminalSignal) -> Void

  private let inputDescriptor: CInt
  private var parser: InputParser
  private let escapeDelay: Int
  /// Counts reads, so that a timer knows whether something came after it was set.
  private var reads = 0
  private var inputSource: (any DispatchSourceRead)?
  private var signalSource: (any DispatchSourceRead)?
  private var isOpen = true
  private var isHandedOver = false

  /// Takes the terminal, by default that of standard input and output.
  ///
  /// - Parameters:
  ///   - term: the terminal's type in place of TERM.
  ///   - logPath: where standard output and error go while the session is open.
  ///   - onInput: gets what came in one go, on the main actor.
  package init(
    options: ScreenOptions = ScreenOptions(), logPath: String? = nil,
    descriptors: TerminalDescriptors = .standard, term: String? = nil,
    onInput: @escaping @MainActor ([InputEvent]) -> Void,
    onSignal: @escaping @MainActor (TerminalSignal) -> Void
  ) throws(ScreenError) {
    let term = term ?? getenv("TERM").map { String(cString: $0) } ?? ""
    try Self.checkTerminal(descriptors, term)
    self.onInput = onInput
    self.onSignal = onSignal
    inputDescriptor = descriptors.input
    escapeDelay = Self.escapeDelay(getenv("ESCDELAY").map { String(cString: $0) })
    streams = StandardStreams(descriptors, logPath: logPath)
    // Started in the background: wait for the foreground while signals still do what they always do.
    if cn_is_in_background(descriptors.input) != 0 { raise(SIGTTOU) }
    // Before curses, which takes only signals that nobody has.
    let signals = cn_signals_start()
    do throws(ScreenError) {
      screen = try NcursesScreen(
        output: StandardStreams.duplicate(descriptors.output),
        input: StandardStreams.duplicate(descriptors.input), term: term, options: options)
    } catch {
      cn_signals_stop()
      streams.close()
      throw error
    }
    parser = InputParser(sequences: screen.keySequences)
    guard screen.canMoveCursor else {
      close()
      throw .incapable(term: term)
    }
    streams.redirect()
    startReading()
    if signals >= 0 { startWatching(signals) }
  }

  /// Milliseconds that an Escape waits for the rest of a sequence: `ESCDELAY`, else 8: with the work, an Escape is on screen within a frame of 16. A sequence comes in one packet nearly always.
  package static func escapeDelay(_ value: String?) -> Int {
    guard let value, let delay = Int(value), delay >= 0 else { return 8 }
    return min(delay, 10_000)
  }

  /// Milliseconds to wait for the rest of what is pending. Nobody types half a sequence by hand, so
  /// its rest may take as long as a slow line does.
  package static func patience(for pending: InputParser.Pending, escapeDelay: Int) -> Int? {
    switch pending {
    case .nothing: nil
    case .escape: escapeDelay
    case .sequence: max(escapeDelay, 500)
    }
  }

  private static func checkTerminal(
    _ descriptors: TerminalDescriptors, _ term: String
  ) throws(ScreenError) {
    guard isatty(descriptors.input) == 1 else { throw .notATerminal(stream: "standard input") }
    guard isatty(descriptors.output) == 1 else { throw .notATerminal(stream: "standard output") }
    if term.isEmpty { throw .noTerminalType }
    if term == "dumb" { throw .incapable(term: term) }
  }

  /// The screen's size in cells; 0 by 0 once closed.
  package var size: Size { screen.size }
  /// Whether to draw with Unicode glyphs.
  package var isUnicode: Bool { screen.isUnicode }

  /// Shows a frame; see ``NcursesScreen/draw(_:)``.
  package func draw(_ frame: Frame) { screen.draw(frame) }

  /// Sends the whole screen again (Ctrl-L).
  package func redraw() { screen.redraw() }

  /// Gives the terminal back and stops the process, as Ctrl-Z does elsewhere; returns when it is
  /// continued, with the screen as it was.
  package func suspend() {
    guard isOpen, !isHandedOver else { return }
    screen.suspend()
    streams.restore()
    onSignal(.suspended)
    guard stop() else { return }
    comeBack()
    onSignal(.resumed)
  }

  /// Stops the process until it has the terminal again.
  ///
  /// - Returns: false when it is to end instead: continued in the background (`kill %1`, a log-out)
  ///   it must not touch the terminal, which would stop it for good.
  private func stop() -> Bool {
    // Bounded, for a process that cannot be stopped because nobody could continue it.
    for _ in 0..<100 {
      cn_stop_process()
      var isToEnd = false
      while isOpen, let signal = nextSignal() {
        switch signal {
        // These two were the stop and its end.
        case SIGCONT, SIGTSTP, SIGWINCH: break
        default:
          isToEnd = true
          onSignal(.terminate(signal: signal))
        }
      }
      if isToEnd || !isOpen { return false }
      if cn_is_in_background(inputDescriptor) == 0 { break }
    }
    return true
  }

  /// Lends the terminal to another program, such as an editor, for as long as `body` runs.
  package func handOver<Result>(_ body: () async throws -> Result) async rethrows -> Result {
    guard isOpen, !isHandedOver else { return try await body() }
    isHandedOver = true
    inputSource?.suspend()
    screen.suspend()
    streams.restore()
    defer {
      // What came meanwhile was for the other program.
      readSignals()
      isHandedOver = false
      inputSource?.resume()
      if isOpen { comeBack() }
    }
    return try await body()
  }

  private func comeBack() {
    streams.redirect()
    let size = screen.size
    screen.resume()
    if screen.size != size { onInput([.resize(screen.size)]) }
  }

  /// Leaves the screen and puts back everything that was changed. Safe to call again.
  package func close() {
    guard isOpen else { return }
    isOpen = false
    inputSource?.cancel()
    signalSource?.cancel()
    screen.close()
    streams.close()
    cn_signals_stop()
    cn_restore_disarm()
  }
}

// MARK: Input

extension TerminalSession {
  private func startReading() {
    let source = DispatchSource.makeReadSource(fileDescriptor: inputDescriptor, queue: .main)
    // @Sendable: a closure that takes this type's isolation is checked, and traps, on other queues.
    source.setEventHandler { @Sendable [weak self] in
      MainActor.assumeIsolated { self?.readInput() }
    }
    source.activate()
    inputSource = source
  }

  /// Reads what is there, without waiting, and passes on what it means.
  private func readInput() {
    guard isOpen, !isHandedOver else { return }
    var events: [InputEvent] = []
    var isAtEnd = false
    // Bounded, so that a large paste does not hold up the screen.
    for _ in 0..<16 where !isAtEnd && Self.isReadable(inputDescriptor) {
      let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 14) { buffer, count in
        let result = read(inputDescriptor, buffer.baseAddress, buffer.count)
        // The end of the file, or EIO: the terminal is gone.
        isAtEnd = result == 0 || (result < 0 && errno != EINTR && errno != EAGAIN)
        count = max(0, result)
      }
      if !bytes.isEmpty { events += parser.feed(bytes) }
    }
    reads += 1
    if !events.isEmpty { onInput(events) }
    if isAtEnd {
      inputSource?.cancel()
      onSignal(.terminate(signal: SIGHUP))
    } else {
      waitForRest()
    }
  }

  /// When an Escape or half a sequence is left, comes back to it after a while.
  private func waitForRest() {
    guard let delay = Self.patience(for: parser.pending, escapeDelay: escapeDelay) else { return }
    let known = reads
    DispatchQueue.main.asyncAfter(deadline: .now() + .milliseconds(delay)) {
      @Sendable [weak self] in
      MainActor.assumeIsolated { self?.giveUpWaiting(since: known) }
    }
  }

  private func giveUpWaiting(since known: Int) {
    guard isOpen, !isHandedOver, reads == known else { return }
    // The rest may lie there unread because something else took long.
    if Self.isReadable(inputDescriptor) { return readInput() }
    let events = parser.timeOut()
    if !events.isEmpty { onInput(events) }
  }

  private static func isReadable(_ descriptor: CInt) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&request, 1, 0) > 0
  }
}

// MARK: Signals

extension TerminalSession {
  /// Signals come as bytes through a pipe. Dispatch's own signal sources block signals on threads as
  /// they go, which child processes inherit.
  private func startWatching(_ descriptor: CInt) {
    let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .main)
    source.setEventHandler { @Sendable [weak self] in
      MainActor.assumeIsolated { self?.readSignals() }
    }
    source.activate()
    signalSource = source
  }

  private func readSignals() {
    while isOpen, let signal = nextSignal() { handle(signal) }
  }

  private func nextSignal() -> CInt? {
    let signal = cn_signals_next()
    return signal == 0 ? nil : signal
  }

  private func handle(_ signal: CInt) {
    switch signal {
    case SIGWINCH:
      if !isHandedOver { onInput([.resize(screen.syncSize())]) }
    case SIGTSTP:
      // The program that has the terminal stops, and what runs it must stop with it.
      if isHandedOver { _ = stop() } else { suspend() }
    case SIGCONT:
      // After a SIGSTOP, which nobody sees come: the shell has used the terminal since.
      if !isHandedOver {
        screen.retake()
        onSignal(.resumed)
      }
    case SIGINT, SIGQUIT:
      // Of a program that has the terminal, not for us.
      if !isHandedOver { onSignal(.terminate(signal: signal)) }
    default: onSignal(.terminate(signal: signal))
    }
  }
}
