import ArgumentParser
import Dashboard
import Kubernetes
import Scripting

/// `modeldeck contexts`: what --context can be.
struct ContextsCommand: ScriptCommand {
  static let configuration = CommandConfiguration(
    commandName: "contexts",
    abstract: "List the contexts of the kubeconfig and of the configuration file.")

  @OptionGroup var output: OutputOptions
  @OptionGroup var talk: TalkOptions
  @OptionGroup var cluster: ClusterOptions

  func execute(_ run: CommandRun) async throws {
    let format = try output.format(run)
    let choices = try ModelsChoices(
      run.configuration, environment: run.environment, logger: run.logger)
    let contexts: [ContextChoice]
    do {
      contexts = try choices.list()
    } catch {
      throw CommandFailure(error)
    }
    let chosen = choices.startName
    if contexts.isEmpty, format.isTable { run.say("there are no contexts.") }
    switch format {
    case .table, .wide:
      guard !contexts.isEmpty else { return }
      let header = ["CURRENT", "NAME", "CLUSTER", "USER", "NAMESPACE"]
      var table = TextTable(header: output.noHeaders ? nil : header)
      for context in contexts {
        table.add([
          context.name == chosen ? "*" : "", context.name, context.server ?? context.cluster,
          context.server == nil ? context.user : "HTTP API", context.namespace ?? "",
        ])
      }
      try StandardOutput.write(table.text)
    case .name: try StandardOutput.write(contexts.map { "\($0.name)\n" }.joined())
    case .json, .yaml, .jsonPath:
      let list = contexts.map { context -> JSONValue in
        var value: JSONValue = [
          "name": .string(context.name), "current": .bool(context.name == chosen),
        ]
        if let server = context.server {
          value["server"] = .string(server)
        } else {
          value["cluster"] = .string(context.cluster)
          value["user"] = .string(context.user)
        }
        value["namespace"] = context.namespace.map(JSONValue.string)
        return value
      }
      try StandardOutput.write(
        try StructuredText.text(of: ["contexts": .array(list)], format))
    }
  }
}
