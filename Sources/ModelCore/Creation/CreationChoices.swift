internal import FoundationEssentials
internal import Kubernetes

/// What a person may choose from besides what is watched: asked for when a form is opened.
package struct CreationChoices: Equatable, Sendable {
  /// One list, or why there is none.
  package enum List: Equatable, Sendable {
    case names([String])
    /// e.g. `no permission to list secrets in namespace team-a`.
    case unknown(String)
  }

  /// Where models could be made.
  package var namespaces: List
  /// Secrets of the namespace that could hold a token: by name alone, nothing of what is in them is read.
  package var secrets: List

  /// What was listed, or why it was not.
  package init(namespaces: List, secrets: List) {
    self.namespaces = namespaces
    self.secrets = secrets
  }
}

extension ModelOperations {
  /// Reads what can be chosen. What may not be listed is told as that.
  @concurrent
  package func choices() async -> CreationChoices {
    let namespace = settings.namespace
    async let namespaces = names(K8s.Namespace.resourceKind, namespace: nil, ListOptions())
    async let secrets = names(
      K8s.Secret.resourceKind, namespace: namespace, ListOptions(fieldSelector: "type=Opaque"))
    return await CreationChoices(namespaces: namespaces, secrets: secrets)
  }

  private func names(
    _ kind: ResourceKind, namespace: String?, _ options: ListOptions
  ) async -> CreationChoices.List {
    do {
      var request = APIRequest.list(kind, namespace: namespace, options: options)
      request.accept = K8s.PartialObjectMetadata.listAccept
      let body = try await retrying(2) { [request] in try await api.perform(request).body }
      let list = try JSONCoding.decoder.decode(MetadataList.self, from: body)
      // What belongs to a model goes with it, and what is going is gone soon.
      let free = list.items.filter {
        $0.metadata.deletionTimestamp == nil && $0.metadata.ownerReferences?.isEmpty ?? true
      }
      return .names(free.compactMap(\.metadata.name).sorted())
    } catch let error as APIError where error.isForbidden {
      let place = namespace.map { " in namespace \($0)" } ?? ""
      return .unknown("no permission to list \(kind.plural)\(place)")
    } catch {
      return .unknown("the \(kind.plural) could not be listed")
    }
  }

  private struct MetadataList: Decodable {
    var items: [K8s.PartialObjectMetadata]
  }
}
