import Foundation
import Glibc
import Ncurses
import TerminalUI
import Testing

extension CursesTests {
  @Suite("Session on a pseudo-terminal")
  @MainActor
  struct SessionTests {
    /// A session with what came out of it.
    @MainActor
    final class Run {
      let terminal: PseudoTerminal
      let modesBefore: [UInt32]
      private(set) var session: TerminalSession?
      var events: [InputEvent] = []
      var signals: [TerminalSignal] = []
      /// Stand-ins for standard output and error.
      let output: CInt
      let error: CInt

      init(
        term: String = "xterm-256color", options: ScreenOptions = ScreenOptions(),
        logPath: String? = nil
      ) throws {
        terminal = try PseudoTerminal()
        modesBefore = terminal.modes
        output = dup(terminal.program)
        error = dup(terminal.program)
        session = try TerminalSession(
          options: options, logPath: logPath,
          descriptors: TerminalDescriptors(input: terminal.program, output: output, error: error),
          term: term,
          onInput: { [weak self] in self?.events += $0 },
          onSignal: { [weak self] in self?.signals.append($0) })
      }

      func finish() {
        session?.close()
        Glibc.close(output)
        Glibc.close(error)
      }

      var open: TerminalSession {
        get throws { try #require(session) }
      }
    }

    private func keys(_ texts: String...) -> [InputEvent] {
      texts.compactMap { KeyChord($0).map { .key($0) } }
    }

    @Test(arguments: ["xterm-256color", "tmux-256color", "linux", "vt100"])
    func deliversKeys(term: String) async throws {
      let run = try Run(term: term)
      defer { run.finish() }
      run.terminal.type(
        "aé日\u{3}\r\t\u{7F}\u{1B}[A\u{1B}OB\u{1B}[5~\u{1B}OP\u{1B}[24~\u{1B}[Z\u{1B}x")
      let expected = keys(
        "a", "é", "日", "ctrl+c", "enter", "tab", "backspace", "up", "down", "pgup", "f1", "f12",
        "shift+tab", "alt+x")
      try await eventually("all keys") { run.events.count >= expected.count }
      #expect(run.events == expected)
    }

    @Test("Escape alone comes after its delay")
    func escape() async throws {
      let run = try Run()
      defer { run.finish() }
      run.terminal.type("\u{1B}")
      try await eventually("escape") { run.events == keys("esc") }
    }

    @Test("ESCDELAY says how long Escape waits; half a sequence waits longer")
    func delays() {
      let delays = [nil, "", "x", "-5", "100", "0", "99999999"].map {
        TerminalSession.escapeDelay($0)
      }
      #expect(delays == [8, 8, 8, 8, 100, 0, 10_000])
      #expect(TerminalSession.patience(for: .nothing, escapeDelay: 25) == nil)
      #expect(TerminalSession.patience(for: .escape, escapeDelay: 25) == 25)
      #expect(TerminalSession.patience(for: .sequence, escapeDelay: 25) == 500)
      #expect(TerminalSession.patience(for: .sequence, escapeDelay: 1000) == 1000)
    }

    @Test("A large paste in many pieces is one event")
    func paste() async throws {
      let run = try Run()
      defer { run.finish() }
      let line = "args: [--model, 日本語] # q D \u{1B}[A"
      let body = Array(repeating: line, count: 6000).joined(separator: "\r")
      try await run.terminal.typeAll("x\u{1B}[200~" + body + "\u{1B}[201~y")
      try await eventually("the key after the paste") { run.events.last == keys("y").first }
      #expect(run.events.count == 3)
      // The control sequence goes whole. A failure does not print the text.
      let shown = Array(repeating: "args: [--model, 日本語] # q D ", count: 6000)
      let isWhole = run.events[1] == .paste(shown.joined(separator: "\n"))
      #expect(isWhole)
    }

    @Test("The same frame again sends nothing; one cell sends a few bytes")
    func sendsDifferences() async throws {
      let run = try Run()
      defer { run.finish() }
      let session = try run.open
      var frame = Frame(size: session.size)
      for row in 0..<24 {
        frame.write("row \(row) 日本語 running", at: Point(row: row, column: 0))
      }
      frame.anchor = Point(row: 3, column: 0)
      session.draw(frame)
      #expect(run.terminal.newOutput().contains("日本語"))
      for _ in 0..<3 { session.draw(frame) }
      #expect(run.terminal.newOutput() == "")
      frame.write("5", at: Point(row: 9, column: 4))
      session.draw(frame)
      let change = run.terminal.newOutput()
      #expect(change.contains("5") && change.utf8.count < 40, "\(change.utf8.count) bytes")
      frame.anchor = Point(row: 4, column: 0)
      session.draw(frame)
      let move = run.terminal.newOutput()
      #expect(!move.isEmpty && move.utf8.count < 16)
      session.redraw()
      #expect(run.terminal.newOutput().contains("row 23"))
    }

    @Test("The cursor is shown only where a frame has one")
    func cursor() async throws {
      let run = try Run()
      defer { run.finish() }
      let session = try run.open
      var frame = Frame(size: session.size)
      session.draw(frame)
      #expect(run.terminal.newOutput().contains("\u{1B}[?25l"))
      frame.cursor = Point(row: 4, column: 9)
      session.draw(frame)
      let shown = run.terminal.newOutput()
      #expect(shown.contains("\u{1B}[5;10H") && shown.contains("\u{1B}[?12l\u{1B}[?25h"))
      frame.cursor = nil
      session.draw(frame)
      #expect(run.terminal.newOutput().contains("\u{1B}[?25l"))
    }

    @Test("Leaving undoes every mode", arguments: ["xterm-256color", "tmux-256color", "linux"])
    func restores(term: String) async throws {
      let run = try Run(term: term)
      defer { run.finish() }
      let session = try run.open
      session.draw(Frame(size: session.size))
      #expect(run.terminal.modes != run.modesBefore)
      let entered = run.terminal.newOutput()
      session.close()
      session.close()
      let left = run.terminal.newOutput()
      #expect(run.terminal.modes == run.modesBefore)
      for mode in ["?2004", "?1049", "?1000", "?1006", "?1"] {
        let isOn = entered.contains("\u{1B}[\(mode)h")
        #expect(left.contains("\u{1B}[\(mode)l") == isOn, "mode \(mode)")
      }
      #expect(entered.contains("\u{1B}[?2004h"))
      #expect(left.contains("\u{1B}[?25h") || left.contains("\u{1B}[34h\u{1B}[?25h"))
    }

    @Test func mouseCanBeOff() async throws {
      let run = try Run(options: ScreenOptions(mouse: false))
      defer { run.finish() }
      run.session?.close()
      let all = run.terminal.newOutput()
      #expect(!all.contains("?1000") && !all.contains("?1006"))
    }

    @Test func deliversTheMouse() async throws {
      let run = try Run()
      defer { run.finish() }
      run.terminal.type("\u{1B}[<0;11;3M\u{1B}[<0;11;3m\u{1B}[<65;1;1M")
      try await eventually("two events") { run.events.count == 2 }
      #expect(
        run.events == [
          .mouse(MouseEvent(.press, at: Point(row: 2, column: 10))),
          .mouse(MouseEvent(.scrollDown, at: Point(row: 0, column: 0))),
        ])
    }

    @Test func followsTheSize() async throws {
      let run = try Run()
      defer { run.finish() }
      let session = try run.open
      #expect(session.size == Size(rows: 24, columns: 80))
      for (rows, columns) in [(10, 40), (1, 1), (60, 220)] as [(UInt16, UInt16)] {
        run.terminal.resize(rows: rows, columns: columns)
        kill(getpid(), SIGWINCH)
        let size = Size(rows: Int(rows), columns: Int(columns))
        try await eventually("the new size") { run.events.last == .resize(size) }
        #expect(session.size == size)
        var frame = Frame(size: size)
        frame.write("日本語 at \(rows)", at: Point(row: Int(rows) - 1, column: 0))
        session.draw(frame)
        #expect(session.screen.contents == frame.lines)
      }
    }

    @Test("Signals to end are reported, not obeyed", arguments: [SIGTERM, SIGHUP, SIGINT, SIGQUIT])
    func terminates(signal: CInt) async throws {
      let run = try Run()
      defer { run.finish() }
      kill(getpid(), signal)
      try await eventually("the signal") { !run.signals.isEmpty }
      #expect(run.signals == [.terminate(signal: signal)])
    }

    @Test("A terminal that is gone is a hang-up, once")
    func hangsUp() async throws {
      let run = try Run()
      defer { run.finish() }
      let session = try run.open
      run.terminal.hangUp()
      try await eventually("the hang-up") { !run.signals.isEmpty }
      session.draw(Frame(size: Size(rows: 24, columns: 80), style: Style(.indexed(1))))
      session.close()
      #expect(run.signals == [.terminate(signal: SIGHUP)])
    }

    @Test("What others print goes to the log, and later to the terminal again")
    func keepsTheScreenClean() async throws {
      let log = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).log")
      defer { try? FileManager.default.removeItem(at: log) }
      let run = try Run(logPath: log.path)
      defer { run.finish() }
      let session = try run.open
      session.draw(Frame(size: session.size))
      _ = run.terminal.newOutput()
      for descriptor in [run.output, run.error] { write(descriptor, "noise\n", 6) }
      #expect(run.terminal.newOutput() == "")
      #expect(try String(contentsOf: log, encoding: .utf8) == "noise\nnoise\n")
      session.close()
      _ = run.terminal.newOutput()
      write(run.error, "sorry\n", 6)
      #expect(run.terminal.newOutput().contains("sorry"))
    }

    @Test("Another program gets the terminal as it was, and gives it back")
    func handsOver() async throws {
      let run = try Run()
      defer { run.finish() }
      let session = try run.open
      var frame = Frame(size: session.size)
      frame.write("here again", at: Point(row: 0, column: 0))
      session.draw(frame)
      _ = run.terminal.newOutput()
      let inside = await session.handOver {
        // On this thread, so that it has come when the call returns.
        raiseHere(SIGINT)
        write(run.output, "editor", 6)
        session.draw(frame)
        return run.terminal.modes
      }
      #expect(inside == run.modesBefore)
      let sent = run.terminal.newOutput()
      #expect(sent.contains("\u{1B}[?1049l") && sent.contains("editor"))
      #expect(sent.contains("here again") && sent.contains("\u{1B}[?2004h"))
      #expect(run.terminal.modes != run.modesBefore)
      run.terminal.type("x")
      try await eventually("a key afterwards") { run.events == keys("x") }
      #expect(run.signals == [])
    }

    @Test("Where there is no terminal for a screen, a sentence says so")
    func refuses() throws {
      let terminal = try PseudoTerminal()
      let none = open("/dev/null", O_RDWR)
      defer { close(none) }
      func attempt(
        _ input: CInt, _ output: CInt, _ term: String = "xterm"
      ) throws -> TerminalSession {
        try TerminalSession(
          descriptors: TerminalDescriptors(input: input, output: output, error: output),
          term: term, onInput: { _ in }, onSignal: { _ in })
      }
      #expect(throws: ScreenError.notATerminal(stream: "standard input")) {
        _ = try attempt(none, terminal.program)
      }
      #expect(throws: ScreenError.notATerminal(stream: "standard output")) {
        _ = try attempt(terminal.program, none)
      }
      let types: [(String, ScreenError)] = [
        ("dumb", .incapable(term: "dumb")), ("", .noTerminalType),
        ("nonsense", .unknownTerminalType(term: "nonsense")),
      ]
      let before = terminal.modes
      for (term, error) in types {
        #expect(throws: error) { _ = try attempt(terminal.program, terminal.program, term) }
        #expect(error.description.contains("TERM"))
      }
      #expect(terminal.modes == before)
      #expect(terminal.newOutput() == "")
    }
  }
}
