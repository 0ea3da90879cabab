internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes
internal import NIOCore

/// The log of one container, as far as it is written or for as long as it is.
struct PodLogResponse: Sendable {
  /// At most so long a container that has ended is taken for running.
  private static let lookEvery = Duration.milliseconds(250)

  private let call: APICall
  private let options: PodLogOptions
  private let container: String
  private let run: ContainerRun
  private let log: ContainerLog

  init(_ call: APICall) throws(Refusal) {
    self.call = call
    options = try PodLogOptions(call.query, now: call.server.clock.date)
    let pod = try call.server.get(call.resource, call.key).json
    let spec = try Self.container(options.container, of: pod)
    container = spec.string("name")
    guard !pod.nodeName.isEmpty else {
      throw .badRequest("pod \(pod.name) does not have a host assigned")
    }
    try Self.checkKubelet(pod, call)
    run = try Self.run(container, of: pod, isPrevious: options.isPrevious)
    log = ContainerLog(spec, pod: pod, run: run, clock: call.server.clock)
  }

  // MARK: What is asked for

  private static func containers(_ pod: JSONValue) -> [JSONValue] {
    pod.items("spec", "containers") + pod.items("spec", "initContainers")
  }

  private static func container(
    _ name: String?, of pod: JSONValue
  ) throws(Refusal) -> JSONValue {
    let main = pod.items("spec", "containers")
    guard let name else {
      if main.count == 1, let only = main.first { return only }
      let names = main.map { $0.string("name") }.joined(separator: " ")
      let initial = pod.items("spec", "initContainers").map { $0.string("name") }
      let others =
        initial.isEmpty
        ? "" : " or one of the init containers: [\(initial.joined(separator: " "))]"
      throw .badRequest(
        "a container name must be specified for pod \(pod.name), choose one of: [\(names)]\(others)"
      )
    }
    guard let found = containers(pod).first(where: { $0.string("name") == name }) else {
      throw .badRequest("container \(name) is not valid for pod \(pod.name)")
    }
    return found
  }

  /// A log is on the node: where its kubelet is down nobody gets it.
  private static func checkKubelet(_ pod: JSONValue, _ call: APICall) throws(Refusal) {
    let node = call.server.store.object(BuiltIn.nodes, "", pod.nodeName)
    guard node?.json.condition("Ready")?.string("status") != "True" else { return }
    throw Refusal(
      code: 500, reason: "InternalError",
      message: "Get \"https://\(pod.nodeName):10250/containerLogs/\(pod.namespace)/\(pod.name)\": "
        + "dial tcp: connect: connection refused")
  }

  private static func status(_ container: String, of pod: JSONValue) -> JSONValue {
    (pod.items("status", "containerStatuses") + pod.items("status", "initContainerStatuses"))
      .first { $0.string("name") == container } ?? [:]
  }

  private static func run(
    _ container: String, of pod: JSONValue, isPrevious: Bool
  ) throws(Refusal) -> ContainerRun {
    let status = status(container, of: pod)
    if isPrevious {
      guard let run = ContainerRun.previous(status) else {
        throw .badRequest(
          "previous terminated container \"\(container)\" in pod \"\(pod.name)\" not found")
      }
      return run
    }
    guard let run = ContainerRun.current(status) else {
      let reason = status.string("state", "waiting", "reason")
      let why =
        switch reason {
        case "ErrImagePull": "image can't be pulled"
        case "ImagePullBackOff": "trying and failing to pull image"
        case "": "ContainerCreating"
        default: reason
        }
      throw .badRequest(
        "container \"\(container)\" in pod \"\(pod.name)\" is waiting to start: \(why)")
    }
    return run
  }

  // MARK: Writing

  func response(to request: Request) -> Response {
    let headers: HTTPFields = [.contentType: "text/plain"]
    guard options.follows else {
      var budget = options.limitBytes ?? .max
      var text = ByteBuffer()
      for index in first..<max(first, log.count(at: call.server.clock.date)) {
        guard budget > 0, let line = log.line(index) else { break }
        text.writeString(bytes(of: line, &budget))
      }
      return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: text))
    }
    return Response(
      status: .ok, headers: headers,
      body: ResponseBody { writer in
        // Who has gone is noticed although nothing is written.
        try? await request.body.consumeWithCancellationOnInboundClose { _ in
          try await follow(&writer)
        }
        try await writer.finish(nil)
      })
  }

  /// The number of the first line that is wanted.
  private var first: Int {
    let count = log.count(at: call.server.clock.date)
    var first = options.tail.map { max(0, count - $0) } ?? 0
    if let since = options.since {
      while first < count, let line = log.line(first), line.date < since { first += 1 }
    }
    return first
  }

  private func bytes(of line: ContainerLog.Line, _ budget: inout Int) -> String {
    let time = options.hasTimestamps ? "\(Timestamp.formatMicro(line.date).dropLast())000Z " : ""
    let text = String(decoding: Array("\(time)\(line.text)\n".utf8).prefix(budget), as: UTF8.self)
    budget -= text.utf8.count
    return text
  }

  @concurrent
  private func follow(_ writer: inout any ResponseBodyWriter) async throws {
    var budget = options.limitBytes ?? .max
    var next = first
    var log = log
    while true {
      let now = call.server.clock.date
      var text = ""
      while next < log.count(at: now), let line = log.line(next) {
        text += bytes(of: line, &budget)
        next += 1
        guard budget > 0 else { break }
      }
      if !text.isEmpty { try await writer.write(ByteBuffer(string: text)) }
      guard budget > 0, !log.isOver else { return }
      let due = max(0.001, log.date(of: next).timeIntervalSince(now))
      try await Task.sleep(for: min(.seconds(due), Self.lookEvery))
      guard let later = current() else { return }
      log = later
    }
  }

  /// The log of the same run as it is now; `nil` where its pod is gone.
  private func current() -> ContainerLog? {
    guard let pod = call.server.store.object(call.resource.id, call.key)?.json,
      let spec = Self.containers(pod).first(where: { $0.string("name") == container })
    else { return nil }
    let status = Self.status(container, of: pod)
    let runs = [ContainerRun.current(status), ContainerRun.previous(status)]
    guard let run = runs.compactMap({ $0 }).first(where: { $0.id == run.id }) else { return nil }
    return ContainerLog(spec, pod: pod, run: run, clock: call.server.clock)
  }
}
