import Foundation

/// A tmux server of its own with one window, in which the built program runs.
final class Terminal {
  private let socket = "modeldeck-\(UUID().uuidString.prefix(8))"
  let directory: URL
  /// The server and the shell in the window, ended for good when the test is over.
  private var processes: [pid_t] = []

  /// Opens a shell in a window of that size; nothing of the user's own environment leaks in.
  init(columns: Int = 80, rows: Int = 24, environment: [String: String] = [:]) throws {
    directory = FileManager.default.temporaryDirectory.appending(
      path: "modeldeck-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    var variables = [
      "HOME": directory.path(), "LANG": "C.UTF-8", "PS1": "ready$ ",
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
    ]
    variables.merge(environment) { _, new in new }
    let command =
      ["env", "-i"] + variables.map { "\($0.key)=\($0.value)" }
      + ["TERM=tmux-256color", "bash", "--norc", "--noprofile"]
    try tmux(
      ["new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", Self.quoted(command)])
    processes = try state("#{pane_pid} #{pid}").split(separator: " ").compactMap { pid_t($0) }
    // What is typed before the shell reads is shown twice.
    try wait(forText: "ready$")
  }

  deinit {
    _ = try? tmux(["kill-server"])
    // A server that does not hear it would keep the program running after the tests.
    for process in processes { kill(process, SIGKILL) }
    try? FileManager.default.removeItem(at: directory)
  }

  private static func quoted(_ words: [String]) -> String {
    words.map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " ")
  }

  @discardableResult
  private func tmux(_ arguments: [String]) throws -> String {
    try Shell.run(
      ["tmux", "-f", "/dev/null", "-L", socket] + arguments, environment: ["LANG": "C.UTF-8"]
    )
    .output
  }

  /// Types a command line into the shell.
  func run(_ words: [String]) throws { try type(Self.quoted(words)); try press("Enter") }

  /// Presses keys by tmux's names: `Enter`, `Escape`, `C-c`, `Down`, `F10`.
  func press(_ keys: String...) throws { try tmux(["send-keys"] + keys) }

  /// Types text as it is.
  func type(_ text: String) throws { try tmux(["send-keys", "-l", "--", text]) }

  func resize(columns: Int, rows: Int) throws {
    try tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
  }

  /// Takes the terminal away from the program, as a lost connection does.
  func cut() throws { try tmux(["kill-server"]) }

  /// The screen, a line a row.
  func screen() throws -> String { try tmux(["capture-pane", "-p"]) }

  /// What tmux says of the pane, e.g. `#{alternate_on}`.
  func state(_ format: String) throws -> String {
    try tmux(["display-message", "-p", format]).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Copies every byte that the program writes into a file from now on.
  func record(to file: URL) throws { try tmux(["pipe-pane", "cat >> '\(file.path())'"]) }

  /// Waits until the screen is as wanted. Throws with the last screen when it does not come to be.
  @discardableResult
  func wait(
    for what: String, within seconds: Double = 60, until condition: (String) -> Bool
  ) throws -> String {
    let deadline = Date().addingTimeInterval(seconds)
    var last = ""
    repeat {
      last = try screen()
      if condition(last) { return last }
      _ = try Shell.run(["sleep", "0.1"])
    } while Date() < deadline
    throw NotSeen(what: what, screen: last)
  }

  @discardableResult
  func wait(forText text: String, within seconds: Double = 60) throws -> String {
    try wait(for: "“\(text)”", within: seconds) { $0.contains(text) }
  }

  /// What was waited for in vain, and what was there instead.
  struct NotSeen: Error, CustomStringConvertible {
    var what: String
    var screen: String
    var description: String { "not seen: \(what); the screen was:\n\(screen)" }
  }
}
