internal import Kubernetes

/// What any object of a model may not say of itself.
struct ObjectPolicy {
  let object: ManifestBundle.Object
  let context: ManifestBundle.Context
  /// Where the Deployment goes, and with it all that belongs to it.
  let namespace: String
  let modelName: String

  private var node: YAMLNode { object.node }
  private var metadata: YAMLNode? { node["metadata"] }
  private var isDeployment: Bool { object.kind == K8s.Deployment.resourceKind }

  func findings() -> [YAMLFinding] {
    var findings = nameFindings() + namespaceFindings() + metadataFindings(node)
    findings += LabelPolicy(object, organization: context.organization, modelName: modelName)
      .findings()
    switch object.kind.kind {
    case "Service": findings += ServicePolicy.findings(node)
    case "Secret": findings += secretFindings() + dataFindings(["data", "stringData"])
    case "ConfigMap": findings += dataFindings(["data", "binaryData"])
    case "PersistentVolumeClaim": findings += ClaimPolicy.findings(node)
    default: break
    }
    return findings
  }

  // MARK: Name and namespace

  private func nameFindings() -> [YAMLFinding] {
    guard let metadata, metadata.isMapping else {
      return [
        YAMLFinding(
          node.position(of: "metadata"), "metadata is missing",
          advice: "Write metadata with a name.")
      ]
    }
    if metadata.member("generateName") != nil {
      return [
        YAMLFinding(
          metadata.position(of: "generateName"), "generateName is not allowed",
          advice: "Write a name: a model is found by it.",
          fix: metadata.removal(of: "generateName", "remove generateName"))
      ]
    }
    guard let name = metadata["name"], name.hasContent else {
      return [
        YAMLFinding(
          metadata.position, "the name is missing", advice: "Write metadata.name.")
      ]
    }
    // That it is no text is told with the types.
    guard let text = name.string else { return [] }
    if isDeployment {
      return NameRule.findings(text).map {
        YAMLFinding(
          name.position, $0.message, advice: $0.fix,
          fix: NameRule.suggestion(for: text).flatMap {
            name.replacement(with: $0, "write name: \($0)")
          })
      } + taken(text, at: name.position)
    }
    let isService = object.kind.kind == "Service"
    guard isService ? !NameRule.isValid(text) : !LabelKey.isSubdomain(text) else { return [] }
    return [
      YAMLFinding(
        name.position, "the name \(Excerpt.quoted(text)) is not allowed",
        advice: isService
          ? "Use a-z, 0-9 and -, starting with a letter, at most 63 in all."
          : "Use a-z, 0-9, - and ., at most 253 in all.")
    ]
  }

  private func taken(_ name: String, at position: YAMLPosition) -> [YAMLFinding] {
    guard let holder = context.takenNames[name] else { return [] }
    return [
      YAMLFinding(
        position, "the name '\(name)' is taken by \(Excerpt.line(holder))",
        advice: "Choose another name: Aibrix routes by name alone, in the whole cluster.")
    ]
  }

  private func namespaceFindings() -> [YAMLFinding] {
    guard let member = metadata?.member("namespace"), member.value.hasContent else { return [] }
    let text = member.value.spelled
    let allowed = context.namespaces.joined(separator: ", ")
    if !context.isPlaceOpen, !context.namespaces.contains(text) {
      return [
        YAMLFinding(
          member.value.position, "the namespace \(Excerpt.quoted(text)) may not be used",
          advice: "Allowed: \(allowed).",
          fix: context.namespaces.first.flatMap { name in
            member.value.replacement(with: name, "write namespace: \(name)")
          })
      ]
    }
    guard text != namespace, context.isPlaceOpen || context.namespaces.contains(namespace) else {
      return []
    }
    return [
      YAMLFinding(
        member.value.position,
        "the namespace \(Excerpt.quoted(text)) is not that of the Deployment, '\(namespace)'",
        advice: "All of a model is in one namespace.",
        fix: member.value.replacement(with: namespace, "write namespace: \(namespace)"))
    ]
  }

  // MARK: What the cluster writes

  private static let reasons: [(String, String)] = [
    ("ownerReferences", "what owns the objects is set when the model is created"),
    ("finalizers", "they would keep the object from being deleted"),
    ("uid", "the API server gives it"),
    ("resourceVersion", "the API server gives it"),
    ("creationTimestamp", "the API server gives it"),
    ("deletionTimestamp", "the API server gives it"),
    ("deletionGracePeriodSeconds", "the API server gives it"),
    ("generation", "the API server gives it"),
    ("managedFields", "the API server keeps them"),
    ("selfLink", "the API server gives it"),
    ("clusterName", "the API server gives it"),
  ]

  private func metadataFindings(_ node: YAMLNode) -> [YAMLFinding] {
    var findings: [YAMLFinding] = []
    let template = node["spec", "template", "metadata"]
    let claims = (node["spec", "template", "spec", "volumes"]?.elements ?? []).compactMap {
      $0["ephemeral", "volumeClaimTemplate", "metadata"]
    }
    for metadata in [metadata, template].compactMap({ $0 }) + claims {
      for (key, reason) in Self.reasons {
        // What `kubectl get -o yaml` leaves there says nothing.
        findings += metadata.forbidden(key, reason) {
          key == "creationTimestamp" ? !$0.isNull : true
        }
      }
    }
    for metadata in [template].compactMap({ $0 }) + claims {
      for key in ["name", "generateName", "namespace"] {
        findings += metadata.forbidden(key, "the cluster names what is made from a template")
      }
    }
    return findings
      + node.forbidden("status", "the cluster writes it") { $0.hasContent }
  }

  // MARK: Data

  private func secretFindings() -> [YAMLFinding] {
    guard let type = node["type"]?.string,
      type.hasPrefix("kubernetes.io/service-account-token")
        || type.hasPrefix("bootstrap.kubernetes.io/")
    else { return [] }
    return [
      YAMLFinding(
        node.position(of: "type"),
        "a Secret of type \(Excerpt.line(type, limit: 60)) is not allowed",
        advice: "It would hand out rights in the cluster.",
        fix: node.removal(of: "type", "remove type"))
    ]
  }

  private func dataFindings(_ keys: [String]) -> [YAMLFinding] {
    keys.flatMap { node[$0]?.members ?? [] }
      .filter { !LabelKey.isDataKey($0.key) }
      .map {
        YAMLFinding(
          $0.keyPosition, "the key \(Excerpt.quoted($0.key, limit: 60)) is not allowed",
          advice: "Use letters, digits, '-', '_' and '.', at most 253 in all.")
      }
  }
}

/// What a claim may not ask for: a model gets a new volume of its own and no other.
enum ClaimPolicy {
  static func findings(_ node: YAMLNode) -> [YAMLFinding] {
    guard let spec = node["spec"] else { return [] }
    var findings: [YAMLFinding] = []
    for key in ["volumeName", "dataSource", "dataSourceRef", "selector"] {
      findings += spec.forbidden(key, "a model gets a volume of its own")
    }
    findings += spec.forbidden(
      "storageClassName", "without a class any volume that happens to be there is taken",
      advice: "Name a class, or leave it out for the default."
    ) { $0.string == "" }
    guard let annotations = node["metadata", "annotations"] else { return findings }
    for member in annotations.members where steersBinding(member.key) {
      findings.append(
        YAMLFinding(
          member.keyPosition,
          "the annotation \(Excerpt.line(member.key, limit: 80)) is not allowed: it binds the claim "
            + "to a volume or a node", advice: "Leave it out.",
          fix: annotations.removal(of: member.key, "remove the annotation")))
    }
    return findings
  }

  private static func steersBinding(_ key: String) -> Bool {
    if key == "volume.beta.kubernetes.io/storage-class" { return false }
    return ["pv.kubernetes.io/", "volume.kubernetes.io/", "volume.beta.kubernetes.io/"]
      .contains { key.hasPrefix($0) }
  }
}
