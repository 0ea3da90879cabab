package import Kubernetes

/// Why a direct change of a simulated cluster was refused: the server's own words.
package struct SimulationError: Error, Sendable, CustomStringConvertible {
  /// A `Status` with the code and the words that a client would get.
  package var status: K8s.Status
  package var description: String { status.message ?? status.reason ?? "refused" }

  init(_ refusal: Refusal) {
    status = K8s.Status(code: refusal.code, reason: refusal.reason, message: refusal.message)
  }
}

// What scenarios and tests do to a cluster without going through the wire; checks, defaults and controllers are the same.
extension SimulatedCluster {
  /// Creates an object as a client with the field manager `simulation` would.
  @discardableResult
  package func create(
    _ kind: ResourceKind, _ object: JSONValue, namespace: String? = nil
  ) throws -> JSONValue {
    try perform { server throws(Refusal) in
      try server.create(
        try definition(kind), in: namespace ?? "", object, Self.request
      ).json
    }
  }

  /// Reads an object. Throws `SimulationError` where there is none.
  package func get(_ kind: ResourceKind, _ name: String, namespace: String? = nil) throws
    -> JSONValue
  {
    try perform { server throws(Refusal) in
      try server.get(try definition(kind), key(name, namespace)).json
    }
  }

  /// All objects of a kind; without `namespace` in all of them. Throws `SimulationError` where the kind is not served.
  package func list(_ kind: ResourceKind, namespace: String? = nil) throws -> [JSONValue] {
    try perform { server throws(Refusal) in
      server.store.objects(try definition(kind).id, in: namespace).objects.map(\.json)
    }
  }

  /// Changes an object by a JSON merge patch.
  @discardableResult
  package func patch(
    _ kind: ResourceKind, _ name: String, namespace: String? = nil, _ patch: JSONValue,
    ofStatus: Bool = false
  ) throws -> JSONValue {
    try perform { server throws(Refusal) in
      try server.update(
        try definition(kind), key(name, namespace), subresource: ofStatus ? .status : nil,
        Self.request
      ) { current throws(Refusal) in
        current.json.merging(patch: patch)
      }.json
    }
  }

  /// Deletes an object; what it owns goes with it.
  package func delete(_ kind: ResourceKind, _ name: String, namespace: String? = nil) throws {
    try perform { server throws(Refusal) in
      _ = try server.delete(
        try definition(kind), key(name, namespace), DeletionRequest(propagation: .background))
    }
  }

  /// Lets a node lose its kubelet, or find it again.
  package func setNode(_ name: String, isReady: Bool) throws {
    let kind = K8s.Node.resourceKind
    var conditions = try get(kind, name).conditions
    for index in conditions.indices where conditions[index].string("type") == "Ready" {
      conditions[index] = [
        "type": "Ready", "status": isReady ? "True" : "Unknown",
        "reason": isReady ? "KubeletReady" : "NodeStatusUnknown",
        "message": isReady
          ? "kubelet is posting ready status" : "Kubelet stopped posting node status.",
        "lastHeartbeatTime": server.timestamp, "lastTransitionTime": server.timestamp,
      ]
    }
    try patch(kind, name, ["status": ["conditions": .array(conditions)]], ofStatus: true)
  }

  /// Lets the first container of a pod die once; its kubelet starts it again.
  package func crashPod(_ name: String, namespace: String) throws {
    let reference = ObjectReference(
      resource: BuiltIn.pods, key: ObjectKey(namespace: namespace, name: name))
    guard let pod = server.store.object(reference.resource, reference.key) else {
      _ = try get(K8s.Pod.resourceKind, name, namespace: namespace)
      return
    }
    commands.crash(reference)
    // The controllers look at a pod when it changes; here nothing of it does.
    inbox.add(Change(kind: .modified, object: pod, previous: pod))
  }

  /// Forgets the history, as a compaction does: watches that resume and lists that continue are told 410.
  package func compact() { server.store.compact() }

  private static let request = WriteRequest(fieldManager: "simulation")

  private func key(_ name: String, _ namespace: String?) -> ObjectKey {
    ObjectKey(namespace: namespace ?? "", name: name)
  }

  private func definition(_ kind: ResourceKind) throws(Refusal) -> ResourceDefinition {
    let found = server.registry.definition(
      group: kind.group, version: kind.version, plural: kind.plural)
    guard let found else { throw .noSuchResource }
    return found
  }

  private func perform<T>(
    _ action: (APIServer) throws(Refusal) -> T
  ) throws -> T {
    do {
      return try action(server)
    } catch {
      throw SimulationError(error)
    }
  }
}
