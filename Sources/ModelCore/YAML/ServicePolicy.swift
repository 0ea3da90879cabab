internal import Kubernetes

/// What a Service of a model may not do: be reached from outside, take addresses, or send requests elsewhere.
enum ServicePolicy {
  static func findings(_ node: YAMLNode) -> [YAMLFinding] {
    guard let spec = node["spec"] else { return [] }
    var findings = typeFindings(spec)
    findings += spec.forbidden("externalName", "it would send the model's requests elsewhere")
    findings += spec.forbidden("externalIPs", "they take over other addresses") { $0.hasContent }
    for key in [
      "loadBalancerIP", "loadBalancerClass", "loadBalancerSourceRanges", "healthCheckNodePort",
      "externalTrafficPolicy", "allocateLoadBalancerNodePorts",
    ] {
      findings += spec.forbidden(key, "it is for Services that are reached from outside")
    }
    for key in ["clusterIP", "clusterIPs"] {
      findings += spec.forbidden(key, "the cluster gives the address, so that none is taken over") {
        $0.hasContent && $0.string != "None" && $0.elements.compactMap(\.string) != ["None"]
      }
    }
    for port in spec["ports"]?.elements ?? [] {
      findings += port.forbidden("nodePort", "it takes a port of every node") {
        !$0.isNull && $0.json != .integer(0)
      }
    }
    return findings
  }

  private static func typeFindings(_ spec: YAMLNode) -> [YAMLFinding] {
    guard let type = spec["type"], type.hasContent, type.string != "ClusterIP" else { return [] }
    let reason =
      type.string == "ExternalName"
      ? "it would send the model's requests elsewhere"
      : "it is reached from outside of the cluster"
    return [
      YAMLFinding(
        type.position,
        "a Service of type \(Excerpt.line(type.spelled, limit: 40)) is not allowed: \(reason)",
        advice: "Write type: ClusterIP; Aibrix' gateway is the way in.",
        fix: type.replacement(with: "ClusterIP", "write type: ClusterIP"))
    ]
  }
}

/// What a ServiceMonitor may not do: scrape what is not the model's, or hand credentials of Prometheus to a model.
struct MonitorPolicy {
  let node: YAMLNode
  let objects: [ManifestBundle.Object]
  let modelName: String
  /// Others have their Services there, too.
  let isShared: Bool

  func findings() -> [YAMLFinding] {
    guard let spec = node["spec"] else { return [] }
    var findings = namespaceFindings(spec) + selectorFindings(spec)
    for endpoint in spec["endpoints"]?.elements ?? [] { findings += endpointFindings(endpoint) }
    return findings
  }

  private func namespaceFindings(_ spec: YAMLNode) -> [YAMLFinding] {
    spec.forbidden(
      "namespaceSelector", "a ServiceMonitor looks at the Services beside it",
      advice: "Leave it out."
    ) { selector in
      // Empty it says the same as absent.
      selector.hasContent
    }
  }

  private func selectorFindings(_ spec: YAMLNode) -> [YAMLFinding] {
    let labels = spec["selector", "matchLabels"]
    guard let labels, labels.hasContent else {
      return [
        YAMLFinding(
          spec.position(of: "selector", "matchLabels"),
          "the ServiceMonitor selects every Service of the namespace",
          advice: "Write selector.matchLabels with \(ModelKeys.modelName): \(modelName).")
      ]
    }
    let services = objects.filter { $0.kind == K8s.Service.resourceKind }
      .map { $0.node["metadata", "labels"]?.texts ?? [:] }
    let isOwn = labels.members.contains {
      $0.key == ModelKeys.modelName && $0.value.string == modelName
    }
    let isFound = services.contains { own in
      labels.members.allSatisfy {
        own[$0.key] == $0.value.spelled
          || $0.key == ModelKeys.modelName && $0.value.string == modelName
      }
    }
    if isOwn, isFound { return [] }
    if isFound {
      return [
        YAMLFinding(
          labels.position, isShared ? .error : .warning,
          "the ServiceMonitor may select Services of other models by these labels",
          advice: "Add \(ModelKeys.modelName): \(modelName).",
          fix: labels.addition(
            ModelKeys.modelName, modelName, "add \(ModelKeys.modelName): \(modelName)"))
      ]
    }
    return [
      YAMLFinding(
        labels.position, "the ServiceMonitor selects no Service of this model",
        advice: "Select \(ModelKeys.modelName): \(modelName), which the Service gets.")
    ]
  }

  private func endpointFindings(_ endpoint: YAMLNode) -> [YAMLFinding] {
    var findings = endpoint.forbidden(
      "bearerTokenFile", "it hands Prometheus' own token to the model")
    findings += endpoint.forbidden("proxyUrl", "it sends the scrape elsewhere")
    if let tls = endpoint["tlsConfig"] {
      for key in ["caFile", "certFile", "keyFile"] {
        findings += tls.forbidden(key, "it reads files of Prometheus")
      }
    }
    for key in ["basicAuth", "bearerTokenSecret", "authorization", "oauth2", "tlsConfig"] {
      guard let value = endpoint[key] else { continue }
      findings += foreignSecrets(value)
    }
    return findings
  }

  /// References to Secrets, wherever they are below a value.
  private func foreignSecrets(_ value: YAMLNode) -> [YAMLFinding] {
    var findings: [YAMLFinding] = []
    if let name = value["name"], value.member("key") != nil,
      !objects.contains(where: { $0.kind == K8s.Secret.resourceKind && $0.name == name.string })
    {
      findings.append(
        YAMLFinding(
          name.position,
          "the ServiceMonitor reads the Secret \(Excerpt.quoted(name.spelled, limit: 60)), which is not "
            + "part of this model", advice: "Add the Secret as a document, or leave it out."))
    }
    return findings + value.members.flatMap { foreignSecrets($0.value) }
      + value.elements.flatMap(foreignSecrets)
  }
}
