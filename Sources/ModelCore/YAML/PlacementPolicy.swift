internal import Kubernetes

/// That the scheduler chooses the node, among those that are for models.
struct PlacementPolicy {
  let pod: YAMLNode

  func findings() -> [YAMLFinding] {
    var findings = pod.forbidden("nodeName", "the scheduler chooses the node")
    findings += pod.forbidden("schedulerName", "another scheduler could pin it to a node") {
      $0.hasContent && $0.string != "default-scheduler"
    }
    findings += pod.forbidden("schedulingGates", "no pod would ever be scheduled") {
      $0.hasContent
    }
    findings += pod.forbidden("overhead", "the runtime class gives it") { $0.hasContent }
    findings += priorityFindings() + runtimeFindings()
    if let selector = pod["nodeSelector"] {
      for member in selector.members where Self.namesNode(member.key) {
        findings.append(
          YAMLFinding(
            member.keyPosition, "nodeSelector \(Self.pins(member.key))", advice: Self.advice,
            fix: selector.removal(of: member.key, "remove \(member.key)")))
      }
    }
    return findings + affinityFindings() + tolerationFindings()
  }

  private static let advice = "Select by what the node has, e.g. nvidia.com/gpu.product."

  private func priorityFindings() -> [YAMLFinding] {
    var findings = pod.forbidden("priority", "the priority class gives it")
    if let name = pod["priorityClassName"]?.string, name.hasPrefix("system-") {
      return findings + pod.forbidden("priorityClassName", "it is for the cluster's own pods")
    }
    if let name = pod["priorityClassName"], name.hasContent {
      findings.append(
        YAMLFinding(
          name.position, .warning,
          "the priority class \(Excerpt.quoted(name.spelled, limit: 60)) may push other models off "
            + "their nodes", advice: "Leave it out unless that is meant."))
    }
    return findings
  }

  /// The runtime classes of NVIDIA's GPU Operator.
  private static let runtimes: Set<String> = ["nvidia", "nvidia-cdi", "nvidia-legacy"]

  private func runtimeFindings() -> [YAMLFinding] {
    guard let name = pod["runtimeClassName"], name.hasContent,
      !Self.runtimes.contains(name.spelled)
    else { return [] }
    return [
      YAMLFinding(
        name.position, .warning,
        "the runtime class \(Excerpt.quoted(name.spelled, limit: 60)) is none of the GPU Operator's",
        advice: "Leave it out unless the cluster has it.")
    ]
  }

  // MARK: Nodes by name

  private static let hostnames: Set<String> = [
    "kubernetes.io/hostname", "metadata.name", "alpha.kubernetes.io/hostname",
    "beta.kubernetes.io/hostname",
  ]

  private static func isControlPlane(_ key: String) -> Bool {
    key.hasPrefix("node-role.kubernetes.io/control-plane")
      || key.hasPrefix("node-role.kubernetes.io/master") || key == "kubernetes.io/role"
  }

  private static func namesNode(_ key: String) -> Bool {
    hostnames.contains(key) || isControlPlane(key)
  }

  private static func pins(_ key: String) -> String {
    let key = Excerpt.line(key, limit: 80)
    return isControlPlane(key)
      ? "puts the model on the control plane by \(key)" : "pins the model to one node by \(key)"
  }

  private func affinityFindings() -> [YAMLFinding] {
    guard let affinity = pod["affinity", "nodeAffinity"] else { return [] }
    let required =
      affinity["requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"]?.elements
      ?? []
    let preferred =
      (affinity["preferredDuringSchedulingIgnoredDuringExecution"]?.elements ?? [])
      .compactMap { $0["preference"] }
    var findings: [YAMLFinding] = []
    for term in required + preferred {
      for expression in term["matchExpressions"]?.elements ?? [] {
        guard let key = expression["key"], Self.namesNode(key.spelled) else { continue }
        // Keeping away from a node is no pinning.
        if ["NotIn", "DoesNotExist"].contains(expression["operator"]?.string) { continue }
        findings.append(
          YAMLFinding(
            key.position, "nodeAffinity \(Self.pins(key.spelled))", advice: Self.advice))
      }
      for field in term["matchFields"]?.elements ?? [] {
        findings.append(
          YAMLFinding(
            field.position, "nodeAffinity pins the model to a node by its name",
            advice: "Leave matchFields out."))
      }
    }
    return findings
  }

  // MARK: Tolerations

  private func tolerationFindings() -> [YAMLFinding] {
    (pod["tolerations"]?.elements ?? []).compactMap { toleration in
      let key = toleration["key"]?.spelled ?? ""
      let message: String
      if key.isEmpty {
        message =
          "this toleration tolerates every taint: nodes that are kept free would get the model"
      } else if Self.isControlPlane(key) {
        message = "this toleration lets the model onto the control plane"
      } else if key.hasPrefix("node.kubernetes.io/")
        || key.hasPrefix("node.cloudprovider.kubernetes.io/"),
        !["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"].contains(key)
      {
        message = "this toleration lets the model onto nodes that should get no pods"
      } else {
        return nil
      }
      return YAMLFinding(
        toleration.position, message, advice: "Tolerate single taints, e.g. nvidia.com/gpu.")
    }
  }
}
