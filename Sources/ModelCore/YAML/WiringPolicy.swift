internal import Kubernetes

/// Names within the objects of a model, what refers to them, and fields that take a few words only.
///
/// Source: Kubernetes' own validation (`pkg/apis/core/validation`), which tells these without their line.
struct WiringPolicy {
  private(set) var findings: [YAMLFinding] = []

  static func findings(of object: ManifestBundle.Object) -> [YAMLFinding] {
    var policy = WiringPolicy()
    let spec = object.node["spec"]
    if let spec { policy.checkWords(spec) }
    switch object.kind.kind {
    case "Deployment": if let pod = spec?["template", "spec"] { policy.checkPod(pod) }
    case "Service": policy.checkPorts(spec?["ports"], number: "port", areNamesShort: false)
    default: break
    }
    return policy.findings
  }

  private mutating func add(
    _ node: YAMLNode, _ message: String, _ advice: String, fix: YAMLEdit? = nil
  ) {
    findings.append(YAMLFinding(node.position, message, advice: advice, fix: fix))
  }

  // MARK: Words

  private static let words: [String: [String]] = [
    "accessModes": ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"],
    "dnsPolicy": ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"],
    "effect": ["NoSchedule", "PreferNoSchedule", "NoExecute"],
    "imagePullPolicy": ["Always", "IfNotPresent", "Never"],
    "protocol": ["TCP", "UDP", "SCTP"],
    "sessionAffinity": ["None", "ClientIP"],
    "terminationMessagePolicy": ["File", "FallbackToLogsOnError"],
    "volumeMode": ["Filesystem", "Block"],
  ]

  private mutating func checkWords(_ node: YAMLNode) {
    for element in node.elements { checkWords(element) }
    for member in node.members {
      if let words = Self.words[member.key] {
        let values = member.value.elements.isEmpty ? [member.value] : member.value.elements
        for value in values { check(value, of: member.key, among: words) }
      }
      checkWords(member.value)
    }
  }

  /// Nothing stands for the default; what is no text is told with the types.
  private mutating func check(_ value: YAMLNode, of key: String, among words: [String]) {
    guard let text = value.string, !text.isEmpty, !words.contains(text) else { return }
    let meant = words.first { $0.lowercased() == text.lowercased() }
    add(
      value, "\(key) cannot be \(Excerpt.quoted(text, limit: 60))",
      "Write \(words.joined(separator: ", ")).",
      fix: meant.flatMap { value.replacement(with: $0, "write \($0)") })
  }

  // MARK: Pods

  private mutating func checkPod(_ pod: YAMLNode) {
    if let policy = pod["restartPolicy"] { check(policy, of: "restartPolicy", among: ["Always"]) }
    let volumes = pod["volumes"]?.elements ?? []
    checkNames(volumes.compactMap { $0["name"] }, "volume")
    for volume in volumes {
      guard let medium = volume["emptyDir", "medium"], !medium.spelled.hasPrefix("HugePages") else {
        continue
      }
      check(medium, of: "medium", among: ["Memory", "HugePages"])
    }
    let known = Set(volumes.compactMap { $0["name"]?.string })
    let containers = ["containers", "initContainers"].flatMap { pod[$0]?.elements ?? [] }
    checkNames(containers.compactMap { $0["name"] }, "container")
    for container in containers {
      checkMounts(container["volumeMounts"]?.elements ?? [], known)
      checkVariables(container["env"]?.elements ?? [])
      checkPorts(container["ports"], number: "containerPort", areNamesShort: true)
    }
  }

  private mutating func checkNames(_ names: [YAMLNode], _ what: String) {
    var seen: Set<String> = []
    for node in names {
      guard let name = node.string else { continue }
      let shown = Excerpt.quoted(name, limit: 80)
      if !Self.isLabel(name) {
        add(
          node, "a \(what) cannot be called \(shown)",
          "Use a-z, 0-9 and -, with a letter or digit at both ends, at most 63 in all.")
      } else if !seen.insert(name).inserted {
        add(node, "there are two \(what)s called \(shown)", "Rename or remove one.")
      }
    }
  }

  private mutating func checkMounts(_ mounts: [YAMLNode], _ volumes: Set<String>) {
    var paths: Set<String> = []
    for mount in mounts {
      if let name = mount["name"], let text = name.string, !volumes.contains(text) {
        add(
          name, "there is no volume \(Excerpt.quoted(text, limit: 80)) in the pod",
          "Add it under volumes, or write the name of one that is there.")
      }
      guard let path = mount["mountPath"], let text = path.string else { continue }
      if text.isEmpty || text.contains(":") {
        add(path, "the mount path \(Excerpt.quoted(text)) is not allowed", "Write e.g. /models.")
      } else if !paths.insert(text).inserted {
        add(path, "two volumes are mounted at \(Excerpt.line(text))", "Mount one elsewhere.")
      }
    }
  }

  private mutating func checkVariables(_ variables: [YAMLNode]) {
    var seen: Set<String> = []
    for variable in variables {
      guard let node = variable["name"], let name = node.string else { continue }
      let shown = Excerpt.quoted(name, limit: 80)
      if name.isEmpty || !name.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x3D }) {
        add(node, "a variable cannot be called \(shown)", "Use letters, digits and _.")
      } else if !seen.insert(name).inserted {
        findings.append(
          YAMLFinding(
            node.position, .warning, "the variable \(shown) is there twice: the last one counts",
            advice: "Keep one."))
      }
    }
  }

  // MARK: Ports

  private mutating func checkPorts(_ list: YAMLNode?, number key: String, areNamesShort: Bool) {
    let ports = list?.elements ?? []
    var names: Set<String> = []
    for port in ports {
      if let node = port[key], let number = node.json.integerValue, !(1...65_535).contains(number) {
        add(node, "\(key) is \(number)", "Write a number from 1 to 65535.")
      }
      guard let node = port["name"], let name = node.string, !name.isEmpty else {
        if !areNamesShort, ports.count > 1, port.isMapping {
          add(port, "of several ports of a Service each needs a name", "Write name: ...")
        }
        continue
      }
      let shown = Excerpt.quoted(name, limit: 80)
      if areNamesShort ? !Self.isPortName(name) : !Self.isLabel(name) {
        add(
          node, "a port cannot be called \(shown)",
          areNamesShort
            ? "Use at most 15 of a-z, 0-9 and -, with a letter among them."
            : "Use a-z, 0-9 and -, with a letter or digit at both ends.")
      } else if !names.insert(name).inserted {
        add(node, "there are two ports called \(shown)", "Rename one.")
      }
    }
  }

  /// A DNS-1123 label.
  private static func isLabel(_ text: String) -> Bool {
    text.utf8.count <= 63 && !text.contains(".") && LabelKey.isSubdomain(text)
  }

  /// An IANA service name (RFC 6335).
  private static func isPortName(_ text: String) -> Bool {
    text.utf8.count <= 15 && isLabel(text) && !text.contains("--")
      && text.utf8.contains { (97...122).contains($0) }
  }
}
