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

  /// Runs a program; throws where it ends with another status than 0, unless `checked` is false.
  @discardableResult
  static func run(
    _ command: [String], environment: [String: String]? = nil, checked: Bool = true,
    input: String? = nil
  ) throws -> Result {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    if let environment {
      process.environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
        .merging(environment) { _, new in new }
    }
    // Files, not pipes: a full pipe would stop the program that is waited for.
    let folder = FileManager.default.temporaryDirectory
    let outputFile = folder.appending(path: UUID().uuidString)
    let errorFile = folder.appending(path: UUID().uuidString)
    defer {
      try? FileManager.default.removeItem(at: outputFile)
      try? FileManager.default.removeItem(at: errorFile)
    }
    for file in [outputFile, errorFile] {
      _ = FileManager.default.createFile(atPath: file.path(), contents: nil)
    }
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = try FileHandle(forWritingTo: errorFile)
    if let input {
      let pipe = Pipe()
      process.standardInput = pipe
      try process.run()
      try pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
      try pipe.fileHandleForWriting.close()
    } else {
      process.standardInput = FileHandle.nullDevice
      try process.run()
    }
    process.waitUntilExit()
    let result = Result(
      status: process.terminationStatus,
      output: String(decoding: try Data(contentsOf: outputFile), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errorFile), as: UTF8.self))
    guard !checked || result.status == 0 else { throw Failed(command: command, result: result) }
    return result
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
