import Dashboard
import KubernetesClient
import Ncurses
import TerminalUI

#if canImport(Glibc)
  import Glibc
#endif
#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The dashboard's run loop: takes what waits, updates the state, draws once, sleeps.
///
/// Nothing here waits for a network: effects run elsewhere and come back as messages.
@MainActor
final class DashboardLoop {
  /// Between two draws that the cluster causes; a key is always drawn at once. Ten a second are more than can be read.
  private static let frameInterval: Duration = .milliseconds(100)

  private let mailbox = Mailbox<Message>()
  private let theme: Theme
  private var session: TerminalSession?
  private var state: DashboardState
  private var effects: (any EffectRunner)?
  private var lastFrame: Frame?
  private var lastDraw = ContinuousClock.now - DashboardLoop.frameInterval
  private var alarm: Task<Void, Never>?
  private var isSuspended = false
  private var exitStatus: CInt?

  /// Takes the terminal. Throws `ScreenError` where there is none that can be used.
  init(
    configuration: DashboardConfiguration, theme: Theme, screen: ScreenOptions, logPath: String?
  ) throws {
    self.theme = theme
    state = DashboardState(
      configuration: configuration, size: Size(rows: 24, columns: 80), now: Date())
    let mailbox = mailbox
    let session = try TerminalSession(
      options: screen, logPath: logPath,
      onInput: { events in events.forEach { mailbox.post(.input($0)) } },
      onSignal: { [weak self] signal in self?.handle(signal) })
    self.session = session
    _ = update(&state, .input(.resize(session.size)))
  }

  /// Shows the first frame, then starts the effects, and runs until the user leaves or a signal ends it.
  ///
  /// - Parameter start: makes what runs the effects; it is called when the first frame is on screen.
  /// - Returns: the exit status: 0, or 128 and the number of the signal.
  func run(start: (Mailbox<Message>) -> any EffectRunner) async -> CInt {
    draw()
    let effects = start(mailbox)
    self.effects = effects
    for await _ in mailbox.wakeUps {
      step()
      if exitStatus != nil { break }
    }
    alarm?.cancel()
    // What was typed comes first: once the terminal has been given back, the next signal ends the program as it ends any other.
    effects.flush()
    session?.close()
    // A connection that is cut sends one hang-up for the terminal and one for the session.
    if exitStatus == 128 + SIGHUP { signal(SIGHUP, SIG_IGN) }
    await effects.stop()
    return exitStatus ?? 0
  }

  private func step() {
    let messages = mailbox.take()
    var hasInput = false
    if !messages.isEmpty { apply(.clock(Date())) }
    for message in messages {
      if case .input = message { hasInput = true }
      apply(message)
      if exitStatus != nil { return }
    }
    guard !isSuspended else { return }
    let sinceDraw = lastDraw.duration(to: .now)
    if hasInput || sinceDraw >= Self.frameInterval {
      draw()
    } else {
      setAlarm(after: Self.frameInterval - sinceDraw) { [mailbox] in mailbox.wake() }
    }
  }

  private func apply(_ message: Message) {
    for effect in update(&state, message) {
      switch effect {
      case .quit: exitStatus = exitStatus ?? 0
      case .suspend: session?.suspend()
      case .redraw: session?.redraw()
      default: effects?.run(effect)
      }
    }
  }

  private func draw() {
    let frame = view(state, theme: theme)
    if frame != lastFrame {
      session?.draw(frame)
      lastFrame = frame
    }
    lastDraw = .now
    let now = Date()
    if let due = state.nextDue(after: now) {
      // Never more often than a frame, and never so late that a change of the clock is missed for long.
      let seconds = min(60, max(0.05, due.timeIntervalSince(now)))
      setAlarm(after: .seconds(seconds)) { [mailbox] in mailbox.post(.clock(Date())) }
    } else {
      alarm?.cancel()
    }
  }

  private func setAlarm(after delay: Duration, _ action: @escaping @Sendable () -> Void) {
    alarm?.cancel()
    alarm = Task {
      guard (try? await Task.sleep(for: delay)) != nil else { return }
      action()
    }
  }

  /// Lends the terminal to a program that talks to the user; meanwhile the state goes on, and nothing is drawn.
  var terminal: TerminalHandover {
    TerminalHandover { [weak self] body in await self?.lendTerminal(to: body) ?? false }
  }

  private func lendTerminal(to body: @escaping TerminalHandover.Body) async -> Bool {
    guard let session, exitStatus == nil, !isSuspended else { return false }
    isSuspended = true
    await session.handOver { await body() }
    isSuspended = false
    mailbox.post(.clock(Date()))
    return true
  }

  private func handle(_ signal: TerminalSignal) {
    switch signal {
    case .terminate(let number):
      exitStatus = 128 + number
      mailbox.post(.terminated)
    case .suspended:
      isSuspended = true
    case .resumed:
      isSuspended = false
      mailbox.post(.clock(Date()))
    }
  }
}

/// Does what the dashboard wants done outside of it, and reports through the mailbox.
@MainActor
protocol EffectRunner: AnyObject {
  func run(_ effect: Effect)
  /// When it returns, what was typed is on disk.
  func flush()
  /// Ends everything; called when the terminal has been given back.
  func stop() async
}
