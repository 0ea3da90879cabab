import ArgumentParser
import Kubernetes
import ModelCore
import Scripting

/// `modeldeck apply -f FILE`: a model from its own manifests.
struct ApplyCommand: ScriptCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Create a model from YAML manifests.",
    discussion: """
      The text holds one Deployment and what belongs to it. Everything that is wrong is said with its line and column, \
      before anything is sent.

      Examples:
        modeldeck apply -f model.yaml --wait
        helm template ... | modeldeck apply -f - --dry-run=server
      """)

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The manifests; - is standard input.", valueName: "file"))
  var filename: String

  @Option(
    help: ArgumentHelp("The model's name (default: the Deployment's).", valueName: "name"))
  var name: String?

  @Option(help: ArgumentHelp("What people read instead of the name.", valueName: "text"))
  var displayName: String?

  @Option(help: ArgumentHelp("What the model is for.", valueName: "text"))
  var description: String?

  @Option(help: ArgumentHelp("Words to find the model by.", valueName: "a,b,c"))
  var tags: String?

  @Flag(help: "Mend first what can be mended by itself, such as a label that is missing.")
  var fix = false

  @OptionGroup var write: WritingOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var talk: TalkOptions
  @OptionGroup var cluster: ClusterOptions

  func execute(_ run: CommandRun) async throws {
    let format = try output.asked()
    let file = try InputFile(filename)
    if write.dryRun == .client {
      var context = ManifestBundle.Context(organization: run.configuration.organization)
      if case .kubeconfig = run.configuration.place {
      } else {
        context.organization = ""
        context.isPlaceOpen = true
      }
      let bundle = try checked(file, context, run).bundle
      return try show(bundle, format)
    }
    try await run.withModels { session, update in
      let (text, bundle) = try checked(file, session.manifestContext(update), run)
      var request = YAMLRequest(name: bundle.modelName, yaml: text)
      request.displayName = displayName
      request.modelDescription = description
      request.tags = tags.map(CreateRequest.tags(in:)) ?? []
      let writing = Writing(run: run, session: session, options: write)
      if write.dryRun == .server {
        return try await writing.plan(.createFromYAML(request), format, tellsWarnings: false)
      }
      try await writing.perform(.createFromYAML(request))
      let id = await session.created(
        bundle.deployment?.name ?? request.name, in: bundle.namespace)
      if write.wait { try await writing.wait([id], for: .running) }
      try await writing.show(id, format)
    }
  }

  /// Reads and checks the text; warnings are told. Throws everything that is wrong, with line and column.
  private func checked(
    _ file: InputFile, _ context: ManifestBundle.Context, _ run: CommandRun
  ) throws(CommandFailure) -> (text: String, bundle: ManifestBundle) {
    var context = context
    context.modelName = name
    let text = fix ? ManifestBundle.fixed(file.text, context: context) : file.text
    let bundle = ManifestBundle(text, context: context)
    for warning in bundle.findings where warning.severity == .warning {
      run.warn("warning:\(file.line(warning))")
    }
    guard !bundle.hasErrors else {
      let isTaken = bundle.errors.allSatisfy { $0.message.contains("is taken") }
      let canFix = !fix && bundle.errors.contains { $0.fix != nil }
      throw CommandFailure(
        isTaken ? .conflict : .invalidInput, "the manifests cannot be used:",
        details: bundle.errors.map(file.line)
          + (canFix ? ["  Some of this is mended by --fix."] : []))
    }
    return (text, bundle)
  }

  private func show(_ bundle: ManifestBundle, _ format: OutputFormat?) throws {
    switch format {
    case .json?, .jsonPath?:
      try StandardOutput.write(
        try StructuredText.text(
          of: ["items": .array(bundle.shownManifests())], format ?? .json))
    case .yaml?:
      try StandardOutput.write(
        bundle.shownManifests().map(\.yamlText).joined(separator: "---\n"))
    case nil, .name?, .table?, .wide?:
      try StandardOutput.write(
        bundle.objects.map { "\($0.kind.kind)/\($0.name)\n" }.joined())
    }
  }
}
