internal import Kubernetes

/// An autoscaler that sets the replicas of a model.
struct ScaleOwner: Sendable, Equatable {
  var kind: String
  var name: String
  var least: Int64?
  var most: Int64?

  /// `PodAutoscaler llama-7b (1 to 4 replicas)`.
  var label: String {
    guard let most else { return "\(kind) \(name)" }
    return "\(kind) \(name) (\(least ?? 1) to \(most) replicas)"
  }

  /// The autoscalers of a Deployment; none where they are not served or may not be listed.
  ///
  /// A HorizontalPodAutoscaler that a PodAutoscaler made is the latter's business.
  static func find(of id: ModelID, by operations: ModelOperations) async throws -> [ScaleOwner] {
    var owners: [ScaleOwner] = []
    for kind in [ResourceKind.podAutoscaler, .horizontalPodAutoscaler] {
      let items: [UnstructuredObject]
      do {
        items = try await operations.retrying {
          try await operations.api.list(
            kind, as: UnstructuredObject.self, namespace: id.namespace
          ).items
        }
      } catch let error as APIError where error.isNotFound || error.isForbidden {
        continue
      }
      for item in items {
        let target = item.json["spec", "scaleTargetRef"]
        guard target?["kind"] == "Deployment", target?["name"]?.stringValue == id.name else {
          continue
        }
        let makers = item.json["metadata", "ownerReferences"]?.arrayValue ?? []
        if makers.contains(where: { $0["kind"] == "PodAutoscaler" }) { continue }
        owners.append(
          ScaleOwner(
            kind: kind.kind, name: item.name, least: item.json["spec", "minReplicas"]?.integerValue,
            most: item.json["spec", "maxReplicas"]?.integerValue))
      }
    }
    return owners
  }
}
