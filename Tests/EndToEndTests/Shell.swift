import Foundation

/// Runs programs to their end.
enum Shell {
  struct Result {
    var status: Int32
    var output: String
    var errors: String
  }

  struct Failed: Error, CustomStringConvertible {
    var command: [String]
    var result: Result
    var description: String {
      "\(command.joined(separator: " ")) ended with \(result.status): \(result.errors)\(result.output)"
    }
  }

  /// Runs a program to its end; throws where it ends with another status than 0, unless `checked` is false.
  ///
  /// Not by Foundation's `Process`: that waits until everyone who inherited a descriptor of it is gone, and a tmux server
  /// never is.
  @discardableResult
  static func run(
    _ command: [String], environment: [String: String]? = nil, checked: Bool = true
  ) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
    let output = folder.appending(path: UUID().uuidString)
    let errors = folder.appending(path: UUID().uuidString)
    defer {
      try? FileManager.default.removeItem(at: output)
      try? FileManager.default.removeItem(at: errors)
    }
    let status = try spawn(command, variables(environment), output.path(), errors.path())
    let result = Result(
      status: status, output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
    guard !checked || result.status == 0 else { throw Failed(command: command, result: result) }
    return result
  }

  private static func variables(_ environment: [String: String]?) -> [String: String] {
    let own = ProcessInfo.processInfo.environment
    guard let environment else { return own }
    return ["PATH": own["PATH"] ?? "/usr/bin:/bin"].merging(environment) { _, new in new }
  }

  private static func spawn(
    _ command: [String], _ environment: [String: String], _ output: String, _ errors: String
  ) throws -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let create = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, create, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errors, create, 0o600)
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] =
      environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (arguments + variables).forEach { free($0) } }
    var pid = pid_t()
    // Threads of the tests block signals. A tmux server that inherited that would outlive its end.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let code = posix_spawnp(&pid, command[0], &actions, &attributes, &arguments, &variables)
    guard code == 0 else {
      throw Failed(
        command: command,
        result: Result(status: 127, output: "", errors: String(cString: strerror(code))))
    }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    let isExit = status & 0x7f == 0
    return isExit ? (status >> 8) & 0xff : 128 + (status & 0x7f)
  }
}

/// The program under test: the one that `swift build` left beside the tests.
enum Program {
  static let path: String = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return root.appending(path: ".build/debug/modeldeck").path()
  }()
}
