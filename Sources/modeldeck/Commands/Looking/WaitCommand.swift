import ArgumentParser
import ModelCore

/// `modeldeck wait NAME... --for=running`.
struct WaitCommand: ScriptCommand {
  static let configuration = CommandConfiguration(
    commandName: "wait", abstract: "Wait until models are running, stopped, deleted, or else.",
    discussion: """
      --for takes a status (\(ModelStatus.allCases.map(\.rawValue).joined(separator: ", "))), 'ready' (every \
      replica is), or 'deleted'. Ends with 6 when --timeout is over, and with 4 when a model is not there or goes \
      meanwhile.
      """)

  @Argument(help: ArgumentHelp("The models; a name, or NAMESPACE/NAME.", valueName: "name"))
  var names: [String]

  @Option(name: .customLong("for"), help: ArgumentHelp("What to wait for.", valueName: "condition"))
  var condition = "running"

  @Option(help: ArgumentHelp("How long to wait at most; 0 looks once.", valueName: "duration"))
  var timeout = TimeLimit(.seconds(300))

  @OptionGroup var talk: TalkOptions
  @OptionGroup var cluster: ClusterOptions

  func execute(_ run: CommandRun) async throws {
    guard let condition = WaitCondition(condition) else {
      throw CommandFailure(
        .invalidInput,
        "--for: there is no condition \(Excerpt.quoted(condition)): use "
          + "\(WaitCondition.allowed.joined(separator: ", ")).")
    }
    // Who waits two seconds does not wait half a minute for a server that is silent; to look once takes a moment, too.
    let reading = max(timeout.value, .seconds(5))
    try await run.withModels(within: reading) { session, update in
      if session.isRemote, condition == .ready {
        throw CommandFailure(
          RemoteModels.notOffered("tell how many replicas are ready (wait for running)"))
      }
      var ids: [ModelID] = []
      for name in names {
        if condition == .deleted, run.candidates(name, in: update.changed).isEmpty { continue }
        ids.append(try run.model(name, in: update).id)
      }
      guard !ids.isEmpty else { return }
      try await Waiting(
        run: run, session: session, condition: condition, limit: timeout.value
      ).wait(ids)
    }
  }
}
