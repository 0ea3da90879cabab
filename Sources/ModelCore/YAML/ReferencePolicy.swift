internal import Kubernetes

/// What the pods read beside their own objects: nobody's token, nobody's volume.
struct ReferencePolicy {
  private let pod: YAMLNode?
  private let objects: [ManifestBundle.Object]
  private let context: ManifestBundle.Context
  private let modelName: String
  private let namespace: String

  init(
    _ deployment: YAMLNode, objects: [ManifestBundle.Object], context: ManifestBundle.Context,
    modelName: String, namespace: String
  ) {
    pod = deployment["spec", "template", "spec"]
    self.objects = objects
    self.context = context
    self.modelName = modelName
    self.namespace = namespace
  }

  func findings() -> [YAMLFinding] {
    guard let pod else { return [] }
    var findings: [YAMLFinding] = []
    for list in ["containers", "initContainers"] {
      for container in pod[list]?.elements ?? [] { findings += environmentFindings(container) }
    }
    for volume in pod["volumes"]?.elements ?? [] { findings += volumeFindings(volume) }
    if context.isShared {
      for secret in pod["imagePullSecrets"]?.elements ?? [] {
        findings += secretFindings(secret["name"])
      }
    }
    return findings
  }

  private func environmentFindings(_ container: YAMLNode) -> [YAMLFinding] {
    var findings: [YAMLFinding] = []
    for variable in container["env"]?.elements ?? [] {
      findings += secretFindings(variable["valueFrom", "secretKeyRef", "name"])
      findings += mapFindings(variable["valueFrom", "configMapKeyRef", "name"])
    }
    for source in container["envFrom"]?.elements ?? [] {
      findings += secretFindings(source["secretRef", "name"])
      findings += mapFindings(source["configMapRef", "name"])
    }
    return findings
  }

  private func volumeFindings(_ volume: YAMLNode) -> [YAMLFinding] {
    var findings = secretFindings(volume["secret", "secretName"])
    findings += mapFindings(volume["configMap", "name"])
    findings += claimFindings(volume["persistentVolumeClaim", "claimName"])
    for source in volume["projected", "sources"]?.elements ?? [] {
      findings += secretFindings(source["secret", "name"])
      findings += mapFindings(source["configMap", "name"])
    }
    return findings
  }

  private func has(_ kind: String, _ name: String) -> Bool {
    objects.contains { $0.kind.kind == kind && $0.name == name }
  }

  /// The other model that a name belongs to by its ending, e.g. `llama` of `llama-hf-token`.
  private func owner(of name: String, _ make: (String) -> String) -> String? {
    let ending = make("")
    guard name.hasSuffix(ending), name.utf8.count > ending.utf8.count else { return nil }
    let model = String(name.dropLast(ending.count))
    return model == modelName ? nil : model
  }

  /// Where others have their objects, too, what is there already may be theirs.
  private func foreign(_ kind: String, _ shown: String, _ node: YAMLNode) -> YAMLFinding {
    YAMLFinding(
      node.position, "the \(kind) \(shown) is not part of this text: it may be somebody else's",
      advice: "Add it as a document of this text.")
  }

  // MARK: Kinds

  private func secretFindings(_ node: YAMLNode?) -> [YAMLFinding] {
    guard let node, node.hasContent, case let name = node.spelled, !has("Secret", name) else {
      return []
    }
    let shown = Excerpt.quoted(name, limit: 80)
    let advice = "Add the Secret as a document of this text."
    if let model = owner(of: name, ModelKeys.tokenSecretName) {
      return [
        YAMLFinding(
          node.position,
          "the Secret \(shown) holds the token of another model, \(Excerpt.line(model))",
          advice: advice)
      ]
    }
    if ["default-token-", "sh.helm.release."].contains(where: { name.hasPrefix($0) }) {
      return [
        YAMLFinding(
          node.position, "the Secret \(shown) is not for models", advice: advice)
      ]
    }
    if context.isShared { return [foreign("Secret", shown, node)] }
    guard let known = context.secrets else {
      if let seen = context.seenSecrets[namespace] {
        return seen.contains(name)
          ? []
          : [
            YAMLFinding(
              node.position, .warning,
              "no Secret \(shown) was seen in \(namespace): the pods wait until it is there",
              advice: "Check its name, or add it as a document.")
          ]
      }
      return [
        YAMLFinding(
          node.position, .warning,
          "the Secret \(shown) is not part of this text: it has to be there already",
          advice: "Check its name, or add it as a document.")
      ]
    }
    guard !known.contains(name) else { return [] }
    return [
      YAMLFinding(
        node.position, "there is no Secret \(shown) that this model may read", advice: advice)
    ]
  }

  private func mapFindings(_ node: YAMLNode?) -> [YAMLFinding] {
    guard let node, node.hasContent, case let name = node.spelled,
      name != "kube-root-ca.crt", !has("ConfigMap", name)
    else { return [] }
    if context.isShared {
      return [foreign("ConfigMap", Excerpt.quoted(name, limit: 80), node)]
    }
    return [
      YAMLFinding(
        node.position, .warning,
        "the ConfigMap \(Excerpt.quoted(name, limit: 80)) is not part of this text: it has to be there "
          + "already", advice: "Check its name, or add it as a document.")
    ]
  }

  private func claimFindings(_ node: YAMLNode?) -> [YAMLFinding] {
    guard let node, node.hasContent, case let name = node.spelled,
      !has("PersistentVolumeClaim", name)
    else { return [] }
    let shown = Excerpt.quoted(name, limit: 80)
    if let model = owner(of: name, ModelKeys.claimName), context.takenNames[model] != nil {
      return [
        YAMLFinding(
          node.position,
          "the claim \(shown) is the volume of another model, \(Excerpt.line(model))",
          advice: "Add a PersistentVolumeClaim as a document of this text.")
      ]
    }
    if context.isShared { return [foreign("PersistentVolumeClaim", shown, node)] }
    return [
      YAMLFinding(
        node.position, .warning,
        "the claim \(shown) is not part of this text: it has to be there already",
        advice: "Check its name, or add it as a document.")
    ]
  }
}
