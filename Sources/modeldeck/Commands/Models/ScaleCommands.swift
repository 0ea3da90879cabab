import ArgumentParser
import ModelCore
import Scripting

/// What the commands that change how many replicas run take alike.
struct ReplicaOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("The models; a name, or NAMESPACE/NAME.", valueName: "name"))
  var names: [String]

  @OptionGroup var write: WritingOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var talk: TalkOptions
  @OptionGroup var cluster: ClusterOptions
}

/// A command that changes how many replicas run.
protocol ReplicaCommand: ScriptCommand {
  var options: ReplicaOptions { get }
  func request(_ target: ModelTarget) -> ModelWrite
  /// What `--wait` waits for.
  var condition: WaitCondition { get }
}

extension ReplicaCommand {
  var talk: TalkOptions { options.talk }
  var cluster: ClusterOptions { options.cluster }

  func execute(_ run: CommandRun) async throws {
    let write = options.write
    let output = options.output
    let format = try output.asked()
    let verb = request(ModelTarget(ModelID(namespace: "", name: ""))).verb
    try await run.withClusterModels(to: "\(verb) a model") { session, update in
      let writing = Writing(run: run, session: session, options: write)
      // All of them have to be there before anything is done to one.
      var models: [Model] = []
      for name in options.names { models.append(try run.model(name, in: update)) }
      var failures: [CommandFailure] = []
      var done: [ModelID] = []
      for model in models {
        let request = self.request(ModelTarget(model))
        do {
          switch write.dryRun {
          case .client: run.say("would \(request.verb) model \(model.id) (dry run)")
          case .server: try await writing.plan(request, format)
          case .none:
            try await writing.perform(request)
            done.append(model.id)
          }
        } catch let failure as CommandFailure {
          failures.append(failure)
        }
      }
      if write.wait, !done.isEmpty { try await writing.wait(done, for: condition) }
      for id in done { try await writing.show(id, format) }
      for failure in failures.dropLast() { run.warn(failure.message) }
      if let last = failures.last { throw last }
    }
  }
}

/// `modeldeck scale NAME --replicas N`.
struct ScaleCommand: ReplicaCommand {
  static let configuration = CommandConfiguration(
    commandName: "scale", abstract: "Change how many replicas a model has.")

  @Option(help: ArgumentHelp("How many; 0 stops the model.", valueName: "number"))
  var replicas: Int

  @OptionGroup var options: ReplicaOptions

  func validate() throws {
    guard (0...1_000).contains(replicas) else {
      throw ValidationError("--replicas must be between 0 and 1000.")
    }
  }

  func request(_ target: ModelTarget) -> ModelWrite { .scale(target, replicas: replicas) }
  var condition: WaitCondition { replicas == 0 ? .status(.stopped) : .ready }
}

/// `modeldeck stop NAME`.
struct StopCommand: ReplicaCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop",
    abstract: "Stop models: no replica runs, the GPUs are free, everything else stays.")

  @OptionGroup var options: ReplicaOptions

  func request(_ target: ModelTarget) -> ModelWrite { .stop(target) }
  var condition: WaitCondition { .status(.stopped) }
}

/// `modeldeck start NAME`.
struct StartCommand: ReplicaCommand {
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: "Start stopped models with the replicas that they had.")

  @OptionGroup var options: ReplicaOptions

  func request(_ target: ModelTarget) -> ModelWrite { .start(target) }
  var condition: WaitCondition { .ready }
}

/// `modeldeck restart NAME`.
struct RestartCommand: ReplicaCommand {
  static let configuration = CommandConfiguration(
    commandName: "restart", abstract: "Restart models: every pod is replaced by a new one.")

  @OptionGroup var options: ReplicaOptions

  func request(_ target: ModelTarget) -> ModelWrite { .restart(target) }
  var condition: WaitCondition { .ready }
}
