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
  let session: HeadlessSession
  let options: WritingOptions

  /// So long it is tried to find out what became of a write whose answer was lost.
  private static let patience: Duration = .seconds(30)

  /// Does it. Throws how it ended where it was not done; says what was done.
  func perform(_ write: ModelWrite) async throws {
    var operations = session.operations
    operations.settings.deleteLimit = options.timeout.value
    if operations.settings.guards.confirmsByTyping, write.endsPods {
      try Question.typed(write.name, to: write.verb, given: options.confirm)
    }
    let settlements = await operations.outcomes.settlements()
    let progress = run.progress
    var result = await operations.perform(write) { progress.show($0) }
    progress.clear()
    try Task.checkCancellation()
    if case .outcomeUnknown(let text) = result {
      run.say(text)
      progress.show("finding out what became of it")
      if let settled = await first(of: settlements) {
        result =
          settled.isDone
          ? .succeeded(settled.message) : .failed(OperationFailure(.other, settled.message))
      } else {
        throw CommandFailure(
          .outcomeUnknown,
          "what became of it could not be found out. Look: modeldeck get \(write.name)")
      }
    }
    if let failure = CommandFailure(result) { throw failure }
    if case .succeeded(let text) = result { run.say(text) }
  }

  private func first(of settlements: AsyncStream<Settlement>) async -> Settlement? {
    await withTaskGroup(of: Settlement?.self) { group in
      group.addTask {
        for await settlement in settlements { return settlement }; return nil
      }
      group.addTask {
        try? await Task.sleep(for: Self.patience)
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
  }

  /// Waits for models to become what was asked for, as long as `--timeout` says.
  func wait(_ ids: [ModelID], for condition: WaitCondition) async throws {
    try await Waiting(
      run: run, observer: session.observer, condition: condition, limit: options.timeout.value
    ).wait(ids)
  }

  /// Writes the model as it is now, where a format was asked for.
  func show(_ id: ModelID, _ format: OutputFormat?) async throws {
    guard let format else { return }
    if format == .name { return try StandardOutput.write("\(id.name)\n") }
    let model = try await appeared(id)
    var listing = ModelListing([model], now: Date())
    listing.isSingle = true
    try StandardOutput.write(try listing.text(format))
  }

  /// The model as it is after the write, which the watch may tell of a moment later than the write's own answer.
  private func appeared(_ id: ModelID) async throws -> Model {
    let observer = session.observer
    let stored = try? await session.operations.stored(id).get()
    let model = await withTaskGroup(of: Model?.self) { group in
      group.addTask {
        for await update in await observer.updates() {
          let model = update.changed.first { $0.id == id }
          if let model, stored.map({ Self.shows(model, $0) }) ?? true { return model }
        }
        return nil
      }
      group.addTask {
        try? await Task.sleep(for: .seconds(10))
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
    guard let model else {
      throw CommandFailure(
        .unavailable, "the write was done, but the cluster did not tell of model \(id) since.")
    }
    return model
  }

  /// Whether a model as the watch told it is what is stored by now.
  private static func shows(_ model: Model, _ stored: StoredModel) -> Bool {
    let fields = ModelFields(model)
    return model.uid == stored.uid && model.desiredReplicas == stored.replicas
      && ModelChange.metadataFields.allSatisfy { fields[$0] == stored.fields[$0] }
  }

  // MARK: Dry run

  /// What a write would do, as the server sees it; nothing is written.
  func plan(_ write: ModelWrite, _ format: OutputFormat?) async throws {
    run.progress.show("checking with the API server")
    let plan = await session.operations.plan(write)
    run.progress.clear()
    for finding in plan.findings where finding.severity == .warning {
      run.warn("warning: \(finding.line)")
    }
    for note in plan.notes { run.say(note) }
    if let problem = plan.problem {
      throw CommandFailure(ExitStatus(problem.kind), problem.message)
    }
    if plan.findings.contains(where: { $0.severity == .error }) {
      throw CommandFailure(plan.findings)
    }
    if let refusal = plan.refusals.first {
      throw CommandFailure(ExitStatus(refusal.kind), refusal.message)
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
