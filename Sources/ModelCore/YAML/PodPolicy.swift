internal import Kubernetes

/// What the pods of a model from YAML may not do: the rules of Kubernetes' Pod Security Standard "baseline", and that they
/// take no other place, identity or volume than they are given.
///
/// Source: kubernetes.io/docs/concepts/security/pod-security-standards.
struct PodPolicy {
  private let pod: YAMLNode?
  private let template: YAMLNode?
  private let deployment: YAMLNode

  init(_ deployment: YAMLNode) {
    self.deployment = deployment
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
    var findings = hostFindings(pod) + PlacementPolicy(pod: pod).findings()
    findings += identityFindings(pod)
    findings += (pod["volumes"]?.elements ?? []).flatMap(VolumePolicy.findings)
    if let context = pod["securityContext"] {
      findings += context.forbidden("sysctls", "they change the node's kernel") { $0.hasContent }
      findings += ContainerPolicy.profileFindings(context)
    }
    findings += annotationFindings()
    if pod["containers"]?.elements.isEmpty ?? true {
      findings.append(
        YAMLFinding(
          pod.position(of: "containers"), "there is no container",
          advice: "Write containers with the model's server."))
    }
    for list in ["containers", "initContainers", "ephemeralContainers"] {
      findings += (pod[list]?.elements ?? []).flatMap { ContainerPolicy(container: $0).findings() }
    }
    findings += pod.forbidden("ephemeralContainers", "they are for debugging pods that run") {
      $0.hasContent
    }
    return findings
  }

  private func hostFindings(_ pod: YAMLNode) -> [YAMLFinding] {
    ["hostNetwork", "hostPID", "hostIPC", "hostUsers"].flatMap {
      pod.forbidden($0, "a model does not share the node's namespaces", if: \.isNotFalse)
    }
  }

  private func identityFindings(_ pod: YAMLNode) -> [YAMLFinding] {
    var findings: [YAMLFinding] = []
    for key in ["serviceAccountName", "serviceAccount"] {
      findings += pod.forbidden(key, "a model has no rights of its own in the cluster") {
        $0.hasContent && $0.string != "default"
      }
    }
    return findings
      + pod.forbidden(
        "automountServiceAccountToken", "a model has no rights of its own in the cluster",
        if: \.isNotFalse)
  }

  private func annotationFindings() -> [YAMLFinding] {
    guard let annotations = template?["metadata", "annotations"] else { return [] }
    return annotations.members.filter {
      ($0.key.hasPrefix("container.apparmor.security.beta.kubernetes.io/")
        || $0.key.hasPrefix("seccomp.security.alpha.kubernetes.io/")
        || $0.key.hasPrefix("container.seccomp.security.alpha.kubernetes.io/"))
        && $0.value.spelled.lowercased() == "unconfined"
    }.map {
      YAMLFinding(
        $0.keyPosition,
        "\(Excerpt.line($0.key, limit: 100)) takes the kernel's protection away",
        advice: "Leave it out.", fix: annotations.removal(of: $0.key, "remove the annotation"))
    }
  }
}

/// What a pod may not mount.
enum VolumePolicy {
  /// The sources that reach nothing beyond the cluster's own storage and this namespace.
  private static let sources: Set<String> = [
    "configMap", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim",
    "projected", "secret",
  ]

  static func findings(_ volume: YAMLNode) -> [YAMLFinding] {
    var findings: [YAMLFinding] = []
    for member in volume.members where member.key != "name" && !sources.contains(member.key) {
      // A field that no volume has is told with the types.
      guard SchemaCatalog.type("Volume")?.fields[member.key] != nil else { continue }
      findings.append(
        YAMLFinding(
          member.keyPosition, "a volume of type \(member.key) is not allowed",
          advice: member.key == "hostPath"
            ? "It reaches the node's files: use a PersistentVolumeClaim or an emptyDir."
            : "Use a PersistentVolumeClaim, an emptyDir, a ConfigMap or a Secret."))
    }
    for source in volume["projected", "sources"]?.elements ?? [] {
      for key in ["serviceAccountToken", "podCertificate"] {
        guard let member = source.member(key) else { continue }
        findings.append(
          YAMLFinding(
            member.keyPosition,
            "\(key) is not allowed: a model has no rights of its own in the cluster",
            advice: "Leave this source out."))
      }
    }
    if let template = volume["ephemeral", "volumeClaimTemplate"] {
      findings += ClaimPolicy.findings(template)
    }
    return findings
  }
}

/// What a container may not be.
struct ContainerPolicy {
  let container: YAMLNode

  func findings() -> [YAMLFinding] {
    var findings = imageFindings() + hostFindings()
    for port in container["ports"]?.elements ?? [] {
      findings += port.forbidden("hostPort", "it takes a port of the node") {
        !$0.isNull && $0.json != .integer(0)
      }
    }
    for mount in container["volumeMounts"]?.elements ?? [] {
      findings += mount.forbidden("mountPropagation", "it reaches the node's mounts") {
        $0.hasContent && $0.string != "None"
      }
    }
    guard let context = container["securityContext"] else { return findings }
    findings += context.forbidden("privileged", "it would own the node", if: \.isNotFalse)
    findings += context.forbidden(
      "allowPrivilegeEscalation", "the server needs no more rights than it starts with",
      if: \.isNotFalse)
    findings += context.forbidden("procMount", "it shows the node's processes") {
      $0.hasContent && $0.string != "Default"
    }
    findings += Self.profileFindings(context)
    if let added = context["capabilities"]?.member("add"), added.value.hasContent {
      let names = (added.value.elements + [added.value]).compactMap(\.scalarText)
      findings.append(
        YAMLFinding(
          added.keyPosition,
          "added capabilities are not allowed: "
            + Excerpt.line(names.joined(separator: ", "), limit: 80),
          advice: "Leave add out.", fix: context["capabilities"]?.removal(of: "add", "remove add")))
    }
    return findings
  }

  private func imageFindings() -> [YAMLFinding] {
    guard let image = container["image"], image.hasContent else {
      return [
        YAMLFinding(
          container.position, "the container has no image",
          advice: "Write one such as vllm/vllm-openai:v0.9.2.")
      ]
    }
    // Others are told with the types.
    guard let text = image.string else { return [] }
    return ImageReference.findings(text).map {
      YAMLFinding(image.position, $0.message, advice: $0.fix)
    }
  }

  /// The kubelet asks from the node: another host would be asked in the node's name.
  private func hostFindings() -> [YAMLFinding] {
    let probes = ["livenessProbe", "readinessProbe", "startupProbe"].map {
      ($0, container[$0])
    }
    let hooks = ["postStart", "preStop"].map { ($0, container["lifecycle"]?[$0]) }
    return (probes + hooks).flatMap { name, action in
      ["httpGet", "tcpSocket"].flatMap { kind in
        action?[kind]?.forbidden("host", "\(name) asks the pod itself", if: \.hasContent) ?? []
      }
    }
  }

  /// Kernel profiles of a pod or a container.
  static func profileFindings(_ context: YAMLNode) -> [YAMLFinding] {
    var findings: [YAMLFinding] = []
    for key in ["seccompProfile", "appArmorProfile"] {
      findings += context.forbidden(key, "Unconfined takes the kernel's protection away") {
        $0["type"]?.spelled.lowercased() == "unconfined"
      }
    }
    findings += context.forbidden("seLinuxOptions", "the node's own labels count") {
      $0["user"]?.hasContent == true || $0["role"]?.hasContent == true
        || !["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"]
          .contains($0["type"]?.spelled ?? "")
    }
    findings += context.forbidden("windowsOptions", "models run on Linux", if: \.hasContent)
    return findings
  }
}
