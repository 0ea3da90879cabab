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
      is compared with the create request in it, or every object with the manifests in it: on the fields that they name, \
      since the cluster fills in others. Ends with 1 where there are differences, as diff does.
      """)

  @Argument(
    help: ArgumentHelp("The model (default: the one that the file names).", valueName: "name"))
  var name: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A create request as JSON or YAML, or manifests; - is standard input.", valueName: "file"))
  var filename: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup var talk: TalkOptions
  @OptionGroup var cluster: ClusterOptions

  private struct Difference {
    var field: String
    var actual: String?
    var desired: String?

    var json: JSONValue {
      var value: JSONValue = ["field": .string(field)]
      value["actual"] = actual.map(JSONValue.string)
      value["desired"] = desired.map(JSONValue.string)
      return value
    }
  }

  func execute(_ run: CommandRun) async throws {
    let format = try output.format(run)
    let file = try filename.map { path throws(CommandFailure) in try InputFile(path) }
    if let file, file.holdsManifests { return try await compare(file, run, format) }
    let request = try self.request(file)
    guard let name = name ?? request?.name, !name.isEmpty else {
      throw CommandFailure(.invalidInput, "which model? Write modeldeck diff NAME, or -f FILE.")
    }
    try await run.withClusterModels(to: "compare a model with what was asked for") {
      session, update in
      let model = try run.model(name, in: update)
      let differences: [Difference]
      if let request {
        switch await session.operations.stored(model.id) {
        case .success(let stored): differences = Self.compare(stored.fields, ModelFields(request))
        case .failure(let failure): throw CommandFailure(failure)
        }
      } else {
        differences = model.drift.map { Difference(field: $0) }
      }
      try StandardOutput.write(try Self.text(differences, model, format))
      guard differences.isEmpty else { throw CommandFailure(.failure, "") }
      if format.isTable { run.say("model \(model.id) is as it should be.") }
    }
  }

  /// Every object of the file with what the cluster has of it.
  private func compare(_ file: InputFile, _ run: CommandRun, _ format: OutputFormat) async throws {
    try await run.withClusterModels(to: "compare manifests with what is there") { session, update in
      var context = session.manifestContext(update)
      // It is about what is there: the name is taken, by itself.
      context.takenNames = [:]
      context.modelName = name
      let bundle = ManifestBundle(file.text, context: context)
      guard !bundle.hasErrors else {
        throw CommandFailure(
          .invalidInput, "the manifests cannot be used:", details: bundle.errors.map(file.line))
      }
      switch await session.operations.compare(bundle) {
      case .failure(let failure): throw CommandFailure(failure)
      case .success(let found):
        try StandardOutput.write(try Self.text(found, bundle.modelName, format))
        guard found.isEmpty else { throw CommandFailure(.failure, "") }
        if format.isTable { run.say("\(bundle.objects.count) objects are as the file says.") }
      }
    }
  }

  private static func text(
    _ found: [ManifestDifference], _ model: String, _ format: OutputFormat
  ) throws -> String {
    let rows = found.flatMap { object -> [(object: String, difference: Difference)] in
      let label = "\(object.kind.kind)/\(object.name)"
      guard !object.isMissing else { return [(label, Difference(field: "missing"))] }
      return object.changes.map {
        (label, Difference(field: $0.path, actual: $0.old, desired: $0.new ?? "-"))
      }
    }
    switch format {
    case .table, .wide:
      return rows.map { row in
        let values = row.difference.desired.map { desired in
          ": \(row.difference.actual ?? "-") -> \(desired)"
        }
        return Excerpt.line(
          "\(row.object) \(row.difference.field)\(values ?? "")", limit: 2_000) + "\n"
      }.joined()
    case .name: return found.map { "\($0.kind.kind)/\($0.name)\n" }.joined()
    case .json, .yaml, .jsonPath:
      let list = rows.map { row -> JSONValue in
        var value = row.difference.json
        value["object"] = .string(row.object)
        return value
      }
      return try StructuredText.text(
        of: ["id": .string(model), "differences": .array(list)], format)
    }
  }

  private func request(_ file: InputFile?) throws(CommandFailure) -> CreateRequest? {
    guard let file else { return nil }
    let read = CreateRequest.read(try file.document().json)
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
      return try StructuredText.text(
        of: ["id": .string(model.name), "differences": .array(differences.map(\.json))], format)
    }
  }
}
