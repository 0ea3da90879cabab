internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes
internal import NIOCore

/// What is behind a Service or a pod, asked through the API server: `.../services/NAME:PORT/proxy/v1/models`.
///
/// Source of names, statuses and texts: `ResourceLocation` of Services and pods, and the proxy's error answers, in Kubernetes 1.32.
struct ProxyResponse: Sendable {
  let call: APICall

  func response(to request: Request) async throws -> Response {
    let place = try place()
    guard let pod = call.server.store.object(BuiltIn.pods, place.pod)?.json,
      let container = Self.container(listeningAt: place.port, in: pod, call)
    else { throw Self.unreachable(place) }
    let path = "/" + call.target.rest.joined(separator: "/")
    let server = ModelServer(
      container: container, pod: pod, traffic: call.server.traffic, clock: call.server.clock)
    return await server.response(to: request, path: path)
  }

  private struct Place {
    var pod: ObjectKey
    var address: String
    var port: Int64
  }

  /// `SCHEME:NAME:PORT`, of which the name alone is needed.
  private func parts() throws(Refusal) -> (name: String, port: String) {
    let parts = call.key.name.split(separator: ":", omittingEmptySubsequences: false)
      .map(String.init)
    switch parts.count {
    case 1: return (parts[0], "")
    case 2: return (parts[0], parts[1])
    case 3 where ["", "http", "https"].contains(parts[0]): return (parts[1], parts[2])
    default: throw .badRequest("invalid \(call.resource.singular) request \"\(call.key.name)\"")
    }
  }

  private func place() throws(Refusal) -> Place {
    let (name, port) = try parts()
    let key = ObjectKey(namespace: call.key.namespace, name: name)
    let object = try call.server.get(call.resource, key).json
    return call.resource.id == BuiltIn.pods
      ? try place(inPod: object, key, port) : try place(behind: object, key, port)
  }

  private func place(
    inPod pod: JSONValue, _ key: ObjectKey, _ port: String
  ) throws(Refusal) -> Place {
    let address = pod.string("status", "podIP")
    guard !address.isEmpty else { throw .badRequest("address not allowed") }
    let declared = pod.items("spec", "containers").first?.items("ports").first
    let number = Int64(port) ?? declared?.integer("containerPort") ?? 80
    return Place(pod: key, address: address, port: number)
  }

  private func place(
    behind service: JSONValue, _ key: ObjectKey, _ port: String
  ) throws(Refusal) -> Place {
    var portName = port
    if let number = Int64(port) {
      let ports = service.items("spec", "ports")
      guard let found = ports.first(where: { $0.integer("port") == number }) else {
        throw Self.unavailable("no service port \(number) found for service \"\(key.name)\"")
      }
      portName = found.string("name")
    }
    let endpoints = call.server.store.object(BuiltIn.endpoints, key)?.json
    for subset in endpoints?.items("subsets") ?? [] {
      guard let address = subset.items("addresses").randomElement(),
        let found = subset.items("ports").first(where: { $0.string("name") == portName })
      else { continue }
      return Place(
        pod: ObjectKey(namespace: key.namespace, name: address.string("targetRef", "name")),
        address: address.string("ip"), port: found.integer("port") ?? 0)
    }
    throw Self.unavailable("no endpoints available for service \"\(key.name)\"")
  }

  /// The container that has this port open: one that serves a model is listening when it is ready.
  private static func container(
    listeningAt port: Int64, in pod: JSONValue, _ call: APICall
  ) -> JSONValue? {
    let node = call.server.store.object(BuiltIn.nodes, "", pod.nodeName)
    guard node?.json.condition("Ready")?.string("status") == "True" else { return nil }
    let states = pod.items("status", "containerStatuses")
    return pod.items("spec", "containers").first { container in
      let status = states.first { $0.string("name") == container.string("name") }
      guard status?["ready"]?.boolValue == true else { return false }
      return ServedModel(container)?.port == port
        || container.items("ports").contains { $0.integer("containerPort") == port }
    }
  }

  private static func unavailable(_ text: String) -> Refusal {
    Refusal(code: 503, reason: "ServiceUnavailable", message: text)
  }

  private static func unreachable(_ place: Place) -> Refusal {
    unavailable(
      "error trying to reach service: dial tcp \(place.address):\(place.port): connect: connection refused"
    )
  }
}
