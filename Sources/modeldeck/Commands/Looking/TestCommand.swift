import ArgumentParser
import Kubernetes
import ModelCore
import Scripting

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `modeldeck test NAME`: whether the model's endpoint answers, asked through the API server.
struct TestCommand: ScriptCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Ask a model's endpoint for its models, and measure the answer.",
    discussion: """
      Sends GET /v1/models through the API server's proxy to the model's Service, or to a ready pod where there is none or \
      it may not be asked. That needs the right to 'get services/proxy' or 'get pods/proxy'. The latency is that of the \
      whole way.
      """)

  @Argument(help: ArgumentHelp("The model; a name, or NAMESPACE/NAME.", valueName: "name"))
  var name: String

  @Option(help: ArgumentHelp("How often to ask.", valueName: "number"))
  var count = 1

  @OptionGroup var output: OutputOptions
  @OptionGroup var talk: TalkOptions
  @OptionGroup var cluster: ClusterOptions

  func validate() throws {
    guard (1...1_000).contains(count) else {
      throw ValidationError("--count must be between 1 and 1000.")
    }
  }

  func execute(_ run: CommandRun) async throws {
    let format = try output.format(run)
    try await run.withClusterModels(to: "ask an endpoint") { session, update in
      let model = try run.model(name, in: update)
      var place = try await EndpointPlace.first(of: model, session)
      var answers: [EndpointAnswer] = []
      while answers.count < count {
        run.progress.show("asking \(place.label)")
        do {
          answers.append(try await EndpointAnswer.ask(model, place, session.api))
        } catch let failure as CommandFailure
          where failure.status == .forbidden && place.isService
        {
          guard let pod = await EndpointPlace.pod(of: model, session) else { throw failure }
          place = pod
        }
      }
      run.progress.clear()
      let report = EndpointReport(model: model, place: place.label, answers: answers)
      switch format {
      case .json, .yaml, .jsonPath:
        try StandardOutput.write(try StructuredText.text(of: report.json, format))
      case .name: try StandardOutput.write("\(model.name)\n")
      case .table, .wide: try StandardOutput.write(report.text)
      }
      if let problem = report.problem { throw CommandFailure(.failure, problem) }
    }
  }

}

/// Where a model is asked through the API server.
private struct EndpointPlace: Sendable {
  var kind: ResourceKind
  var namespace: String
  /// With the port: `llama-7b:8000`.
  var name: String

  var isService: Bool { kind == K8s.Service.resourceKind }
  var label: String { "\(kind.kind) \(namespace)/\(name)" }
  var path: String {
    kind.path(namespace: namespace, name: name, subresource: "proxy/v1/models")
  }

  /// The Service, or a pod where there is none.
  static func first(
    of model: Model, _ session: HeadlessSession
  ) async throws(CommandFailure) -> EndpointPlace {
    if let service = model.serviceName {
      return EndpointPlace(
        kind: K8s.Service.resourceKind, namespace: model.namespace,
        name: "\(service):\(model.port)")
    }
    if let pod = await pod(of: model, session) { return pod }
    throw CommandFailure(
      .failure, "model \(model.id) has neither a Service nor a ready pod to ask: \(model.reason)")
  }

  /// A pod that is ready.
  static func pod(of model: Model, _ session: HeadlessSession) async -> EndpointPlace? {
    for await details in await session.observer.details(of: model.id) {
      guard let pod = details.pods.first(where: \.isReady) else { return nil }
      return EndpointPlace(
        kind: K8s.Pod.resourceKind, namespace: model.namespace, name: "\(pod.name):\(model.port)")
    }
    return nil
  }
}

/// One answer of an endpoint.
private struct EndpointAnswer: Sendable {
  var latency: Duration
  /// The names that it serves.
  var served: [String]

  static func ask(
    _ model: Model, _ place: EndpointPlace, _ api: any ClusterAPI
  ) async throws -> EndpointAnswer {
    let clock = ContinuousClock()
    let start = clock.now
    let response: APIResponse
    do {
      response = try await api.perform(
        APIRequest(.get, place.path, purpose: "ask \(place.label) for its models"))
    } catch let error as APIError {
      throw failure(error, model, place.label)
    }
    let latency = clock.now - start
    let document = try? JSONValue(parsing: response.body)
    guard let data = document?["data"]?.arrayValue else {
      throw CommandFailure(
        .failure,
        "\(place.label) answers, but not with a list of models: it is no server of models.")
    }
    return EndpointAnswer(latency: latency, served: data.compactMap { $0["id"]?.stringValue })
  }

  private static func failure(_ error: APIError, _ model: Model, _ label: String) -> CommandFailure
  {
    if error.isForbidden || error.statusCode == 401 {
      return CommandFailure(error, doing: "ask \(label)")
    }
    if case .unauthorized = error { return CommandFailure(error, doing: "ask \(label)") }
    let status = ModelListing.status(of: model)
    let reason = model.reason.isEmpty ? "" : " (\(Excerpt.line(model.reason)))"
    return CommandFailure(
      .failure, "\(label) does not answer: \(error.description). The model is \(status)\(reason).")
  }
}

private struct EndpointReport {
  let model: Model
  let place: String
  let answers: [EndpointAnswer]

  private var served: [String] { answers.last?.served ?? [] }

  /// What is wrong although it answers.
  var problem: String? {
    guard !served.contains(model.name) else { return nil }
    let names = served.isEmpty ? "none" : served.joined(separator: ", ")
    return
      "\(place) answers, but serves \(Excerpt.line(names)) and not '\(model.name)': Aibrix routes by that name."
  }

  private static func milliseconds(_ duration: Duration) -> Double {
    let value =
      Double(duration.components.seconds) * 1_000
      + Double(duration.components.attoseconds) / 1e15
    return (value * 10).rounded() / 10
  }

  private var latencies: [Double] { answers.map { Self.milliseconds($0.latency) }.sorted() }

  var text: String {
    let times = latencies
    let latency =
      times.count == 1
      ? "\(times[0]) ms"
      : "\(times[0]) ms at best, \(times[times.count / 2]) ms typically, \(times[times.count - 1]) ms at worst"
    return
      "\(model.name): answers in \(latency); serves \(Excerpt.line(served.joined(separator: ", "))); asked \(place)\n"
  }

  var json: JSONValue {
    [
      "id": .string(model.name), "answers": true, "asked": .string(place),
      "served": .array(served.map(JSONValue.string)), "matches": .bool(problem == nil),
      "latency_ms": .array(latencies.map(JSONValue.double)),
    ]
  }
}
