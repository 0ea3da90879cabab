import Glibc
import Ncurses
import TerminalUI
import Testing

extension CursesTests {
  @Suite("A process that dies")
  @MainActor
  struct CrashTests {
    private static var kept: TerminalSession?

    /// Opens a session on a terminal: in the process that is to die.
    static func start(_ path: String) throws {
      let descriptor = open(path, O_RDWR | O_NOCTTY)
      let session = try TerminalSession(
        descriptors: TerminalDescriptors(
          input: descriptor, output: dup(descriptor), error: dup(descriptor)),
        term: "xterm-256color", onInput: { _ in }, onSignal: { _ in })
      var frame = Frame(size: session.size)
      frame.write("up", at: Point(row: 0, column: 0))
      frame.cursor = nil
      session.draw(frame)
      kept = session
    }

    private func expectRestored(_ terminal: PseudoTerminal, _ before: [UInt32]) {
      let output = terminal.newOutput()
      #expect(output.contains("up"))
      for end in ["?2004l", "?1000l", "?1006l", "?25h", "?1049l"] {
        #expect(output.contains("\u{1B}[\(end)") || output.contains("\u{1B}[?12l\u{1B}[\(end)"))
      }
      #expect(terminal.modes == before)
    }

    @Test func abort() async throws {
      let terminal = try PseudoTerminal()
      let before = terminal.modes
      await #expect(processExitsWith: .signal(SIGABRT)) { [path = terminal.path as String] in
        try await CrashTests.start(path)
        Glibc.abort()
      }
      expectRestored(terminal, before)
    }

    @Test func fault() async throws {
      let terminal = try PseudoTerminal()
      let before = terminal.modes
      await #expect(processExitsWith: .failure) { [path = terminal.path as String] in
        try await CrashTests.start(path)
        fatalError("a broken invariant")
      }
      expectRestored(terminal, before)
    }

    @Test("A fatal signal from outside still kills")
    func killed() async throws {
      let terminal = try PseudoTerminal()
      let before = terminal.modes
      await #expect(processExitsWith: .signal(SIGSEGV)) { [path = terminal.path as String] in
        try await CrashTests.start(path)
        kill(getpid(), SIGSEGV)
        try await Task.sleep(for: .seconds(5))
      }
      expectRestored(terminal, before)
    }

    @Test func exitWithoutClosing() async throws {
      let terminal = try PseudoTerminal()
      let before = terminal.modes
      await #expect(processExitsWith: .exitCode(3)) { [path = terminal.path as String] in
        try await CrashTests.start(path)
        exit(3)
      }
      expectRestored(terminal, before)
    }
  }
}
