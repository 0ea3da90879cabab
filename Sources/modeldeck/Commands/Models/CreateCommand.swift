import ArgumentParser
import Kubernetes
import ModelCore
import Scripting

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `modeldeck create`: a managed model, from flags, from a file, or from a file changed by flags.
struct CreateCommand: ScriptCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Create a model.",
    discussion: """
      The fields are the specification's. A file holds its create request as JSON or YAML; flags take precedence over it.

      Examples:
        modeldeck create llama-7b --image vllm/vllm-openai:v0.9.2 --gpu-count 1 \\
          --command 'vllm serve meta-llama/Llama-2-7b-chat-hf --served-model-name llama-7b'
        modeldeck create -f request.json --wait --timeout 10m
        modeldeck create -f - --dry-run=client -o yaml < request.yaml

      The token for gated models is read from a file or from $MODELDECK_HUGGING_FACE_TOKEN: on a command line others \
      could see it.
      """)

  @Argument(help: "The model's name.")
  var name: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The request as JSON or YAML; - is standard input.", valueName: "file"))
  var filename: String?

  @OptionGroup(title: "Fields") var fields: CreateFieldOptions

  @Option(
    help: ArgumentHelp(
      "File that holds the Hugging Face token; - is standard input.", valueName: "file"))
  var huggingFaceTokenFile: String?

  @OptionGroup var write: WritingOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var talk: TalkOptions
  @OptionGroup var cluster: ClusterOptions

  func execute(_ run: CommandRun) async throws {
    let format = try output.asked()
    let request = try self.request(run)
    if write.dryRun == .client {
      try check(request, in: ValidationContext(), run)
      let plan = try OfflinePlan(request, run)
      return try plan.write(format)
    }
    try await run.withModels { session, update in
      if session.isRemote { try run.refuseNamespace() }
      let writing = Writing(run: run, session: session, options: write)
      try check(request, in: update.creation?.validation ?? ValidationContext(), run)
      if write.dryRun == .server {
        return try await writing.plan(.create(request), format, tellsWarnings: false)
      }
      try await writing.perform(.create(request))
      let id = await session.created(request.name, in: nil)
      if write.wait { try await writing.wait([id], for: .running) }
      try await writing.show(id, format)
    }
  }

  /// Warnings are told; errors end it.
  private func check(
    _ request: CreateRequest, in context: ValidationContext, _ run: CommandRun
  ) throws(CommandFailure) {
    let findings = request.findings(in: context)
    for warning in findings where warning.severity == .warning {
      run.warn("warning: \(warning.line)")
    }
    if findings.contains(where: { $0.severity == .error }) { throw CommandFailure(findings) }
  }

  private func request(_ run: CommandRun) throws(CommandFailure) -> CreateRequest {
    var request = CreateRequest()
    var findings: [Finding] = []
    if let filename {
      let file = try InputFile(filename)
      var read = CreateRequest.read(try file.document().json)
      // The whole answer of the API is understood too: {"model": {...}} is no request.
      request = read.request
      read.findings = read.findings.map { finding in
        var finding = finding
        if finding.field == nil { finding.message = "\(file.name): \(finding.message)" }
        return finding
      }
      findings += read.findings
    }
    if let name { request.name = name }
    findings += fields.apply(to: &request)
    if let token = try token(run) { request.huggingFaceToken = token }
    guard name != nil || filename != nil else {
      throw CommandFailure(
        .invalidInput, "what is the model to be called? Write modeldeck create NAME, or -f FILE.")
    }
    for warning in findings where warning.severity == .warning {
      run.warn("warning: \(warning.line)")
    }
    if findings.contains(where: { $0.severity == .error }) { throw CommandFailure(findings) }
    return request
  }

  private func token(_ run: CommandRun) throws(CommandFailure) -> HuggingFaceToken? {
    var text = run.environment["MODELDECK_HUGGING_FACE_TOKEN"] ?? ""
    if let huggingFaceTokenFile {
      if huggingFaceTokenFile == "-", filename == "-" {
        throw CommandFailure(
          .invalidInput, "standard input cannot be both the request and the token.")
      }
      text = try InputFile(huggingFaceTokenFile).text
    }
    while text.last?.isWhitespace ?? false { text.removeLast() }
    return text.isEmpty ? nil : HuggingFaceToken(text)
  }
}

/// What would be sent, found out without a cluster.
struct OfflinePlan {
  private let objects: [JSONValue]

  init(_ request: CreateRequest, _ run: CommandRun) throws {
    let manifests = ModelManifests(
      request: request, organization: run.configuration.organization,
      namespace: run.configuration.text(.namespace) ?? CreateRequest.Defaults.namespace,
      createdBy: nil, now: Date())
    let owner = ModelManifests.owner(name: request.name, uid: "")
    var objects = [try manifests.deployment()]
    if let secret = try manifests.tokenSecret(owner: nil) { objects.insert(secret.masked, at: 0) }
    if let claim = try manifests.claim(owner: owner) { objects.append(claim) }
    objects.append(try manifests.service(owner: owner))
    // Who owns them is known once there is a Deployment.
    self.objects = objects.map { object in
      var object = object
      object["metadata", "ownerReferences"] = nil
      return object
    }
  }

  func write(_ format: OutputFormat?) throws {
    switch format {
    case nil, .yaml?:
      try StandardOutput.write(objects.map(\.yamlText).joined(separator: "---\n"))
    case .name?, .table?, .wide?:
      let lines = objects.map { object in
        "\(object["kind"]?.stringValue ?? "")/\(object["metadata", "name"]?.stringValue ?? "")\n"
      }
      try StandardOutput.write(lines.joined())
    case .json?, .jsonPath?:
      let list: JSONValue = ["apiVersion": "v1", "kind": "List", "items": .array(objects)]
      try StandardOutput.write(try StructuredText.text(of: list, format ?? .json))
    }
  }
}

extension JSONValue {
  /// A Secret as it may be shown.
  fileprivate var masked: JSONValue {
    var secret = self
    for member in ["data", "stringData"] {
      guard let values = secret[member]?.objectValue else { continue }
      secret[member] = .object(values.mapValues { _ in "<redacted>" })
    }
    return secret
  }
}
