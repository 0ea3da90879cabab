package import FoundationEssentials
package import Kubernetes
internal import Synchronization

/// A small API server in memory, for tests of what talks to `ClusterAPI`: objects, versions, watches, owner references,
/// and faults between any two requests. It runs no controllers: tests put the pods there.
package final class MemoryCluster: ClusterAPI {
  /// What happens to a request.
  package enum Fault: Sendable {
    /// It fails and nothing happened.
    case refuse(APIError)
    /// It takes effect and the answer is lost.
    case lose(APIError)
  }

  struct State {
    var objects: [String: [String: JSONValue]] = [:]
    var version = 100
    var nextUID = 1
    var requests: [APIRequest] = []
    var watches: [Int: Watch] = [:]
    var nextWatch = 0
    var history: [Change] = []
    /// Versions before this are forgotten.
    var compacted = 0
    var now = Date(timeIntervalSince1970: 1_700_000_000)
    var served: Set<String> = []
    var fault: (@Sendable (APIRequest) -> Fault?)?
    /// Changes what is stored, as an admission webhook does.
    var admission: (@Sendable (JSONValue) -> JSONValue)?
  }

  struct Watch {
    var collection: String
    var namespace: String?
    var selector: Selector
    var isPartial: Bool
    var continuation: AsyncThrowingStream<Data, any Error>.Continuation
  }

  struct Change {
    var version: Int
    var collection: String
    var old: JSONValue?
    var new: JSONValue?
  }

  let state = Mutex(State())

  /// A cluster with the namespaces `jan-models` and `default` and every custom resource definition the product looks for.
  package init() {
    state.withLock { $0.served = ["servicemonitors", "podautoscalers", "clusterpolicies"] }
    for name in ["jan-models", "default"] {
      put(K8s.Namespace(metadata: K8s.ObjectMeta(name: name)))
    }
    for name in [
      "podautoscalers.autoscaling.aibrix.ai", "clusterpolicies.nvidia.com",
      "servicemonitors.monitoring.coreos.com",
    ] {
      put(
        ["metadata": ["name": .string(name)]], kind: .customResourceDefinition, namespace: nil)
    }
  }

  // MARK: What tests do

  /// Every request so far.
  package var requests: [APIRequest] { state.withLock { $0.requests } }

  /// Requests that change something, dry runs left out.
  package var writes: [APIRequest] {
    requests.filter { request in
      request.method != .get && !request.isDryRun
    }
  }

  /// Lets `requests` and `writes` begin anew.
  package func forgetRequests() { state.withLock { $0.requests = [] } }

  /// Decides about every request from now on.
  package func setFault(_ fault: (@Sendable (APIRequest) -> Fault?)?) {
    state.withLock { $0.fault = fault }
  }

  /// Changes every object that a request stores from now on, as a mutating webhook does; `nil` ends that.
  package func setAdmission(_ admission: (@Sendable (JSONValue) -> JSONValue)?) {
    state.withLock { $0.admission = admission }
  }

  /// The server's time: of creations and deletions from now on. It stands still.
  package func setNow(_ now: Date) { state.withLock { $0.now = now } }

  /// Kinds without built-in support that are served.
  package func setServed(_ plurals: Set<String>) { state.withLock { $0.served = plurals } }

  /// Stores an object as it is, as a controller or a person with kubectl would.
  @discardableResult
  package func put(
    _ object: JSONValue, kind: ResourceKind, namespace: String?
  ) -> JSONValue {
    state.withLock { state in
      let place = Place(kind: kind, namespace: namespace, name: object.name)
      return state.store(object, at: place, kind: kind)
    }
  }

  /// Stores a typed object in the namespace of its metadata. Returns it as stored.
  @discardableResult
  package func put<R: Resource>(_ object: R) -> JSONValue {
    put(
      (try? object.manifest()) ?? .null, kind: R.resourceKind, namespace: object.metadata.namespace)
  }

  /// An object as it is stored; `nil` where there is none.
  package func object(_ kind: ResourceKind, _ name: String, namespace: String?) -> JSONValue? {
    state.withLock { $0.find(Place(kind: kind, namespace: namespace, name: name)) }
  }

  /// Changes an object in place by a merge patch.
  package func edit(
    _ kind: ResourceKind, _ name: String, namespace: String?, _ patch: JSONValue
  ) {
    state.withLock { state in
      let place = Place(kind: kind, namespace: namespace, name: name)
      guard let old = state.find(place) else { return }
      state.store(old.merging(patch: patch), at: place, kind: kind)
    }
  }

  /// Removes an object, whatever its finalizers, and then what only it owned. Nothing happens where there is none.
  package func remove(_ kind: ResourceKind, _ name: String, namespace: String?) {
    state.withLock { $0.drop(Place(kind: kind, namespace: namespace, name: name)) }
  }

  /// All objects of a kind, by namespace and name.
  package func all(_ kind: ResourceKind) -> [JSONValue] {
    state.withLock { state in
      (state.objects[kind.path(namespace: nil)] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
    }
  }

  /// Ends the watches: as the server does after some minutes, or as a cut does.
  package func endWatches(throwing error: (any Error)? = nil) {
    let watches = state.withLock { state in
      defer { state.watches = [:] }
      return state.watches.values.map(\.continuation)
    }
    for watch in watches { watch.finish(throwing: error) }
  }

  /// Forgets all versions up to now: watches from them get 410.
  package func compact() {
    state.withLock { state in
      state.compacted = state.version
      state.history = []
    }
  }

  /// Watches that are open now.
  package var watchCount: Int { state.withLock { $0.watches.count } }

  // MARK: ClusterAPI

  package func perform(_ request: APIRequest) async throws -> APIResponse {
    try Task.checkCancellation()
    let fault = state.withLock { state in
      state.requests.append(request)
      return state.fault
    }?(request)
    if case .refuse(let error) = fault { throw error }
    let response = try state.withLock { try $0.answer(request) }
    if case .lose(let error) = fault { throw error }
    return response
  }

  package func lines(_ request: APIRequest) async throws -> AsyncThrowingStream<Data, any Error> {
    let fault = state.withLock { state in
      state.requests.append(request)
      return state.fault
    }?(request)
    if case .refuse(let error) = fault { throw error }
    let (stream, continuation) = AsyncThrowingStream.makeStream(of: Data.self)
    let number = try state.withLock { try $0.watch(request, continuation) }
    continuation.onTermination = { [weak self] _ in
      _ = self?.state.withLock { $0.watches.removeValue(forKey: number) }
    }
    return stream
  }
}

extension JSONValue {
  var name: String { self["metadata", "name"]?.stringValue ?? "" }
}
