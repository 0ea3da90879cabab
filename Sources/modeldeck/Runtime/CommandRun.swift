import ArgumentParser
import Dashboard
import Kubernetes
import KubernetesClient
import Logging
import ModelCore
import Scripting

#if canImport(Glibc)
  import Glibc
#endif
#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A command for scripts: it reads or writes once, and says by its exit status how that went.
protocol ScriptCommand: AsyncParsableCommand, Sendable {
  var cluster: ClusterOptions { get }
  var talk: TalkOptions { get }
  /// Does it. Throws `CommandFailure` for everything that a script has to know.
  @concurrent func execute(_ run: CommandRun) async throws
}

extension ScriptCommand {
  func run() async throws {
    let command = self
    // A reader that goes away is noticed by the write.
    signal(SIGPIPE, SIG_IGN)
    let run = try CommandRun(command.cluster, isQuiet: command.talk.quiet)
    let work = Task { @concurrent in try await command.execute(run) }
    let interruption = Interruption { work.cancel() }
    let result = await work.result
    run.progress.clear()
    if let signal = interruption.signal { throw ExitCode(128 + signal) }
    switch result {
    case .success: return
    case .failure(let error) where error is StandardOutput.Closed: return
    case .failure(let error as APIError):
      throw CommandFailure(error, doing: "do this")
    case .failure(let error as ScriptingError):
      throw CommandFailure(.invalidInput, error.description)
    case .failure(let error): throw error
    }
  }
}

/// What every command for scripts has.
struct TalkOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Say nothing on standard error but what failed.")
  var quiet = false
}

/// One run of a command: its configuration, and its way to the cluster.
struct CommandRun: Sendable {
  let configuration: Configuration
  let environment: [String: String]
  let logger: Logger
  let isQuiet: Bool
  let progress: ProgressLine

  init(_ options: ClusterOptions, isQuiet: Bool) throws(CommandFailure) {
    environment = ProcessInfo.processInfo.environment
    configuration = try .load(
      flags: options.flags, path: options.common.config, environment: environment)
    self.isQuiet = isQuiet
    progress = ProgressLine(isQuiet: isQuiet)
    guard let path = configuration.text(.logFile) else {
      logger = Logger(label: "modeldeck") { _ in SwiftLogNoOpLogHandler() }
      return
    }
    do {
      let log = try FileLog(path: path)
      logger = Logger(label: "modeldeck") { FileLogHandler(label: $0, log: log) }
    } catch {
      throw CommandFailure(.failure, "\(error)")
    }
  }

  /// Tells a person what was done.
  func say(_ text: String) {
    progress.clear()
    if !isQuiet { Talk.say(text) }
  }

  /// Tells a person what may be wrong; also when it shall be quiet.
  func warn(_ text: String) {
    progress.clear()
    Talk.say(text)
  }

  // MARK: The cluster

  func target() throws(CommandFailure) -> ClusterTarget {
    try ModelsChoices(configuration, environment: environment, logger: logger).initialTarget()
  }

  /// Connects, does it, and closes, however it ends.
  func withSession<Value: Sendable>(
    _ body: @Sendable (any ModelsSession) async throws -> Value
  ) async throws -> Value {
    let target = try target()
    var settings = configuration.clusterSettings
    settings.journal = FileJournal(environment: environment)
    let session: any ModelsSession
    switch target.identity.way {
    case .cluster: session = try await HeadlessSession(target, settings: settings)
    case .httpAPI: session = try await RemoteCommandSession(target, settings: settings)
    }
    do {
      let value = try await body(session)
      await session.close()
      return value
    } catch {
      await session.close()
      throw error
    }
  }

  /// For what only a cluster itself can be asked.
  ///
  /// - Parameter task: what is asked for, as in `show events`, for who works through an HTTP API.
  func withCluster<Value: Sendable>(
    to task: String, _ body: @Sendable (HeadlessSession) async throws -> Value
  ) async throws -> Value {
    try await withSession { session in
      guard let session = session as? HeadlessSession else {
        throw CommandFailure(RemoteModels.notOffered(task))
      }
      return try await body(session)
    }
  }

  /// The same, with everything read.
  func withClusterModels<Value: Sendable>(
    to task: String, _ body: @Sendable (HeadlessSession, ClusterUpdate) async throws -> Value
  ) async throws -> Value {
    try await withCluster(to: task) { session in
      progress.show("reading the cluster")
      let update = try await session.models(within: configuration.readingLimit)
      progress.clear()
      return try await body(session, update)
    }
  }

  /// The session with everything read.
  ///
  /// - Parameter limit: so long that may take, where that is less than what is configured.
  func withModels<Value: Sendable>(
    within limit: Duration? = nil,
    _ body: @Sendable (any ModelsSession, ClusterUpdate) async throws -> Value
  ) async throws -> Value {
    try await withSession { session in
      progress.show("reading the models")
      let limits = [limit, configuration.readingLimit].compactMap { $0 }
      let update = try await session.models(within: limits.min())
      progress.clear()
      return try await body(session, update)
    }
  }

  // MARK: Which models

  /// The namespace that was asked for; `nil` is all of them.
  func namespace(all: Bool) -> String? { all ? nil : configuration.text(.namespace) }

  /// A model by its name, or by NAMESPACE/NAME.
  func model(_ text: String, in update: ClusterUpdate) throws(CommandFailure) -> Model {
    let found = candidates(text, in: update.changed)
    let own = found.filter(\.isOurs)
    if let model = own.count == 1 ? own.first : found.count == 1 ? found.first : nil {
      return model
    }
    guard found.isEmpty else {
      throw CommandFailure(
        .invalidInput,
        "several models are called \(Excerpt.quoted(text)): "
          + "\(found.map(\.id.description).joined(separator: ", ")). Write NAMESPACE/NAME.")
    }
    throw notFound(text, update)
  }

  /// Throws where somebody says in which namespace a model is to be made, which an HTTP API decides itself.
  func refuseNamespace() throws(CommandFailure) {
    switch configuration[.namespace].origin {
    case .flag, .environment:
      throw CommandFailure(RemoteModels.notOffered("choose the namespace of a new model"))
    case .file, .standard: return
    }
  }

  func candidates(_ text: String, in models: [Model]) -> [Model] {
    let id = self.id(of: text)
    return models.filter { model in
      model.name == id.name && (id.namespace.isEmpty || model.namespace == id.namespace)
    }
  }

  /// What a name means; the namespace is empty where neither the text nor a setting says one.
  func id(of text: String) -> ModelID {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2 { return ModelID(namespace: String(parts[0]), name: String(parts[1])) }
    return ModelID(namespace: configuration.text(.namespace) ?? "", name: text)
  }

  private var organizationText: String {
    configuration.isRemote
      ? "the token's organization" : "organization \(configuration.organization)"
  }

  func notFound(_ text: String, _ update: ClusterUpdate) -> CommandFailure {
    let place = configuration.text(.namespace).map { " in namespace \($0)" } ?? ""
    let scope = update.scope.map { "; only namespace \($0) may be read" } ?? ""
    return CommandFailure(
      .notFound,
      "model not found in organization: there is no model \(Excerpt.quoted(text))\(place) "
        + "in \(organizationText)\(scope).")
  }
}
