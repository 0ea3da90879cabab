import ArgumentParser
import Kubernetes
import ModelCore
import Scripting

/// `modeldeck diff`: where a model is not as it should be, or not as a file says.
struct DiffCommand: ScriptCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Show where a model differs from what was asked for, or from a file.",
    discussion: """
      Without a file, what the cluster has is compared with the request that the model was made from. With one, the model \
      is compared with the create request in it. Ends with 1 where there are differences, as diff does.
      """)

  @Argument(
    help: ArgumentHelp("The model (default: the one that the file names).", valueName: "name"))
  var name: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("A create request as JSON or YAML; - is standard input.", valueName: "file"))
  var filename: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup var talk: TalkOptions
  @OptionGroup var cluster: ClusterOptions

  private struct Difference {
    var field: String
    var actual: String?
    var desired: String?
  }

  func execute(_ run: CommandRun) async throws {
    let format = try output.format(run)
    let request = try self.request()
    guard let name = name ?? request?.name, !name.isEmpty else {
      throw CommandFailure(.invalidInput, "which model? Write modeldeck diff NAME, or -f FILE.")
    }
    try await run.withModels { session, update in
      let model = try run.model(name, in: update)
      let differences: [Difference]
      if let request {
        switch await session.operations.stored(model.id) {
        case .success(let stored): differences = Self.compare(stored.fields, ModelFields(request))
        case .failure(let failure): throw CommandFailure(ExitStatus(failure.kind), failure.message)
        }
      } else {
        differences = model.drift.map { Difference(field: $0) }
      }
      try StandardOutput.write(try Self.text(differences, model, format))
      guard differences.isEmpty else { throw CommandFailure(.failure, "") }
      if format.isTable { run.say("model \(model.id) is as it should be.") }
    }
  }

  private func request() throws(CommandFailure) -> CreateRequest? {
    guard let filename else { return nil }
    let read = CreateRequest.read(try InputFile(filename).document().json)
    guard read.findings.allSatisfy({ $0.severity != .error }) else {
      throw CommandFailure(read.findings)
    }
    return read.request
  }

  private static func compare(_ actual: ModelFields, _ desired: ModelFields) -> [Difference] {
    ModelChange.fields.compactMap { field in
      let (old, new) = (actual[field], desired[field])
      guard let new, old != new else { return nil }
      return Difference(
        field: field.rawValue, actual: old?.description, desired: new.description)
    }
  }

  private static func text(
    _ differences: [Difference], _ model: Model, _ format: OutputFormat
  ) throws -> String {
    switch format {
    case .table, .wide:
      return differences.map { difference in
        guard difference.desired != nil else { return Excerpt.line(difference.field) + "\n" }
        return Excerpt.line(
          "\(difference.field): \(difference.actual ?? "-") -> \(difference.desired ?? "-")",
          limit: 2_000) + "\n"
      }.joined()
    case .name: return differences.isEmpty ? "" : "\(model.name)\n"
    case .json, .yaml, .jsonPath:
      let list = differences.map { difference -> JSONValue in
        var value: JSONValue = ["field": .string(difference.field)]
        value["actual"] = difference.actual.map(JSONValue.string)
        value["desired"] = difference.desired.map(JSONValue.string)
        return value
      }
      return try StructuredText.text(
        of: ["id": .string(model.name), "differences": .array(list)], format)
    }
  }
}
