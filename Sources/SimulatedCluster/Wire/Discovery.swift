internal import Hummingbird
internal import Kubernetes
internal import NIOCore

/// What the server says about itself: version, groups, kinds, health.
struct Discovery: Sendable {
  let registry: Registry

  static let version: JSONValue = [
    "major": "1", "minor": "32", "gitVersion": "v1.32.0-simulated", "gitCommit": "",
    "gitTreeState": "clean", "buildDate": "2024-12-11T18:00:00Z", "goVersion": "",
    "compiler": "", "platform": "linux/amd64",
  ]

  /// The answer to a path that is no resource; `nil` where it is one.
  func answer(_ path: [String], _ representation: Representation) -> Response? {
    let isAggregated = representation == .aggregatedDiscovery
    switch path {
    case []:
      return Response(["paths": ["/api", "/apis", "/healthz", "/livez", "/readyz", "/version"]])
    case ["version"]: return Response(Self.version)
    case ["api"]: return isAggregated ? aggregated { $0.isEmpty } : Response(coreVersions)
    case ["apis"]: return isAggregated ? aggregated { !$0.isEmpty } : Response(groupList)
    default: break
    }
    if let first = path.first, ["healthz", "livez", "readyz"].contains(first) {
      return Response(text: "ok")
    }
    if path.first == "openapi" { return OpenAPI(registry: registry).answer(path) }
    if path.first == "api", path.count == 2 { return resources("", path[1]) }
    if path.first == "apis", path.count == 2 { return group(path[1]) }
    if path.first == "apis", path.count == 3 { return resources(path[1], path[2]) }
    if path.first == "apis", !groups.contains(where: { $0.name == path[1] }) { return notFound }
    return nil
  }

  /// The documents that are served whatever form was asked for.
  func anyForm(_ path: [String]) -> Response? {
    path.first == "openapi" ? OpenAPI(registry: registry).answer(path) : nil
  }

  private var notFound: Response { Response(text: "404 page not found\n", status: .notFound) }

  private var coreVersions: JSONValue {
    ["kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []]
  }

  /// Groups in the order in which they are first served, each with its versions.
  private var groups: [(name: String, versions: [String])] {
    var result: [(name: String, versions: [String])] = []
    for definition in registry.all {
      let (group, version) = (definition.kind.group, definition.kind.version)
      if let index = result.firstIndex(where: { $0.name == group }) {
        if !result[index].versions.contains(version) { result[index].versions.append(version) }
      } else {
        result.append((group, [version]))
      }
    }
    for (group, version) in Reviews.groups where !result.contains(where: { $0.name == group }) {
      result.append((group, [version]))
    }
    return result
  }

  private func json(_ group: (name: String, versions: [String])) -> JSONValue {
    let versions = group.versions.map { version -> JSONValue in
      ["groupVersion": .string("\(group.name)/\(version)"), "version": .string(version)]
    }
    return [
      "name": .string(group.name), "versions": .array(versions),
      "preferredVersion": versions.first ?? .null,
    ]
  }

  private var groupList: JSONValue {
    [
      "kind": "APIGroupList", "apiVersion": "v1",
      "groups": .array(groups.filter { !$0.name.isEmpty }.map(json)),
    ]
  }

  private func group(_ name: String) -> Response? {
    guard let group = groups.first(where: { $0.name == name }) else {
      return notFound
    }
    var answer = json(group)
    answer["kind"] = "APIGroup"
    answer["apiVersion"] = "v1"
    return Response(answer)
  }

  private func resources(_ group: String, _ version: String) -> Response? {
    let definitions = registry.all.filter {
      $0.kind.group == group && $0.kind.version == version
    }
    let reviews = Reviews.resources(group: group, version: version)
    guard !definitions.isEmpty || !reviews.isEmpty else {
      return notFound
    }
    return Response([
      "kind": "APIResourceList", "apiVersion": "v1",
      "groupVersion": .string(group.isEmpty ? version : "\(group)/\(version)"),
      "resources": .array(definitions.flatMap(resources) + reviews),
    ])
  }

  /// A kind and its subresources.
  private func resources(_ definition: ResourceDefinition) -> [JSONValue] {
    var main: JSONValue = [
      "name": .string(definition.kind.plural), "singularName": .string(definition.singular),
      "namespaced": .bool(definition.kind.isNamespaced), "kind": .string(definition.kind.kind),
      "verbs": .array(definition.verbs.map { .string($0) }),
    ]
    if !definition.shortNames.isEmpty {
      main["shortNames"] = .array(definition.shortNames.map { .string($0) })
    }
    if !definition.categories.isEmpty {
      main["categories"] = .array(definition.categories.map { .string($0) })
    }
    return [main]
      + subresources(definition).map { name, kind, verbs -> JSONValue in
        var entry: JSONValue = [
          "name": .string("\(definition.kind.plural)/\(name)"), "singularName": "",
          "namespaced": .bool(definition.kind.isNamespaced), "kind": .string(kind),
          "verbs": verbs,
        ]
        if kind == "Scale" {
          entry["group"] = "autoscaling"
          entry["version"] = "v1"
        }
        return entry
      }
  }

  private func subresources(
    _ definition: ResourceDefinition
  ) -> [(name: String, kind: String, verbs: JSONValue)] {
    let changing: JSONValue = ["get", "patch", "update"]
    let proxying: JSONValue = ["create", "delete", "get", "patch", "update"]
    var result: [(String, String, JSONValue)] = []
    if definition.hasStatus { result.append(("status", definition.kind.kind, changing)) }
    if definition.scale != nil { result.append(("scale", "Scale", changing)) }
    if definition.id == BuiltIn.pods {
      result += [("log", "Pod", ["get"]), ("proxy", "PodProxyOptions", proxying)]
    }
    if definition.id == BuiltIn.services {
      result.append(("proxy", "ServiceProxyOptions", proxying))
    }
    return result
  }
}

// MARK: Aggregated discovery

extension Discovery {
  private func aggregated(_ isWanted: (String) -> Bool) -> Response {
    let items = groups.filter { isWanted($0.name) }.map { group -> JSONValue in
      [
        "metadata": ["name": .string(group.name), "creationTimestamp": .null],
        "versions": .array(
          group.versions.map { version in
            [
              "version": .string(version), "freshness": "Current",
              "resources": .array(aggregatedResources(group.name, version)),
            ]
          }),
      ]
    }
    let document: JSONValue = [
      "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": [:],
      "items": .array(items),
    ]
    return Response(
      document.buffer, type: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
  }

  private func aggregatedResources(_ group: String, _ version: String) -> [JSONValue] {
    registry.all.filter { $0.kind.group == group && $0.kind.version == version }
      .map { definition -> JSONValue in
        var entry: JSONValue = [
          "resource": .string(definition.kind.plural),
          "responseKind": kind(group, version, definition.kind.kind),
          "scope": definition.kind.isNamespaced ? "Namespaced" : "Cluster",
          "singularResource": .string(definition.singular),
          "verbs": .array(definition.verbs.map { .string($0) }),
        ]
        if !definition.shortNames.isEmpty {
          entry["shortNames"] = .array(definition.shortNames.map { .string($0) })
        }
        if !definition.categories.isEmpty {
          entry["categories"] = .array(definition.categories.map { .string($0) })
        }
        let parts = subresources(definition).map { name, kindName, verbs -> JSONValue in
          [
            "subresource": .string(name),
            "responseKind": kindName == "Scale"
              ? kind("autoscaling", "v1", kindName) : kind(group, version, kindName),
            "verbs": verbs,
          ]
        }
        if !parts.isEmpty { entry["subresources"] = .array(parts) }
        return entry
      }
      + Reviews.resources(group: group, version: version).map { review in
        [
          "resource": review["name"] ?? "",
          "responseKind": kind(group, version, review.string("kind")), "scope": "Cluster",
          "singularResource": review["singularName"] ?? "", "verbs": ["create"],
        ]
      }
  }

  private func kind(_ group: String, _ version: String, _ kind: String) -> JSONValue {
    ["group": .string(group), "version": .string(version), "kind": .string(kind)]
  }
}
