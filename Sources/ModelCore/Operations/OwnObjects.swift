internal import FoundationEssentials
internal import Kubernetes

/// The other objects of a model from YAML, as its Deployment's annotation names them: what they are called and labelled is
/// up to who wrote them.
struct OwnObjects: Sendable, Equatable {
  struct Reference: Sendable, Equatable {
    var kind: ResourceKind
    var name: String

    var label: String { "\(kind.kind) \(name)" }
  }

  var references: [Reference]

  /// Kinds whose plural is the kind and an s; nothing else is part of a model.
  private static let kinds: Set<String> = [
    "Service", "PersistentVolumeClaim", "ConfigMap", "Secret", "ServiceMonitor", "PodAutoscaler",
    "HorizontalPodAutoscaler",
  ]

  init(manifests: [JSONValue]) {
    references = manifests.compactMap(Self.reference)
  }

  /// What an annotation names, as far as it can be read: it may have been written by hand.
  init(annotation: String?) {
    let value = annotation.flatMap { try? JSONValue(parsing: Data($0.utf8)) }
    references = (value?.arrayValue ?? []).prefix(50).compactMap { entry in
      guard let kind = Self.kind(of: entry), let name = entry["name"]?.stringValue else {
        return nil
      }
      return Reference(kind: kind, name: name)
    }
  }

  var annotation: String {
    ModelSpecification.text(
      of: .array(
        references.map {
          [
            "apiVersion": .string($0.kind.apiVersion), "kind": .string($0.kind.kind),
            "name": .string($0.name),
          ]
        }))
  }

  /// - Returns: `nil` for a kind that may not be part of a model.
  static func reference(_ manifest: JSONValue) -> Reference? {
    guard let kind = kind(of: manifest), let name = manifest["metadata", "name"]?.stringValue else {
      return nil
    }
    return Reference(kind: kind, name: name)
  }

  private static func kind(of object: JSONValue) -> ResourceKind? {
    guard let kind = object["kind"]?.stringValue, kinds.contains(kind),
      let version = object["apiVersion"]?.stringValue
    else { return nil }
    let parts = version.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    return ResourceKind(
      group: parts.count == 2 ? parts[0] : "", version: parts.last ?? version, kind: kind,
      plural: kind.lowercased() + "s")
  }
}
