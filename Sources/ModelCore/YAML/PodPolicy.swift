internal import Kubernetes

/// What the pods of a model from YAML may not do: the rules of Kubernetes' Pod Security Standard "baseline", and that they
/// take no other place, identity or volume than they are given.
///
/// Source: kubernetes.io/docs/concepts/security/pod-security-standards.
struct PodPolicy {
  private let pod: YAMLNode?
  private let template: YAMLNode?
  private let deployment: YAMLNode
  private let organization: String

  init(_ deployment: YAMLNode, organization: String) {
    self.deployment = deployment
    self.organization = organization
    template = deployment["spec", "template"]
    pod = deployment["spec", "template", "spec"]
  }

  func findings() -> [YAMLFinding] {
    guard let pod, pod.isMapping else {
      return [
        YAMLFinding(
          deployment.position(of: "spec", "template", "spec"), "spec.template.spec is missing",
          advice: "Write the pod with its containers.")
      ]
    }
    var findings = hostFindings(pod) + placementFindings(pod) + identityFindings(pod)
    findings += (pod["volumes"]?.elements ?? []).flatMap(volumeFindings)
    findings += podSecurityFindings(pod)
    findings += annotationFindings()
    if pod["containers"]?.elements.isEmpty ?? true {
      findings.append(
        YAMLFinding(
          pod.position(of: "containers"), "there is no container",
          advice: "Write containers with the model's server."))
    }
    for list in ["containers", "initContainers", "ephemeralContainers"] {
      findings += (pod[list]?.elements ?? []).flatMap(containerFindings)
    }
    return findings
  }

  private func forbidden(
    _ key: String, in node: YAMLNode, _ reason: String,
    if isSet: (YAMLNode) -> Bool = { !$0.isNull }
  ) -> [YAMLFinding] {
    guard let member = node.member(key), isSet(member.value) else { return [] }
    return [
      YAMLFinding(
        member.keyPosition, "\(key) is not allowed: \(reason)", advice: "Leave it out.",
        fix: node.removal(of: key, "remove \(key)"))
    ]
  }

  private static func isTrue(_ node: YAMLNode) -> Bool { node.json == .bool(true) }

  private func hostFindings(_ pod: YAMLNode) -> [YAMLFinding] {
    var findings: [YAMLFinding] = []
    for key in ["hostNetwork", "hostPID", "hostIPC"] {
      findings += forbidden(key, in: pod, "a model does not share the node's namespaces") {
        $0.json != .bool(false) && !$0.isNull
      }
    }
    return findings
  }

  // MARK: Where

  private func placementFindings(_ pod: YAMLNode) -> [YAMLFinding] {
    var findings = forbidden("nodeName", in: pod, "the scheduler chooses the node")
    findings += forbidden("schedulerName", in: pod, "another scheduler could pin it to a node") {
      !$0.isNull && $0.string != "default-scheduler"
    }
    if let priority = pod["priorityClassName"]?.string, priority.hasPrefix("system-") {
      findings += forbidden("priorityClassName", in: pod, "it is for the cluster's own pods")
    }
    findings += forbidden("priority", in: pod, "the priority class gives it")
    if let selector = pod["nodeSelector"] {
      for member in selector.members where Self.namesNode(member.key) {
        findings.append(
          YAMLFinding(
            member.keyPosition, "nodeSelector pins the model to one node by \(member.key)",
            advice: "Select by what the node has, e.g. nvidia.com/gpu.product.",
            fix: selector.removal(of: member.key, "remove \(member.key)")))
      }
    }
    findings += affinityFindings(pod["affinity", "nodeAffinity"])
    return findings
  }

  private static func namesNode(_ key: String) -> Bool {
    key == "kubernetes.io/hostname" || key == "metadata.name"
      || key == "alpha.kubernetes.io/hostname"
  }

  private func affinityFindings(_ affinity: YAMLNode?) -> [YAMLFinding] {
    guard let affinity else { return [] }
    let required =
      affinity["requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"]?.elements
      ?? []
    let preferred =
      (affinity["preferredDuringSchedulingIgnoredDuringExecution"]?.elements ?? [])
      .compactMap { $0["preference"] }
    var findings: [YAMLFinding] = []
    for term in required + preferred {
      for expression in term["matchExpressions"]?.elements ?? [] {
        guard let key = expression["key"], Self.namesNode(key.string ?? "") else { continue }
        // Keeping away from a node is no pinning.
        if expression["operator"]?.string == "NotIn" { continue }
        findings.append(
          YAMLFinding(
            key.position, "nodeAffinity pins the model to one node by \(key.string ?? "")",
            advice: "Select by what the node has, e.g. nvidia.com/gpu.product."))
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

  // MARK: Who

  private func identityFindings(_ pod: YAMLNode) -> [YAMLFinding] {
    var findings: [YAMLFinding] = []
    for key in ["serviceAccountName", "serviceAccount"] {
      findings += forbidden(key, in: pod, "a model has no rights of its own in the cluster") {
        !$0.isNull && $0.string != "default" && $0.string != ""
      }
    }
    return findings
  }

  private func podSecurityFindings(_ pod: YAMLNode) -> [YAMLFinding] {
    guard let context = pod["securityContext"] else { return [] }
    var findings = forbidden("sysctls", in: context, "they change the node's kernel")
    findings += profileFindings(context)
    return findings
  }

  private func profileFindings(_ context: YAMLNode) -> [YAMLFinding] {
    var findings: [YAMLFinding] = []
    for key in ["seccompProfile", "appArmorProfile"] {
      if context[key, "type"]?.string == "Unconfined" {
        findings += forbidden(key, in: context, "Unconfined takes the kernel's protection away")
      }
    }
    findings += forbidden("seLinuxOptions", in: context, "the node's own labels count") {
      $0["user"] != nil || $0["role"] != nil
        || !["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"]
          .contains($0["type"]?.string ?? "")
    }
    findings += forbidden("windowsOptions", in: context, "models run on Linux") {
      Self.isTrue($0["hostProcess"] ?? $0)
    }
    return findings
  }

  private func annotationFindings() -> [YAMLFinding] {
    guard let annotations = template?["metadata", "annotations"] else { return [] }
    return annotations.members.filter {
      ($0.key.hasPrefix("container.apparmor.security.beta.kubernetes.io/")
        || $0.key.hasPrefix("seccomp.security.alpha.kubernetes.io/")
        || $0.key.hasPrefix("container.seccomp.security.alpha.kubernetes.io/"))
        && $0.value.string == "unconfined"
    }.map {
      YAMLFinding(
        $0.keyPosition, "\(Excerpt.line($0.key)) takes the kernel's protection away",
        advice: "Leave it out.", fix: annotations.removal(of: $0.key, "remove the annotation"))
    }
  }

  // MARK: Volumes

  /// The volume sources of the standard's "restricted" profile: none that reaches beyond the cluster's own storage.
  private static let sources: Set<String> = [
    "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim",
    "projected",
    "secret",
  ]

  private func volumeFindings(_ volume: YAMLNode) -> [YAMLFinding] {
    volume.members.filter { $0.key != "name" && !Self.sources.contains($0.key) }.map {
      YAMLFinding(
        $0.keyPosition, "a volume of type \(Excerpt.line($0.key)) is not allowed",
        advice: $0.key == "hostPath"
          ? "It reaches the node's files: use a PersistentVolumeClaim or an emptyDir."
          : "Use a PersistentVolumeClaim, an emptyDir, a ConfigMap or a Secret.")
    }
      + (volume["projected", "sources"]?.elements ?? []).compactMap { source in
        source.member("serviceAccountToken").map {
          YAMLFinding(
            $0.keyPosition, .warning, "the pod gets a token of its service account",
            advice: "Leave it out unless the server needs the Kubernetes API.")
        }
      }
  }

  // MARK: Containers

  private func containerFindings(_ container: YAMLNode) -> [YAMLFinding] {
    var findings: [YAMLFinding] = []
    for port in container["ports"]?.elements ?? [] {
      findings += forbidden("hostPort", in: port, "it takes a port of the node") {
        !$0.isNull && $0.json != .integer(0)
      }
    }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
      guard let host = container[probe, "httpGet"]?.member("host") else { continue }
      findings.append(
        YAMLFinding(
          host.keyPosition, "\(probe) may not ask another host", advice: "Leave host out."))
    }
    guard let context = container["securityContext"] else { return findings }
    findings += forbidden("privileged", in: context, "it would own the node") {
      $0.json != .bool(false) && !$0.isNull
    }
    findings += forbidden(
      "allowPrivilegeEscalation", in: context,
      "the server needs no more rights than it starts with",
      if: Self.isTrue)
    findings += forbidden("procMount", in: context, "it shows the node's processes") {
      !$0.isNull && $0.string != "Default"
    }
    findings += profileFindings(context)
    if let added = context["capabilities"]?.member("add"), !added.value.elements.isEmpty {
      let names = added.value.elements.compactMap(\.scalarText).joined(separator: ", ")
      findings.append(
        YAMLFinding(
          added.keyPosition, "added capabilities are not allowed: \(Excerpt.line(names))",
          advice: "Leave add out.", fix: context["capabilities"]?.removal(of: "add", "remove add")))
    }
    return findings
  }
}
