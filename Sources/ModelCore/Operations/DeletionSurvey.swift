internal import FoundationEssentials
internal import Kubernetes

/// An object of a model that is still there.
struct LeftOver: Sendable, Equatable {
  var kind: ResourceKind
  var name: String
  var uid: String
  var finalizers: [String]
  var isEnding: Bool

  var label: String { "\(kind.kind) \(name)" }

  /// The garbage collector's own finalizer waits for the others, which are named themselves.
  private var holding: [String] { finalizers.filter { $0 != "foregroundDeletion" } }
  /// Something else has to let it go.
  var isHeld: Bool { isEnding && !holding.isEmpty }

  /// What it is and what holds it.
  var explained: String {
    if !holding.isEmpty {
      return "\(label) (held by finalizer \(holding.joined(separator: ", ")))"
    }
    if kind == K8s.Pod.resourceKind, isEnding { return "\(label) (still stopping)" }
    return label
  }
}

/// Finds what is left of a model: by label, and by who owns it.
struct DeletionSurvey: Sendable {
  let operations: ModelOperations
  let id: ModelID
  /// Objects of a model from YAML that may have lost the labels by which the others are found.
  var objects: [OwnObjects.Reference] = []

  private static let children: [ResourceKind] = [
    K8s.Service.resourceKind, K8s.PersistentVolumeClaim.resourceKind, K8s.Secret.resourceKind,
    .serviceMonitor,
  ]

  /// What belongs to the Deployment with this UID, directly or through a ReplicaSet.
  ///
  /// Pods outlive their ReplicaSet for a while: those are told by its name, which begins with the Deployment's.
  func remaining(of uid: String) async throws -> [LeftOver] {
    var found: [LeftOver] = []
    var own: Set<String> = []
    var others: Set<String> = []
    for object in try await objects(K8s.ReplicaSet.resourceKind) {
      guard object.isOwned(by: [uid]) else {
        others.insert(object.uid ?? "")
        continue
      }
      own.insert(object.uid ?? "")
      found.append(LeftOver(K8s.ReplicaSet.resourceKind, object))
    }
    for object in try await objects(K8s.Pod.resourceKind) {
      guard let set = object.controller, set.kind == "ReplicaSet", !others.contains(set.uid),
        own.contains(set.uid) || set.name.hasPrefix(id.name + "-")
      else { continue }
      found.append(LeftOver(K8s.Pod.resourceKind, object))
    }
    for kind in Self.children {
      for object in try await objects(kind) where object.isOwned(by: [uid]) {
        found.append(LeftOver(kind, object))
      }
    }
    for reference in objects {
      guard let object = try await metadata(of: reference), object.isOwned(by: [uid]),
        !found.contains(where: { $0.uid == object.uid })
      else { continue }
      found.append(LeftOver(reference.kind, object))
    }
    return found
  }

  private func metadata(of reference: OwnObjects.Reference) async throws -> K8s.ObjectMeta? {
    do {
      return try await operations.metadata(of: reference.kind, reference.name, in: id.namespace)
    } catch let error as APIError where error.isForbidden {
      return nil
    }
  }

  /// Objects labelled as this model's that have no owner: what a create or a hand left. Claims that were kept stay.
  func orphans() async throws -> [LeftOver] {
    var found: [LeftOver] = []
    for kind in Self.children {
      for object in try await objects(kind) {
        let labels = object.labels ?? [:]
        guard labels[ModelKeys.managedBy] == ModelKeys.manager,
          labels[ModelKeys.organization] == operations.settings.organization,
          object.ownerReferences?.isEmpty ?? true,
          object.annotations?[Ownership.keptAnnotation] == nil
        else { continue }
        found.append(LeftOver(kind, object))
      }
    }
    return found
  }

  /// The metadata of all objects of a kind that carry the model's name; none where the kind may not be listed or is
  /// not served.
  private func objects(_ kind: ResourceKind) async throws -> [K8s.ObjectMeta] {
    var request = APIRequest.list(
      kind, namespace: id.namespace,
      options: ListOptions(labelSelector: "\(ModelKeys.modelName)=\(id.name)"))
    request.accept = K8s.PartialObjectMetadata.listAccept
    do {
      let body = try await operations.api.perform(request).body
      return try JSONCoding.decoder.decode(
        ResourceList<K8s.PartialObjectMetadata>.self, from: body
      ).items.map(\.metadata)
    } catch let error as APIError where error.isNotFound || error.isForbidden {
      return []
    } catch is DecodingError {
      throw APIError.decoding("the list of \(kind.plural) could not be read")
    }
  }
}

extension LeftOver {
  init(_ kind: ResourceKind, _ metadata: K8s.ObjectMeta) {
    self.init(
      kind: kind, name: metadata.name ?? "", uid: metadata.uid ?? "",
      finalizers: metadata.finalizers ?? [], isEnding: metadata.deletionTimestamp != nil)
  }
}

extension K8s.ObjectMeta {
  func isOwned(by uids: Set<String>) -> Bool {
    ownerReferences?.contains { uids.contains($0.uid) } ?? false
  }
}
