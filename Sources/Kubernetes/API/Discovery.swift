internal import FoundationEssentials

// What the server is and what it serves: asked in ways that Kubernetes 1.20 and 1.36 answer alike.
extension ClusterAPI {
  /// The server's version as it calls itself, e.g. `v1.36.0`.
  package func serverVersion() async throws -> String {
    let response = try await perform(
      APIRequest(.get, "/version", purpose: "read the version of the API server"))
    do {
      return try JSONCoding.decoder.decode(VersionInfo.self, from: response.body).gitVersion
    } catch {
      throw APIError.decoding("the answer to /version is not that of a Kubernetes API server")
    }
  }

  /// Whether the server serves this kind in this group and version.
  ///
  /// Asks the discovery document of the group version, which every authenticated user may read. A group version that
  /// is not there is no error.
  package func serves(_ kind: ResourceKind) async throws -> Bool {
    let path = kind.group.isEmpty ? "/api/\(kind.version)" : "/apis/\(kind.apiVersion)"
    let response: APIResponse
    do {
      response = try await perform(
        APIRequest(.get, path, purpose: "read which kinds \(kind.apiVersion) has"))
    } catch let error as APIError where error.isNotFound {
      return false
    }
    do {
      let document = try JSONCoding.decoder.decode(DiscoveryDocument.self, from: response.body)
      return document.resources?.contains { $0.name == kind.plural } ?? false
    } catch {
      throw APIError.decoding("the list of the kinds of \(kind.apiVersion) could not be read")
    }
  }

  /// Whether the custom resource definition of this kind is installed, in whatever version.
  ///
  /// Users without the right to read definitions get the answer from discovery, which needs the kind's version to be
  /// served as well.
  package func hasDefinition(of kind: ResourceKind) async throws -> Bool {
    do {
      _ = try await get(
        .customResourceDefinition, "\(kind.plural).\(kind.group)", namespace: nil)
      return true
    } catch let error as APIError where error.isNotFound {
      return false
    } catch let error as APIError where error.isForbidden {
      return try await serves(kind)
    }
  }
}

private struct VersionInfo: Decodable {
  var gitVersion: String
}

private struct DiscoveryDocument: Decodable {
  struct Resource: Decodable { var name: String }
  var resources: [Resource]?
}
