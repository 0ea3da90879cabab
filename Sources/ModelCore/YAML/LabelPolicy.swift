internal import Kubernetes

/// Labels and annotations of an object and of what is made from its templates.
struct LabelPolicy {
  private let node: YAMLNode
  private let kind: String
  private let organization: String
  private let modelName: String

  init(_ object: ManifestBundle.Object, organization: String, modelName: String) {
    node = object.node
    kind = object.kind.kind
    self.organization = organization
    self.modelName = modelName
  }

  private var metadata: [YAMLNode] {
    let template = node["spec", "template"]
    let claims = (template?["spec", "volumes"]?.elements ?? []).map {
      $0["ephemeral", "volumeClaimTemplate", "metadata"]
    }
    return ([node["metadata"], template?["metadata"]] + claims).compactMap { $0 }
  }

  func findings() -> [YAMLFinding] {
    var findings: [YAMLFinding] = []
    for labels in metadata.compactMap({ $0["labels"] }) {
      for member in labels.members { findings += labelFindings(member, in: labels) }
    }
    for selector in [node["spec", "selector", "matchLabels"], serviceSelector].compactMap({ $0 }) {
      for member in selector.members { findings += syntaxFindings(member) }
    }
    for annotations in metadata.compactMap({ $0["annotations"] }) {
      for member in annotations.members {
        findings += annotationFindings(member, in: annotations)
      }
    }
    return findings
  }

  private var serviceSelector: YAMLNode? {
    kind == "Service" ? node["spec", "selector"] : nil
  }

  private func syntaxFindings(_ member: YAMLNode.Member) -> [YAMLFinding] {
    if !LabelKey.isValid(member.key) {
      return [
        YAMLFinding(
          member.keyPosition, "\(Excerpt.quoted(member.key, limit: 60)) cannot be a label",
          advice:
            "Write [prefix.example.com/]name, the name of at most 63 letters, digits, -, _ and .")
      ]
    }
    guard let value = member.value.string, !LabelValue.isValid(value) else { return [] }
    return [
      YAMLFinding(
        member.value.position,
        "\(Excerpt.quoted(value, limit: 60)) cannot be the value of the label "
          + Excerpt.line(member.key, limit: 80),
        advice: "Use at most 63 letters, digits, -, _ and ., with a letter or digit at both ends.")
    ]
  }

  /// Labels by which modeldeck and Aibrix tell whose an object is.
  private func labelFindings(_ member: YAMLNode.Member, in labels: YAMLNode) -> [YAMLFinding] {
    let value = member.value.spelled
    switch member.key {
    case ModelKeys.organization where value != organization && !organization.isEmpty:
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
    // On the Deployment and its pods `ServingNames` speaks about it.
    case ModelKeys.modelName
    where value != modelName && NameRule.isValid(modelName) && kind != "Deployment":
      return [
        YAMLFinding(
          member.value.position,
          "the label \(ModelKeys.modelName) names another model, \(Excerpt.quoted(value))",
          advice: "Write \(modelName), or leave it out.",
          fix: member.value.replacement(
            with: modelName, "write \(ModelKeys.modelName): \(modelName)"))
      ]
    default: return syntaxFindings(member)
    }
  }

  private func annotationFindings(
    _ member: YAMLNode.Member, in annotations: YAMLNode
  ) -> [YAMLFinding] {
    let key = Excerpt.line(member.key, limit: 80)
    func finding(
      _ severity: YAMLFinding.Severity = .error, _ message: String
    ) -> [YAMLFinding] {
      [
        YAMLFinding(
          member.keyPosition, severity, message, advice: "Leave it out.",
          fix: annotations.removal(of: member.key, "remove the annotation"))
      ]
    }
    if member.key.hasPrefix(ModelKeys.annotationPrefix) {
      return finding(.error, "the annotation \(key) is set when the model is created")
    }
    switch member.key {
    case "kubectl.kubernetes.io/last-applied-configuration":
      return finding(.warning, "the annotation \(key) repeats another text of this object")
    case "deployment.kubernetes.io/revision":
      return finding(.warning, "the annotation \(key) is written by the cluster")
    case "kubernetes.io/service-account.name", "kubernetes.io/service-account.uid":
      return finding(.error, "the annotation \(key) is not allowed: it asks for a token")
    default: break
    }
    guard !LabelKey.isValid(member.key) else { return [] }
    return [
      YAMLFinding(
        member.keyPosition, "\(Excerpt.quoted(member.key, limit: 60)) cannot be an annotation",
        advice:
          "Write [prefix.example.com/]name, the name of at most 63 letters, digits, -, _ and .")
    ]
  }
}

/// The syntax of keys in Kubernetes (apimachinery's `IsQualifiedName` and `IsConfigMapKey`).
enum LabelKey {
  /// `[prefix/]name`.
  static func isValid(_ key: String) -> Bool {
    let parts = key.utf8.split(separator: 47, omittingEmptySubsequences: false)
    guard let name = parts.last, parts.count <= 2, !name.isEmpty else { return false }
    let isPrefix = parts.count == 1 || isSubdomain(String(decoding: parts[0], as: UTF8.self))
    return isPrefix && LabelValue.isValid(String(decoding: name, as: UTF8.self))
  }

  /// A DNS-1123 subdomain: labels of a-z, 0-9 and '-' with dots between them.
  static func isSubdomain(_ text: String) -> Bool {
    let labels = text.utf8.split(separator: 46, omittingEmptySubsequences: false)
    return text.utf8.count <= 253
      && labels.allSatisfy { label in
        guard let first = label.first, let last = label.last else { return false }
        return first != 45 && last != 45
          && label.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
      }
  }

  /// A key of a ConfigMap or a Secret.
  static func isDataKey(_ key: String) -> Bool {
    (1...253).contains(key.utf8.count) && key != "." && key != ".." && !key.hasPrefix("..")
      && key.utf8.allSatisfy {
        ShellLexer.isNameByte($0) || $0 == 45 || $0 == 46
      }
  }
}
