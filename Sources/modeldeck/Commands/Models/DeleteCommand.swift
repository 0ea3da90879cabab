import ArgumentParser
import Kubernetes
import ModelCore
import Scripting

/// `modeldeck delete NAME...`: models with everything that belongs to them.
struct DeleteCommand: ScriptCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete models with everything that belongs to them.",
    discussion: """
      Asks first, on a terminal; without one, --yes is needed. Waits until the last object is gone, for --timeout at most.
      """)

  @Argument(help: ArgumentHelp("The models; a name, or NAMESPACE/NAME.", valueName: "name"))
  var names: [String]

  @Flag(help: "Keep the volume and what is on it.")
  var keepVolume = false

  @Flag(help: "It is no error where there is no such model.")
  var ignoreNotFound = false

  @OptionGroup var write: WritingOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var talk: TalkOptions
  @OptionGroup var cluster: ClusterOptions

  func execute(_ run: CommandRun) async throws {
    let format = try output.asked()
    try await run.withModels { session, update in
      let writing = Writing(run: run, session: session, options: write)
      var targets: [(id: ModelID, uid: String?)] = []
      for name in names {
        if run.candidates(name, in: update.changed).isEmpty {
          // Something may be left of a model that has no Deployment any more.
          let id = run.id(of: name)
          let namespace = id.namespace.isEmpty ? nil : id.namespace
          targets.append((await session.created(id.name, in: namespace), nil))
        } else {
          let model = try run.model(name, in: update)
          targets.append((model.id, model.uid))
        }
      }
      if write.dryRun == .none { try confirm(targets.map(\.id), in: update) }
      var failures: [CommandFailure] = []
      for target in targets {
        do {
          try await delete(target.id, target.uid, writing, format)
        } catch let failure as CommandFailure {
          if failure.status == .notFound, ignoreNotFound { continue }
          failures.append(failure)
        }
      }
      for failure in failures.dropLast() { run.warn(failure.message) }
      if let last = failures.last { throw last }
    }
  }

  private func confirm(_ ids: [ModelID], in update: ClusterUpdate) throws(CommandFailure) {
    guard !write.yes else { return }
    let volume = keepVolume ? "; the volume stays" : " with its volume"
    let what =
      ids.count == 1
      ? "Delete model \(ids[0])\(volume)"
      : "Delete \(ids.count) models (\(ids.map(\.description).joined(separator: ", ")))\(volume)"
    guard try Question.confirm(what) else {
      throw CommandFailure(.failure, "nothing was deleted.")
    }
  }

  private func delete(
    _ id: ModelID, _ uid: String?, _ writing: Writing, _ format: OutputFormat?
  ) async throws {
    let target = ModelTarget(id, uid: uid)
    let request = ModelWrite.delete(target, keepVolume: keepVolume)
    switch write.dryRun {
    case .client: writing.run.say("would delete model \(id) (dry run)")
    case .server: return try await writing.plan(request, format)
    case .none: try await writing.perform(request)
    }
    switch format {
    case nil: break
    case .name?, .table?, .wide?: try StandardOutput.write("\(id.name)\n")
    case .json?, .yaml?, .jsonPath?:
      try StandardOutput.write(
        try StructuredText.text(of: SpecificationJSON.deleted(id.name), format ?? .json))
    }
  }
}
