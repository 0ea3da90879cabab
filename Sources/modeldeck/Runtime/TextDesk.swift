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

/// What the dashboard wants done with texts: files read, paths completed, large texts checked, and the user's own editor.
@MainActor
final class TextDesk {
  private let mailbox: Mailbox<Message>
  private let terminal: TerminalHandover
  private let environment: [String: String]
  private var check: Task<Void, Never>?
  private var completion: Task<Void, Never>?
  private var editing: Task<Void, Never>?

  /// Nobody types faster than that for long: a large text is checked when the keys rest.
  private static let rest: Duration = .milliseconds(150)

  init(
    mailbox: Mailbox<Message>, terminal: TerminalHandover, environment: [String: String]
  ) {
    self.mailbox = mailbox
    self.terminal = terminal
    self.environment = environment
  }

  /// - Returns: whether the effect was for here.
  func run(_ effect: Effect) -> Bool {
    switch effect {
    case .checkYAML(let version, let text, let context):
      check?.cancel()
      check = Task { [mailbox] in
        guard (try? await Task.sleep(for: Self.rest)) != nil else { return }
        let result = await Self.check(version, text, context)
        if !Task.isCancelled { mailbox.post(.yamlChecked(result)) }
      }
    case .completePath(let typed):
      completion?.cancel()
      let home = environment["HOME"]
      completion = Task { [mailbox] in
        let result = await TextFiles.complete(typed, home: home)
        if !Task.isCancelled { mailbox.post(.pathCompleted(result)) }
      }
    case .readFile(let path):
      let home = environment["HOME"]
      Task { [mailbox] in mailbox.post(.fileRead(await TextFiles.read(path, home: home))) }
    case .editText(let text):
      edit(text)
    default: return false
    }
    return true
  }

  /// Ends what runs; an editor that is open is ended with it.
  func stop() async {
    check?.cancel()
    completion?.cancel()
    editing?.cancel()
    await editing?.value
  }

  @concurrent
  private nonisolated static func check(
    _ version: Int, _ text: String, _ context: ManifestBundle.Context
  ) async -> YAMLCheck {
    YAMLCheck(version: version, text: text, context: context)
  }

  private func edit(_ text: String) {
    guard editing == nil else { return }
    let session = EditorSession(environment: environment)
    editing = Task { [mailbox, terminal] in
      let outcome = await session.run(text, on: terminal)
      editing = nil
      mailbox.post(.textEdited(outcome))
    }
  }
}

/// Files by what a person types: `~` is the home folder.
enum TextFiles {
  /// So many names are offered at most.
  private static let mostMatches = 500

  static func expand(_ path: String, home: String?) -> String {
    guard let home, path == "~" || path.hasPrefix("~/") else { return path }
    return home + path.dropFirst()
  }

  @concurrent
  static func complete(_ typed: String, home: String?) async -> PathCompletion {
    if typed == "~" { return PathCompletion(typed: typed, completed: "~/", matches: ["~/"]) }
    let slash = typed.lastIndex(of: "/")
    let head = slash.map { String(typed[...$0]) } ?? ""
    let tail = slash.map { String(typed[typed.index(after: $0)...]) } ?? typed
    let folder = head.isEmpty ? "." : expand(head, home: home)
    guard let names = names(in: folder) else {
      let why = String(cString: strerror(errno))
      return PathCompletion(
        typed: typed, completed: typed, matches: [],
        problem: "The folder \(head.isEmpty ? "." : head) cannot be listed: \(why).")
    }
    let matches = names.filter { $0.hasPrefix(tail) && (tail.hasPrefix(".") || !$0.hasPrefix(".")) }
      .sorted().prefix(mostMatches)
      .map { isFolder(folder + "/" + $0) ? $0 + "/" : $0 }
    let common = matches.dropFirst().reduce(matches.first ?? tail) { common, name in
      String(zip(common, name).prefix { $0 == $1 }.map(\.0))
    }
    return PathCompletion(typed: typed, completed: head + common, matches: matches)
  }

  /// `nil` where the folder cannot be listed; `errno` says why.
  private static func names(in folder: String) -> [String]? {
    guard isFolder(folder) else { return nil }
    return try? FileManager.default.contentsOfDirectory(atPath: folder)
  }

  private static func isFolder(_ path: String) -> Bool {
    guard let directory = opendir(path) else { return false }
    closedir(directory)
    return true
  }

  /// The text of a file, or why it cannot be had.
  @concurrent
  static func read(_ path: String, home: String?) async -> TextOutcome {
    let shown = Excerpt.line(path, limit: 200)
    // Not waiting: a pipe that nobody writes to would hold it up for ever.
    let descriptor = open(expand(path, home: home), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT, ENOTDIR: return .failed("There is no file \(shown).")
      case EACCES: return .failed("The file \(shown) may not be read: check its permissions.")
      default: return .failed("\(shown) cannot be read: \(String(cString: strerror(errno))).")
      }
    }
    defer { close(descriptor) }
    // Pipes, sockets and terminals have no place to go to.
    guard lseek(descriptor, 0, SEEK_CUR) >= 0 else {
      return .failed("\(shown) is no ordinary file.")
    }
    guard let bytes = contents(descriptor) else {
      if errno == EISDIR { return .failed("\(shown) is a folder: name a file in it.") }
      return .failed("\(shown) cannot be read: \(String(cString: strerror(errno))).")
    }
    do throws(YAMLFile.Problem) {
      let text = try YAMLFile.text(bytes)
      let lines = text.utf8.count { $0 == 10 } + (text.utf8.last == 10 || text.isEmpty ? 0 : 1)
      return .text(text, "Read \(shown): \(lines) line\(lines == 1 ? "" : "s").")
    } catch {
      return .failed("\(shown) cannot be used: \(error.message). \(error.advice)")
    }
  }

  /// All of a file, as long as it is not far too large; `nil` where it cannot be read.
  static func contents(_ descriptor: CInt) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= 4 << 20 {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 { return nil }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    return bytes
  }
}
