import Kubernetes
import KubernetesClient
import Testing

/// A namespace of one test of the product, seen as somebody with kubectl sees it.
struct Site: Sendable {
  let api: HTTPClusterAPI
  let namespace: String

  static func with(_ target: Target, _ body: (Site) async throws -> Void) async throws {
    try await target.run { sandbox in
      let site = Site(api: sandbox.api, namespace: sandbox.namespace)
      try await body(site)
      try await site.releaseVolumes()
    }
  }

  /// Letters that make a name unlike any other.
  static func suffix() -> String {
    String((0..<8).compactMap { _ in "abcdefghijklmnopqrstuvwxyz".randomElement() })
  }

  /// Volumes that were made beforehand stay with the claims that they had: what the test held of them is let go.
  private func releaseVolumes() async throws {
    let volumes = try await api.list(.persistentVolume, as: UnstructuredObject.self).items
    let held = volumes.filter {
      $0.json["spec", "claimRef", "namespace"]?.stringValue == namespace
        && $0.json["spec", "persistentVolumeReclaimPolicy"] == "Retain"
    }
    guard !held.isEmpty else { return }
    try await api.delete(K8s.Namespace.resourceKind, namespace, namespace: nil)
    for volume in held {
      await reaches("volume \(volume.name) is released") {
        try await api.get(.persistentVolume, volume.name, namespace: nil)
          .json["status", "phase"] == "Released"
      }
      try await api.mergePatch(
        .persistentVolume, volume.name, namespace: nil, patch: ["spec": ["claimRef": nil]])
    }
  }
}

// MARK: Verbs

extension Site {
  @discardableResult
  func create(
    _ kind: ResourceKind, _ object: JSONValue
  ) async throws -> UnstructuredObject {
    try await api.create(kind, object, namespace: namespace)
  }

  func get(_ kind: ResourceKind, _ name: String) async throws -> UnstructuredObject {
    try await api.get(kind, name, namespace: namespace)
  }

  func exists(_ kind: ResourceKind, _ name: String) async throws -> Bool {
    do {
      _ = try await get(kind, name)
      return true
    } catch let error as APIError where error.isNotFound {
      return false
    }
  }

  func list(
    _ kind: ResourceKind, labels: String? = nil
  ) async throws -> [UnstructuredObject] {
    try await api.list(
      kind, as: UnstructuredObject.self, namespace: namespace,
      options: ListOptions(labelSelector: labels)
    ).items
  }

  @discardableResult
  func patch(
    _ kind: ResourceKind, _ name: String, _ patch: JSONValue
  ) async throws -> UnstructuredObject {
    try await api.mergePatch(
      kind, name, namespace: namespace, patch: patch,
      options: WriteOptions(fieldManager: "somebody"))
  }

  func delete(
    _ kind: ResourceKind, _ name: String, _ options: DeleteOptions = DeleteOptions()
  ) async throws {
    try await api.delete(kind, name, namespace: namespace, options: options)
  }
}

// MARK: Expectations

extension UnstructuredObject {
  subscript(_ path: String...) -> JSONValue? { json[path: path] }
}

/// Waits until it is so; an issue where it does not come in time. What is not there yet may be asked for.
func reaches(
  _ what: String, within limit: Duration = .seconds(60),
  sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async {
  let end = ContinuousClock.now + limit
  var problem = ""
  repeat {
    do {
      if try await condition() { return }
      problem = ""
    } catch {
      problem = ": \(error)"
    }
    try? await Task.sleep(for: .milliseconds(100))
  } while ContinuousClock.now < end
  Issue.record("not reached: \(what)\(problem)", sourceLocation: sourceLocation)
}

extension ResourceKind {
  static let persistentVolume = ResourceKind(
    group: "", version: "v1", kind: "PersistentVolume", plural: "persistentvolumes",
    isNamespaced: false)
  static let claim = K8s.PersistentVolumeClaim.resourceKind
  static let service = K8s.Service.resourceKind
  static let secret = K8s.Secret.resourceKind
  static let deployment = K8s.Deployment.resourceKind
  static let replicaSet = K8s.ReplicaSet.resourceKind
  static let pod = K8s.Pod.resourceKind
}
