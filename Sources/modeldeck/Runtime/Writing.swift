import Kubernetes
import ModelCore
import Scripting

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Carries out one command's writes, and tells how they go.
struct Writing: Sendable {
  let run: CommandRun
  let session: any ModelsSession
  let options: WritingOptions

  /// Does it. Throws how it ended where it was not done; says what was done.
  func perform(_ write: ModelWrite) async throws {
    if session.guards.confirmsByTyping, write.endsPods {
      try Question.typed(write.name, to: write.verb, given: options.confirm)
    }
    let result = try await session.perform(write, deleteLimit: options.timeout.value, run)
    if let failure = CommandFailure(result) { throw failure }
    if case .succeeded(let text) = result { run.say(text) }
  }

  /// Waits for models to become what was asked for, as long as `--timeout` says.
  func wait(_ ids: [ModelID], for condition: WaitCondition) async throws {
    try await Waiting(
      run: run, session: session, condition: condition, limit: options.timeout.value
    ).wait(ids)
  }

  /// Writes the model as it is now, where a format was asked for.
  func show(_ id: ModelID, _ format: OutputFormat?) async throws {
    guard let format else { return }
    if format == .name { return try StandardOutput.write("\(id.name)\n") }
    let model = try await session.written(id)
    let unread = session.isRemote ? RemoteModels.unread : UnreadKinds()
    var listing = ModelListing([model], now: Date(), unread: unread)
    listing.isSingle = true
    try StandardOutput.write(try listing.text(format))
  }

  // MARK: Dry run

  /// What a write would do, as the server sees it; nothing is written.
  ///
  /// - Parameter tellsWarnings: whether nobody has told yet what is doubtful about the request.
  func plan(
    _ write: ModelWrite, _ format: OutputFormat?, tellsWarnings: Bool = true
  ) async throws {
    run.progress.show("checking with the API server")
    let plan = try await session.plan(write)
    run.progress.clear()
    for finding in plan.findings where tellsWarnings && finding.severity == .warning {
      run.warn("warning: \(finding.line)")
    }
    for note in plan.notes { run.say(note) }
    if let problem = plan.problem {
      throw CommandFailure(problem)
    }
    if plan.findings.contains(where: { $0.severity == .error }) {
      throw CommandFailure(plan.findings)
    }
    if let refusal = plan.refusals.first {
      throw CommandFailure(refusal)
    }
    try StandardOutput.write(try PlanText(plan).text(format))
    run.say("nothing was written (dry run).")
  }
}

/// A plan as text: what happens to each object, and which fields change.
struct PlanText {
  let plan: OperationPlan

  init(_ plan: OperationPlan) { self.plan = plan }

  func text(_ format: OutputFormat?) throws -> String {
    switch format {
    case nil, .table?, .wide?: return lines
    case .name?:
      return plan.items.filter { $0.action != .keep }.map { "\($0.kind.kind)/\($0.name)\n" }
        .joined()
    case .yaml?:
      return plan.items.filter { $0.action != .keep && !$0.yaml.isEmpty }.map(\.yaml)
        .joined(separator: "---\n")
    case .json?, .jsonPath?:
      return try StructuredText.text(of: document, format ?? .json)
    }
  }

  private var lines: String {
    plan.items.map { item in
      let changes = item.changes.map { change in
        "  \(change.path): \(change.old ?? "-") -> \(change.new ?? "-")\n"
      }
      return "\(item.action.rawValue) \(item.label)\n" + changes.joined()
    }.joined()
  }

  private var document: JSONValue {
    let items = plan.items.map { item -> JSONValue in
      [
        "action": .string(item.action.rawValue), "kind": .string(item.kind.kind),
        "name": .string(item.name), "namespace": item.namespace.map(JSONValue.string) ?? .null,
        "changes": .array(
          item.changes.map { change in
            [
              "path": .string(change.path), "old": change.old.map(JSONValue.string) ?? .null,
              "new": change.new.map(JSONValue.string) ?? .null,
            ]
          }),
      ]
    }
    return ["items": .array(items), "restarts_pods": .bool(plan.restartsPods)]
  }
}
