import Dashboard
import KubernetesClient
import ModelCore

#if canImport(Glibc)
  import Glibc
#endif
#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A text in the user's own editor: written to a file that nobody else can read, edited, read back, and removed.
struct EditorSession {
  let environment: [String: String]

  /// What kubectl takes, then what everybody else does.
  private static let variables = ["KUBE_EDITOR", "VISUAL", "EDITOR"]

  private var command: String? {
    if let set = Self.variables.lazy.compactMap({ environment[$0].nonEmpty }).first { return set }
    return ["vi", "nano"].first { isInPath($0) }
  }

  private func isInPath(_ name: String) -> Bool {
    (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
      .contains { access("\($0)/\(name)", X_OK) == 0 }
  }

  /// Lends the terminal to the editor until it ends.
  func run(_ text: String, on terminal: TerminalHandover) async -> TextOutcome {
    guard let command else {
      return .failed("There is no editor: set EDITOR, e.g. to nano.")
    }
    let file: TemporaryFile
    do {
      file = try TemporaryFile(text, environment: environment)
    } catch {
      return .failed("The text cannot be given to an editor: \(error.reason).")
    }
    let end = Ending()
    let program = TerminalProgram(
      path: "/bin/sh",
      // As git does: the variable may hold arguments and quotes.
      arguments: ["-c", command + " \"$@\"", command, file.path], environment: environment)
    let hasRun = await terminal { await end.set(program.run()) }
    guard hasRun, let ended = await end.value else {
      file.remove()
      return .failed("There is no terminal to lend to an editor.")
    }
    return outcome(ended, file, before: text, command: Excerpt.line(command, limit: 60))
  }

  private func outcome(
    _ end: TerminalProgram.End, _ file: TemporaryFile, before: String, command: String
  ) -> TextOutcome {
    switch end {
    case .exited(0): break
    case .exited(127):
      file.remove()
      return .failed("The editor '\(command)' was not found: set EDITOR, e.g. to nano.")
    case .exited(126):
      file.remove()
      return .failed("The editor '\(command)' cannot be run: set EDITOR, e.g. to nano.")
    case .exited(let status):
      file.remove()
      return .failed("The editor ended with status \(status): the text is as it was.")
    case .killed(let signal):
      file.remove()
      return .failed("The editor was ended by signal \(signal): the text is as it was.")
    case .cancelled:
      file.remove()
      return .unchanged("The editor was ended.")
    case .failed(let why):
      file.remove()
      return .failed("'\(command)' cannot be run: \(why).")
    }
    guard let bytes = file.contents() else {
      return .failed("What the editor left cannot be read; it is in \(file.path).")
    }
    do throws(YAMLFile.Problem) {
      let text = try YAMLFile.text(bytes)
      file.remove()
      return text == before
        ? .unchanged("The editor changed nothing.") : .text(text, "Took the text from the editor.")
    } catch {
      // Nothing is lost: it stays where the editor wrote it.
      return .failed(
        "What the editor left cannot be used: \(error.message). It is kept in \(file.path).")
    }
  }

  /// How the editor ended, handed from the one task to the other.
  private actor Ending {
    private(set) var value: TerminalProgram.End?
    func set(_ end: TerminalProgram.End) { value = end }
  }
}

/// A file in a folder of its own, both for this user alone.
struct TemporaryFile {
  struct Failure: Error { var reason: String }

  let path: String
  private let folder: String

  /// Throws why the file cannot be written.
  init(_ text: String, environment: [String: String]) throws(Failure) {
    let folders: [String] =
      [environment["XDG_RUNTIME_DIR"].nonEmpty, environment["TMPDIR"].nonEmpty].compactMap { $0 }
    let base = folders.first { access($0, W_OK) == 0 } ?? "/tmp"
    var template = Array((base + "/modeldeck-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw Failure(reason: "\(base): \(String(cString: strerror(errno)))")
    }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    path = folder + "/model.yaml"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      let reason = String(cString: strerror(errno))
      rmdir(folder)
      throw Failure(reason: "\(path): \(reason)")
    }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      rest = rest.dropFirst(count)
    }
    let reason = rest.isEmpty ? nil : String(cString: strerror(errno))
    close(descriptor)
    guard let reason else { return }
    remove()
    throw Failure(reason: "\(path): \(reason)")
  }

  /// What is in it now: an editor may have put another file in its place. `nil` where it cannot be read.
  func contents() -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return TextFiles.contents(descriptor)
  }

  /// Takes the folder away with all that the editor left in it.
  func remove() {
    try? FileManager.default.removeItem(atPath: folder)
  }
}
