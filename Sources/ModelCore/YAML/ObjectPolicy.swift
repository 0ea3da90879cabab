internal import Kubernetes

/// What any object of a model may not say of itself.
struct ObjectPolicy {
  let object: ManifestBundle.Object
  let context: ManifestBundle.Context

  private var node: YAMLNode { object.node }
  private var metadata: YAMLNode? { node["metadata"] }

  init(_ object: ManifestBundle.Object, context: ManifestBundle.Context) {
    self.object = object
    self.context = context
  }

  func findings() -> [YAMLFinding] {
    var findings = nameFindings() + namespaceFindings() + metadataFindings() + labelFindings()
    switch object.kind.kind {
    case "Service": findings += serviceFindings()
    case "Secret": findings += secretFindings()
    case "PersistentVolumeClaim": findings += claimFindings()
    case "ServiceMonitor": findings += monitorFindings()
    case "PodAutoscaler", "HorizontalPodAutoscaler": findings += autoscalerFindings()
    default: break
    }
    return findings
  }

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
          advice: "Write a name: a model is found by it.")
      ]
    }
    guard let name = metadata["name"], !name.isNull else {
      return [
        YAMLFinding(
          metadata.position, "the name is missing", advice: "Write metadata.name.")
      ]
    }
    guard let text = name.string else {
      return [
        YAMLFinding(
          name.position, "the name is no text", advice: "Put quotes around it.",
          fix: name.scalarText.flatMap { text in
            name.replacement(with: text, "quote the name")
          })
      ]
    }
    guard object.kind == K8s.Deployment.resourceKind else { return [] }
    return NameRule.findings(text).map {
      YAMLFinding(name.position, $0.message, advice: $0.fix)
    } + taken(text, at: name.position)
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
    guard let member = metadata?.member("namespace"), !member.value.isNull else { return [] }
    guard let namespace = member.value.string, context.namespaces.contains(namespace) else {
      let text = member.value.scalarText ?? ""
      let allowed = context.namespaces.joined(separator: ", ")
      return [
        YAMLFinding(
          member.value.position, "the namespace \(Excerpt.quoted(text)) may not be used",
          advice: "Allowed: \(allowed).",
          fix: context.namespaces.first.flatMap { name in
            member.value.replacement(with: name, "write namespace: \(name)")
          })
      ]
    }
    return []
  }

  private func metadataFindings() -> [YAMLFinding] {
    var findings: [YAMLFinding] = []
    let reasons: [(String, String)] = [
      ("ownerReferences", "what owns the objects is set when the model is created"),
      ("finalizers", "they would keep the object from being deleted"),
      ("uid", "the API server gives it"),
      ("resourceVersion", "the API server gives it"),
      ("creationTimestamp", "the API server gives it"),
      ("deletionTimestamp", "the API server gives it"),
      ("generation", "the API server gives it"),
      ("managedFields", "the API server keeps them"),
      ("selfLink", "the API server gives it"),
    ]
    if let metadata {
      for (key, reason) in reasons {
        guard let member = metadata.member(key) else { continue }
        // What `kubectl get -o yaml` leaves there says nothing.
        if key == "creationTimestamp", member.value.isNull { continue }
        findings.append(
          YAMLFinding(
            member.keyPosition, "\(key) is not allowed: \(reason)", advice: "Leave it out.",
            fix: metadata.removal(of: key, "remove \(key)")))
      }
    }
    if let status = node.member("status"), !(status.value.isMapping && status.value.members.isEmpty)
    {
      findings.append(
        YAMLFinding(
          status.keyPosition, "status is not allowed: the cluster writes it",
          advice: "Leave it out.", fix: node.removal(of: "status", "remove status")))
    }
    return findings
  }

  /// Labels by which modeldeck and Aibrix tell whose an object is.
  private func labelFindings() -> [YAMLFinding] {
    var findings: [YAMLFinding] = []
    let places = [node["metadata", "labels"], node["spec", "template", "metadata", "labels"]]
    for labels in places.compactMap({ $0 }) {
      for member in labels.members {
        findings += labelFinding(member, in: labels)
      }
    }
    for annotations in [metadata?["annotations"]].compactMap({ $0 }) {
      for member in annotations.members where member.value.string == nil {
        findings.append(noText(member, what: "annotation"))
      }
      for member in annotations.members where member.key.hasPrefix(ModelKeys.annotationPrefix) {
        findings.append(
          YAMLFinding(
            member.keyPosition,
            "the annotation \(Excerpt.line(member.key)) is set when the model is created",
            advice: "Leave it out.",
            fix: annotations.removal(of: member.key, "remove the annotation")))
      }
    }
    return findings
  }

  private func labelFinding(_ member: YAMLNode.Member, in labels: YAMLNode) -> [YAMLFinding] {
    guard let value = member.value.string else { return [noText(member, what: "label")] }
    switch member.key {
    case ModelKeys.organization where value != context.organization:
      return [
        YAMLFinding(
          member.value.position,
          "the label \(ModelKeys.organization) names another organization",
          advice: "Leave it out: it is set when the model is created.",
          fix: labels.removal(of: member.key, "remove the label"))
      ]
    case ModelKeys.managedBy where value == ModelKeys.manager:
      return [
        YAMLFinding(
          member.value.position,
          "\(ModelKeys.managedBy): \(ModelKeys.manager) is for models made by the form",
          advice: "Leave it out: what comes from YAML stays as it is written.",
          fix: labels.removal(of: member.key, "remove the label"))
      ]
    default: return []
    }
  }

  private func noText(_ member: YAMLNode.Member, what: String) -> YAMLFinding {
    let text = member.value.scalarText
    return YAMLFinding(
      member.value.position,
      "the value of the \(what) \(Excerpt.line(member.key)) is no text"
        + (text.map { ": \(Excerpt.line($0)) means a number, a boolean or nothing" } ?? ""),
      advice: "Put quotes around it.",
      fix: text.flatMap { text in
        text.isEmpty ? nil : member.value.replacement(with: text, "quote \(text)")
      })
  }

  // MARK: Kinds

  private func serviceFindings() -> [YAMLFinding] {
    guard let spec = node["spec"] else { return [] }
    var findings: [YAMLFinding] = []
    if spec["type"]?.string == "ExternalName" || spec.member("externalName") != nil {
      findings.append(
        YAMLFinding(
          spec.position(of: "type"), "a Service of type ExternalName is not allowed",
          advice: "It would send the model's requests elsewhere."))
    } else if let type = spec["type"]?.string, type != "ClusterIP" {
      findings.append(
        YAMLFinding(
          spec.position(of: "type"), .warning,
          "a Service of type \(Excerpt.line(type)) is reachable from outside of the cluster",
          advice: "Use ClusterIP unless that is meant."))
    }
    if let addresses = spec.member("externalIPs") {
      findings.append(
        YAMLFinding(
          addresses.keyPosition, "externalIPs are not allowed: they take over other addresses",
          advice: "Leave them out.", fix: spec.removal(of: "externalIPs", "remove externalIPs")))
    }
    return findings
  }

  private func secretFindings() -> [YAMLFinding] {
    guard let type = node["type"]?.string, type.hasPrefix("kubernetes.io/service-account-token")
    else { return [] }
    return [
      YAMLFinding(
        node.position(of: "type"), "a Secret for a service account's token is not allowed",
        advice: "It would hand out that account's rights.")
    ]
  }

  private func claimFindings() -> [YAMLFinding] {
    guard let spec = node["spec"] else { return [] }
    var findings: [YAMLFinding] = []
    for key in ["volumeName", "dataSource", "dataSourceRef", "selector"] {
      guard let member = spec.member(key), !member.value.isNull else { continue }
      findings.append(
        YAMLFinding(
          member.keyPosition, "\(key) is not allowed: a model gets a volume of its own",
          advice: "Leave it out.", fix: spec.removal(of: key, "remove \(key)")))
    }
    return findings
  }

  private func monitorFindings() -> [YAMLFinding] {
    guard let member = node["spec"]?.member("namespaceSelector") else { return [] }
    let names = member.value["matchNames"]?.elements.compactMap(\.string) ?? []
    let isOwn = member.value["any"] == nil && names.allSatisfy { context.namespaces.contains($0) }
    return isOwn
      ? []
      : [
        YAMLFinding(
          member.keyPosition, "a ServiceMonitor may not look into other namespaces",
          advice: "Leave namespaceSelector out.",
          fix: node["spec"]?.removal(of: "namespaceSelector", "remove namespaceSelector"))
      ]
  }

  private func autoscalerFindings() -> [YAMLFinding] {
    guard let target = node["spec", "scaleTargetRef"] else {
      return [
        YAMLFinding(
          node.position(of: "spec"), "scaleTargetRef is missing",
          advice: "Name the model's Deployment.")
      ]
    }
    let wanted = context.modelName
    guard let name = target["name"], let text = name.string else {
      return [YAMLFinding(target.position, "scaleTargetRef has no name")]
    }
    guard target["kind"]?.string == "Deployment", wanted == nil || wanted == text else {
      return [
        YAMLFinding(
          target.position, "an autoscaler may scale the model's own Deployment only",
          advice: "Write kind: Deployment and its name.")
      ]
    }
    return []
  }
}

extension YAMLNode {
  /// What was written for a scalar.
  var scalarText: String? {
    if case .scalar(_, let text, _) = content { text } else { nil }
  }
}
