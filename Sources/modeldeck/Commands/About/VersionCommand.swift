import ArgumentParser
import Kubernetes
import Scripting

/// `modeldeck version`: of this program and of the API server.
struct VersionCommand: ScriptCommand {
  static let configuration = CommandConfiguration(
    commandName: "version",
    abstract: "Print the version of modeldeck and of the server that it works with.")

  @Flag(help: "Only modeldeck's own; no cluster is asked.")
  var client = false

  @OptionGroup var output: OutputOptions
  @OptionGroup var talk: TalkOptions
  @OptionGroup var cluster: ClusterOptions

  func execute(_ run: CommandRun) async throws {
    let format = try output.format(run)
    try write(format, server: nil, isWhole: client)
    guard !client else { return }
    let server = try await run.withSession { session in
      do {
        return try await session.serverVersion()
      } catch let error as APIError {
        throw CommandFailure(error, doing: "ask the server for its version")
      }
    }
    try write(format, server: server, isWhole: true)
  }

  /// The client's is written at once as text, whatever the server does; a document is written whole.
  private func write(_ format: OutputFormat, server: String?, isWhole: Bool) throws {
    switch format {
    case .table, .wide, .name:
      let text = server.map { "server \($0)\n" } ?? "modeldeck \(Version.text)\n"
      try StandardOutput.write(text)
    case .json, .yaml, .jsonPath:
      guard isWhole else { return }
      var document: JSONValue = ["client": .string(Version.text)]
      document["server"] = server.map(JSONValue.string)
      try StandardOutput.write(try StructuredText.text(of: document, format))
    }
  }
}
