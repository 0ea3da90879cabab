internal import Kubernetes

/// Numbers and amounts that no API server takes, or that nobody can have meant, told at their place.
///
/// Source: Kubernetes' own validation (`pkg/apis/core/validation`, `pkg/apis/apps/validation`): what is counted is not
/// negative, and resources of devices come whole.
struct AmountPolicy {
  private(set) var findings: [YAMLFinding] = []

  static func findings(of object: ManifestBundle.Object) -> [YAMLFinding] {
    var policy = AmountPolicy()
    if let spec = object.node["spec"] { policy.walk(spec) }
    switch object.kind.kind {
    case "Deployment": policy.checkDeployment(object.node)
    case "PersistentVolumeClaim": policy.checkStorage(object.node["spec"])
    case "HorizontalPodAutoscaler", "PodAutoscaler": policy.checkRange(object.node["spec"])
    default: break
    }
    return policy.findings
  }

  private mutating func add(_ node: YAMLNode, _ message: String, _ advice: String) {
    findings.append(YAMLFinding(node.position, message, advice: advice))
  }

  // MARK: Anywhere below a specification

  /// The least that each of these may be; zero stands for the default in some.
  private static let least: [String: Int64] = [
    "replicas": 0, "minReadySeconds": 0, "revisionHistoryLimit": 0, "progressDeadlineSeconds": 1,
    "terminationGracePeriodSeconds": 0, "initialDelaySeconds": 0, "periodSeconds": 0,
    "timeoutSeconds": 0, "failureThreshold": 0, "successThreshold": 0, "minReplicas": 0,
    "maxReplicas": 1,
  ]

  private mutating func walk(_ node: YAMLNode) {
    for element in node.elements { walk(element) }
    for member in node.members {
      if let least = Self.least[member.key], let number = member.value.json.integerValue,
        number < least
      {
        add(member.value, "\(member.key) is \(number)", "Write \(least) or more.")
      }
      switch member.key {
      case "limits", "requests": checkAmounts(member.value)
      case "sizeLimit": checkAmount(member, isWhole: false)
      case "matchLabels", "labels", "annotations": continue
      default: break
      }
      walk(member.value)
    }
  }

  private mutating func checkAmounts(_ amounts: YAMLNode) {
    for member in amounts.members {
      // Devices have a domain before their name, which Kubernetes' own resources have not.
      checkAmount(member, isWhole: member.key.contains("/"))
    }
  }

  /// What is no quantity at all is told with the types.
  private mutating func checkAmount(_ member: YAMLNode.Member, isWhole: Bool) {
    guard let text = member.value.scalarText, let quantity = Quantity(text) else { return }
    let key = Excerpt.line(member.key, limit: 80)
    let shown = Excerpt.line(text, limit: 40)
    if quantity < Quantity(0) {
      add(member.value, "\(key) is \(shown)", "Write an amount that is not negative.")
    } else if isWhole, quantity != Quantity(Int(quantity.roundedUp)) {
      add(
        member.value, "\(key) is \(shown): devices come whole",
        "Write a whole number; a part of a GPU is a resource of its own, such as nvidia.com/mig-1g.10gb."
      )
    }
  }

  // MARK: Single kinds

  private static let longestGrace: Int64 = 3_600

  private mutating func checkDeployment(_ node: YAMLNode) {
    if let member = node["spec"]?.member("paused"), member.value.json == .bool(true) {
      findings.append(
        YAMLFinding(
          member.keyPosition, .warning,
          "the Deployment is paused: it gets no pods until it is resumed",
          advice: "Leave it out.", fix: node["spec"]?.removal(of: "paused", "remove paused")))
    }
    guard let pod = node["spec", "template", "spec"] else { return }
    findings += pod.forbidden(
      "activeDeadlineSeconds", "the pods of a Deployment do not end by themselves")
    if let grace = pod["terminationGracePeriodSeconds"], let seconds = grace.json.integerValue,
      seconds > Self.longestGrace
    {
      findings.append(
        YAMLFinding(
          grace.position, .warning,
          "the pods may take \(seconds) seconds to end: as long do a delete and a restart",
          advice: "Write 30 to 600."))
    }
    for list in ["containers", "initContainers"] {
      for container in pod[list]?.elements ?? [] { checkResources(container["resources"]) }
    }
  }

  private mutating func checkResources(_ resources: YAMLNode?) {
    guard let limits = resources?["limits"], let requests = resources?["requests"] else { return }
    for member in requests.members {
      guard let asked = member.value.scalarText.flatMap({ Quantity($0) }),
        let most = limits[member.key]?.scalarText.flatMap({ Quantity($0) })
      else { continue }
      let key = Excerpt.line(member.key, limit: 80)
      if asked > most {
        add(
          member.value, "\(key) asks for more than its limit", "Raise the limit, or ask for less.")
      } else if member.key.contains("/"), asked != most {
        add(
          member.value, "\(key) asks for another number than its limit",
          "Write the same number twice, or the limit alone: devices are not shared.")
      }
    }
  }

  private mutating func checkStorage(_ spec: YAMLNode?) {
    guard let size = spec?["resources", "requests", "storage"],
      let quantity = size.scalarText.flatMap({ Quantity($0) }), quantity == Quantity(0)
    else { return }
    add(size, "a volume of no size is asked for", "Write e.g. 20Gi.")
  }

  private mutating func checkRange(_ spec: YAMLNode?) {
    guard let least = spec?["minReplicas"]?.json.integerValue, let node = spec?["maxReplicas"],
      let most = node.json.integerValue, most < least
    else { return }
    add(node, "maxReplicas is \(most), and minReplicas is \(least)", "Write \(least) or more.")
  }
}

/// A Hugging Face token in the text of an object that everybody may read who may look at the model.
enum StrayTokenPolicy {
  static func findings(_ object: ManifestBundle.Object) -> [YAMLFinding] {
    let isSecret = object.kind == K8s.Secret.resourceKind
    return object.node.members.flatMap { member -> [YAMLFinding] in
      isSecret && ["data", "stringData"].contains(member.key) ? [] : findings(member.value)
    }
  }

  private static func findings(_ node: YAMLNode) -> [YAMLFinding] {
    switch node.content {
    case .scalar(_, let text, _):
      guard StrayToken.isIn(text) else { return [] }
      return [
        YAMLFinding(
          node.position,
          "this looks like a Hugging Face token: everybody who may look at the model can read it",
          advice: "Put it into a Secret's stringData, and read it with env.valueFrom.secretKeyRef.")
      ]
    case .sequence(let elements): return elements.flatMap(findings)
    case .mapping(let members): return members.flatMap { findings($0.value) }
    }
  }
}
