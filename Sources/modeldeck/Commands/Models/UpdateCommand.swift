import ArgumentParser
import Kubernetes
import ModelCore
import Scripting

/// `modeldeck update NAME`: what a model is called, and what it runs.
struct UpdateCommand: ScriptCommand {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Change a model.",
    discussion: """
      Only what is given changes. Display name, description and tags restart nothing; the other fields roll the model \
      out again. An empty text takes a value away: --description ''

      Examples:
        modeldeck update llama-7b --display-name 'Llama 2 7B Chat' --tags llama,chat
        modeldeck update llama-7b --image vllm/vllm-openai:v0.10.0 --wait
      """)

  @Argument(help: ArgumentHelp("The model; a name, or NAMESPACE/NAME.", valueName: "name"))
  var name: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The fields to change as JSON or YAML; - is standard input.", valueName: "file"))
  var filename: String?

  @OptionGroup(title: "Fields") var fields: CreateFieldOptions
  @OptionGroup var write: WritingOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var talk: TalkOptions
  @OptionGroup var cluster: ClusterOptions

  func execute(_ run: CommandRun) async throws {
    let format = try output.asked()
    let change = try change(run)
    try await run.withModels { session, update in
      let model = try run.model(name, in: update)
      let request = ModelWrite.update(ModelTarget(model), change, base: nil)
      let writing = Writing(run: run, session: session, options: write)
      switch write.dryRun {
      case .client:
        let changed = change.changed.map(\.rawValue).joined(separator: ", ")
        run.say("would change \(changed) of model \(model.id) (dry run)")
        return
      case .server: return try await writing.plan(request, format)
      case .none: try await writing.perform(request)
      }
      // Texts and tags restart nothing.
      if write.wait, change.redeploys { try await writing.wait([model.id], for: .ready) }
      try await writing.show(model.id, format)
    }
  }

  private func change(_ run: CommandRun) throws(CommandFailure) -> ModelChange {
    var request = CreateRequest()
    var given: [CreateField] = []
    var findings: [Finding] = []
    if let filename {
      let json = try InputFile(filename).document().json
      let read = CreateRequest.read(json)
      request = read.request
      findings += read.findings
      given += CreateField.allCases.filter { json.objectValue?[$0.rawValue] != nil }
    }
    findings += fields.apply(to: &request)
    given += fields.given.map(\.field)
    for warning in findings where warning.severity == .warning {
      run.warn("warning: \(warning.line)")
    }
    guard findings.allSatisfy({ $0.severity != .error }) else { throw CommandFailure(findings) }
    if let fixed = given.first(where: { !ModelChange.fields.contains($0) }), fixed != .name {
      throw CommandFailure(
        .invalidInput, "\(fixed.rawValue) cannot be changed: delete the model and create it again.")
    }
    let values = ModelFields(request)
    var change = ModelChange()
    for field in given where ModelChange.fields.contains(field) {
      change[field] = Self.value(field, values, fields)
    }
    guard !change.isEmpty else {
      throw CommandFailure(
        .invalidInput, "nothing is to change: give a field, e.g. --display-name TEXT, or -f FILE.")
    }
    return change
  }

  /// What was given as empty is empty, and not the default.
  private static func value(
    _ field: CreateField, _ values: ModelFields, _ options: CreateFieldOptions
  ) -> FieldValue? {
    let isCleared = options.given.contains { $0.field == field && $0.text.isEmpty }
    if isCleared, [.displayName, .description, .storageClass].contains(field) { return .text("") }
    return values[field]
  }
}
