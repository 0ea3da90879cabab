import ArgumentParser
import Kubernetes
import ModelCore
import Scripting
import Synchronization

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `modeldeck logs NAME`: what the containers of a model write.
struct LogsCommand: ScriptCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "Print the logs of a model's pods.",
    discussion: """
      Prints the server's container of every pod; with more than one, each line begins with where it comes from. \
      --follow goes on, with pods that come later as well, until it is interrupted.
      """)

  @Argument(help: ArgumentHelp("The model; a name, or NAMESPACE/NAME.", valueName: "name"))
  var name: String

  @Flag(name: .shortAndLong, help: "Go on with what is written from now on.")
  var follow = false

  @Flag(name: .shortAndLong, help: "Of the containers that ran before the last restart.")
  var previous = false

  @Option(help: ArgumentHelp("Only so many lines of each container.", valueName: "number"))
  var tail: Int?

  @Option(
    help: ArgumentHelp("Only what was written in this time, e.g. 10m.", valueName: "duration"))
  var since: TimeLimit?

  @Flag(help: "With the time of each line.")
  var timestamps = false

  @Option(help: ArgumentHelp("Only this pod.", valueName: "name"))
  var pod: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("Only this container.", valueName: "name"))
  var container: String?

  @Flag(help: "All containers, those that initialize as well.")
  var allContainers = false

  @OptionGroup var talk: TalkOptions
  @OptionGroup var cluster: ClusterOptions

  func validate() throws {
    if let tail, tail < 0 { throw ValidationError("--tail must be 0 or more.") }
    if allContainers, container != nil {
      throw ValidationError("--container and --all-containers exclude each other.")
    }
    if follow, previous { throw ValidationError("--follow and --previous exclude each other.") }
  }

  func execute(_ run: CommandRun) async throws {
    try await run.withClusterModels(to: "show logs") { session, update in
      let model = try run.model(name, in: update)
      let sources = try await sources(of: model.id, session)
      if sources.isEmpty && !follow {
        guard pod == nil else {
          throw CommandFailure(
            .notFound, "model \(model.id) has no pod \(Excerpt.quoted(pod ?? "")).")
        }
        throw CommandFailure(.failure, "model \(model.id) has no pods: \(model.reason)")
      }
      let printer = LogPrinter(named: sources.count > 1 || follow && pod == nil)
      if follow {
        try await followAll(of: model.id, session, printer, run)
      } else {
        for source in sources { try await print(source, session.api, printer) }
      }
    }
  }

  // MARK: What to read

  struct Source: Hashable, Sendable {
    var namespace: String
    var pod: String
    var container: String
  }

  private func sources(of id: ModelID, _ session: HeadlessSession) async throws -> [Source] {
    var details: ModelDetails?
    for await found in await session.observer.details(of: id) {
      details = found
      break
    }
    var sources: [Source] = []
    for line in details?.pods ?? [] where pod == nil || pod == line.name {
      guard let found = try await read(line.name, id.namespace, session.api) else { continue }
      sources += try containers(of: found).map {
        Source(namespace: id.namespace, pod: line.name, container: $0)
      }
    }
    return sources
  }

  private func read(
    _ name: String, _ namespace: String, _ api: any ClusterAPI
  ) async throws -> K8s.Pod? {
    do {
      return try await api.get(K8s.Pod.self, name, namespace: namespace)
    } catch let error as APIError where error.isNotFound {
      return nil
    } catch let error as APIError {
      throw CommandFailure(error, doing: "read Pod \(namespace)/\(name)")
    }
  }

  private func containers(of pod: K8s.Pod) throws(CommandFailure) -> [String] {
    let main = pod.spec?.containers.map(\.name) ?? []
    let all = (pod.spec?.initContainers?.map(\.name) ?? []) + main
    if let container {
      guard all.contains(container) else {
        throw CommandFailure(
          .notFound,
          "there is no container \(Excerpt.quoted(container)): there are \(all.joined(separator: ", "))."
        )
      }
      return [container]
    }
    if allContainers { return all }
    let chosen = pod.metadata.annotations?["kubectl.kubernetes.io/default-container"]
    return main.filter { $0 == chosen }.isEmpty
      ? Array(main.prefix(1)) : main.filter { $0 == chosen }
  }

  private func request(_ source: Source, resuming: Bool = false) -> APIRequest {
    var query: [APIRequest.QueryItem] = [.init("container", source.container)]
    if follow { query.append(.init("follow", "true")) }
    if previous { query.append(.init("previous", "true")) }
    if timestamps { query.append(.init("timestamps", "true")) }
    if let tail, !resuming { query.append(.init("tailLines", "\(tail)")) }
    if let since, !resuming {
      query.append(.init("sinceSeconds", "\(max(1, since.value.components.seconds))"))
    }
    return APIRequest(
      .get,
      K8s.Pod.resourceKind.path(
        namespace: source.namespace, name: source.pod, subresource: "log"), query: query,
      purpose: "read the log of \(source.namespace)/\(source.pod), container \(source.container)")
  }

  // MARK: Reading

  private func print(
    _ source: Source, _ api: any ClusterAPI, _ printer: LogPrinter
  ) async throws {
    do {
      for try await line in try await api.lines(request(source)) {
        try printer.write(line, of: source)
      }
    } catch let error as APIError {
      throw Self.failure(error, source)
    }
  }

  private static func failure(_ error: APIError, _ source: Source) -> CommandFailure {
    let task = "read the log of \(source.pod), container \(source.container)"
    // A container that has not started, or none that ran before: the request was fine.
    guard error.statusCode == 400 else { return CommandFailure(error, doing: task) }
    return CommandFailure(.failure, "could not \(task): \(error.description)")
  }

  /// Follows every container that there is and that comes, until it is cancelled.
  private func followAll(
    of id: ModelID, _ session: HeadlessSession, _ printer: LogPrinter, _ run: CommandRun
  ) async throws {
    try await withThrowingTaskGroup { group in
      group.addTask {
        try await withThrowingDiscardingTaskGroup { tails in
          var known: Set<String> = []
          for await details in await session.observer.details(of: id) {
            if details.pods.isEmpty { run.progress.show("waiting for pods of model \(id)") }
            for line in details.pods where pod == nil || pod == line.name {
              guard known.insert(line.name).inserted,
                let found = try await read(line.name, id.namespace, session.api)
              else { continue }
              for container in try containers(of: found) {
                let source = Source(
                  namespace: id.namespace, pod: line.name, container: container)
                tails.addTask { try await followOne(source, session.api, printer, run) }
              }
            }
          }
        }
      }
      try await group.waitForAll()
    }
    try Task.checkCancellation()
  }

  /// One container, until its pod is gone: waits while it has not started, and comes back after a cut.
  private func followOne(
    _ source: Source, _ api: any ClusterAPI, _ printer: LogPrinter, _ run: CommandRun
  ) async throws {
    var hasBegun = false
    while !Task.isCancelled {
      do {
        for try await line in try await api.lines(request(source, resuming: hasBegun)) {
          hasBegun = true
          run.progress.clear()
          try printer.write(line, of: source)
        }
        // The container ended; when it starts again, its log begins anew.
        guard try await read(source.pod, source.namespace, api) != nil else { return }
      } catch let error as APIError {
        if error.isNotFound { return }
        if error.isForbidden || error.statusCode == 401 { throw Self.failure(error, source) }
        run.progress.show("\(source.pod): \(error.description)")
      }
      guard (try? await Task.sleep(for: .seconds(2))) != nil else { return }
    }
  }
}

/// Writes whole lines of several logs, one after the other.
private final class LogPrinter: Sendable {
  private let isNamed: Bool
  private let turn = Mutex(())

  /// - Parameter named: each line begins with where it comes from.
  init(named: Bool) { isNamed = named }

  func write(_ line: Data, of source: LogsCommand.Source) throws {
    let text = String(decoding: line, as: UTF8.self)
    let prefix = isNamed ? "[\(source.pod)/\(source.container)] " : ""
    // One at a time: lines of two pods must not run into each other.
    try turn.withLock { _ in try StandardOutput.write(prefix + text + "\n") }
  }
}
