internal import FoundationEssentials
package import Kubernetes

/// How one object of a text of manifests differs from what the cluster has.
package struct ManifestDifference: Equatable, Sendable {
  package var kind: ResourceKind
  package var namespace: String
  package var name: String
  /// There is none.
  package var isMissing: Bool
  /// The fields that are not as the text says, by path, on one line each; what a Secret holds is masked. Empty where it is missing.
  package var changes: [OperationPlan.FieldChange]
}

extension ModelOperations {
  /// Compares manifests with what is there, on the fields that they name: what the server fills in and others add is no
  /// difference. Objects that are as they should be are left out.
  ///
  /// - Parameter bundle: one without errors.
  @concurrent
  package func compare(
    _ bundle: ManifestBundle
  ) async -> Result<[ManifestDifference], OperationFailure> {
    var result: [ManifestDifference] = []
    for manifest in bundle.manifests() {
      guard
        let kind = bundle.objects.first(where: { $0.node.json["kind"] == manifest["kind"] })?.kind,
        let name = manifest["metadata", "name"]?.stringValue
      else { continue }
      let task = "read \(kind.kind) \(name)"
      do {
        let changes = try await changes(of: manifest, kind, name, in: bundle.namespace)
        guard changes?.isEmpty != true else { continue }
        result.append(
          ManifestDifference(
            kind: kind, namespace: bundle.namespace, name: name, isMissing: changes == nil,
            changes: changes ?? []))
      } catch {
        return .failure(OperationFailure(error, doing: task))
      }
    }
    return .success(result)
  }

  /// `nil` where there is no such object.
  private func changes(
    of manifest: JSONValue, _ kind: ResourceKind, _ name: String, in namespace: String
  ) async throws -> [OperationPlan.FieldChange]? {
    let observed: JSONValue
    do {
      observed = try await retrying { try await api.get(kind, name, namespace: namespace).json }
    } catch let error as APIError where error.isNotFound {
      return nil
    }
    return OwnedFields.differences(desired: manifest.asStored, observed: observed).map {
      difference in
      let isSecret =
        kind.kind == "Secret"
        && (difference.path.hasPrefix("data") || difference.path.hasPrefix("stringData"))
      func text(_ value: JSONValue?) -> String? {
        guard let value, value != .null else { return nil }
        return isSecret
          ? "<redacted>"
          : Excerpt.line(value.stringValue ?? ModelSpecification.text(of: value), limit: 300)
      }
      return OperationPlan.FieldChange(
        path: difference.path, old: text(difference.found), new: text(difference.wanted))
    }
  }
}

extension JSONValue {
  /// A Secret's plain texts as the server keeps them.
  fileprivate var asStored: JSONValue {
    guard self["kind"]?.stringValue == "Secret", let texts = self["stringData"]?.objectValue else {
      return self
    }
    var secret = self
    secret["stringData"] = nil
    for (key, value) in texts {
      let bytes = Data((value.stringValue ?? "").utf8)
      secret["data", key] = .string(bytes.base64EncodedString())
    }
    return secret
  }
}
