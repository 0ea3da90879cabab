internal import Kubernetes

/// Whether all that has to carry the model's name and port does: Aibrix routes by the label, Kubernetes by the selector,
/// and the server answers to what its command says.
struct ServingNames {
  let deployment: YAMLNode
  let objects: [ManifestBundle.Object]
  let name: String
  let namespace: String
  /// Where a document can be added; `nil` where nothing is known of the end of the text.
  private let lastLine: Int?
  private let podLabels: YAMLNode?
  let podLabelTexts: [String: String]

  init(
    deployment: ManifestBundle.Object, objects: [ManifestBundle.Object], name: String,
    namespace: String, lastLine: Int?
  ) {
    self.deployment = deployment.node
    self.objects = objects
    self.name = name
    self.namespace = namespace
    self.lastLine = lastLine
    podLabels = deployment.node["spec", "template", "metadata", "labels"]
    podLabelTexts = podLabels?.texts ?? [:]
  }

  func findings() -> [YAMLFinding] {
    guard NameRule.isValid(name) else { return [] }
    var findings = objectNameFindings() + selectorFindings()
    findings += nameLabelFindings()
    findings += commandFindings() + portFindings()
    findings += serviceFindings() + autoscalerFindings()
    return findings
  }

  private func objectNameFindings() -> [YAMLFinding] {
    guard let found = deployment["metadata", "name"], found.string != name else { return [] }
    return [
      YAMLFinding(
        found.position, "the Deployment is not called like the model, '\(name)'",
        advice: "Aibrix expects the same name.",
        fix: found.replacement(with: name, "write name: \(name)"))
    ]
  }

  // MARK: Labels and selector

  private var selector: YAMLNode? { deployment["spec", "selector", "matchLabels"] }

  private func selectorFindings() -> [YAMLFinding] {
    guard let selector, !selector.members.isEmpty else {
      return [
        YAMLFinding(
          deployment.position(of: "spec", "selector"), "spec.selector.matchLabels is missing",
          advice: "Select the pods by their labels.")
      ]
    }
    return expressionFindings()
      + selector.members.compactMap { member in
        let label = podLabelTexts[member.key]
        // The name label is added where it is absent.
        if member.key == ModelKeys.modelName, label == nil || member.value.spelled != name {
          return nil
        }
        guard label != member.value.spelled else { return nil }
        return YAMLFinding(
          member.keyPosition,
          "the pods do not have the label \(Excerpt.line(member.key)) that the selector asks for",
          advice: "Give the pod template the same label.",
          fix: label == nil
            ? podLabels?.addition(
              member.key, member.value.spelled, "add the label to the pod template") : nil)
      }
  }

  /// The label that Aibrix routes by, in all three places.
  private func nameLabelFindings() -> [YAMLFinding] {
    var findings: [YAMLFinding] = []
    let metadata = deployment["metadata"]
    let places: [(String, YAMLNode?, YAMLPosition, YAMLEdit?)] = [
      (
        "the Deployment", metadata?["labels"], deployment.position(of: "metadata", "labels"),
        metadata?.addition(of: "labels", ModelKeys.modelName, name, below: "name", addition)
      ),
      (
        "the selector", selector, deployment.position(of: "spec", "selector", "matchLabels"), nil
      ),
      (
        "the pod template", podLabels,
        deployment.position(of: "spec", "template", "metadata", "labels"), nil
      ),
    ]
    for (place, labels, position, creation) in places {
      if let member = labels?.member(ModelKeys.modelName) {
        guard member.value.spelled != name else { continue }
        findings.append(
          YAMLFinding(
            member.value.position,
            "\(place) has \(ModelKeys.modelName): \(Excerpt.line(member.value.scalarText ?? "")), "
              + "and the model is '\(name)'",
            advice: "Aibrix routes by this label.",
            fix: member.value.replacement(with: name, "write \(ModelKeys.modelName): \(name)")))
      } else {
        findings.append(
          YAMLFinding(
            position, .warning, "\(place) has no label \(ModelKeys.modelName)",
            advice: "Aibrix routes by it: it is added when the model is created.",
            fix: labels?.addition(ModelKeys.modelName, name, addition) ?? creation))
      }
    }
    return findings + portLabelFindings()
  }

  private var addition: String { "add the label \(ModelKeys.modelName): \(name)" }

  // MARK: The server

  private var containers: [YAMLNode] {
    deployment["spec", "template", "spec", "containers"]?.elements ?? []
  }

  private func words(_ container: YAMLNode) -> [String] {
    let elements = ["command", "args"].flatMap { container[$0]?.elements ?? [] }
    return elements.compactMap(\.scalarText)
  }

  /// The container that serves: the one whose command starts a server, else the first.
  private var server: (container: YAMLNode, command: ServerCommand)? {
    let found = containers.map { ($0, ServerCommand(words($0))) }
    return found.first { $0.1.invocations.contains(where: \.isRecognized) }
      ?? found.first { $0.1.servedModelName(expecting: name) != .absent } ?? found.first
  }

  private func commandFindings() -> [YAMLFinding] {
    guard let server else { return [] }
    let (container, command) = server
    // An image may bring its own command; then nothing is known of the name that it serves.
    guard !words(container).isEmpty else {
      return [
        YAMLFinding(
          container.position, .warning,
          "the container has no command: whether it serves the name '\(name)' cannot be checked",
          advice: "Write args with --served-model-name \(name).")
      ]
    }
    let place = container["args"] != nil ? "args" : "command"
    if let error = command.syntaxError {
      return [
        YAMLFinding(
          container.position(of: place), "the shell script in the command cannot be read: \(error)",
          advice: "Close it; the container would end at once.")
      ]
    }
    let served = command.servedModelName(expecting: name)
    switch served {
    case _ where served.matches(name): return []
    case .absent where !command.invocations.contains(where: \.isRecognized):
      return [
        YAMLFinding(
          container.position(of: place), .warning,
          "the command has no --served-model-name: it has to answer to '\(name)'",
          advice: "Add --served-model-name \(name) where the server is vLLM.")
      ]
    case .absent, .withoutValue:
      return [
        YAMLFinding(
          container.position(of: place),
          "--served-model-name parameter must match model name '\(name)'. "
            + "Please ensure your command contains '--served-model-name \(name)'",
          advice: "Add it.", fix: servedNameAddition(container, place))
      ]
    case .names(let names, _):
      let wrong = names.first ?? ""
      let element = container[place]?.elements.first { $0.scalarText == wrong }
      return [
        YAMLFinding(
          position(of: wrong, in: container),
          "--served-model-name \(Excerpt.quoted(wrong)) must match model name '\(name)' "
            + "(required by Aibrix)",
          advice: "Write --served-model-name \(name).",
          fix: element?.replacement(with: name, "write \(name)"))
      ]
    }
  }

  /// A port that the command cannot listen on; one that a variable gives is only known when it runs.
  private func portFindings() -> [YAMLFinding] {
    guard let server, case .invalid(let text) = server.command.port, !text.contains("$") else {
      return []
    }
    return [
      YAMLFinding(
        position(of: text, in: server.container),
        text.isEmpty
          ? "--port has no value" : "--port \(Excerpt.quoted(text)) is no number from 1 to 65535",
        advice: "Write the number out, or leave --port away for \(CreateRequest.Defaults.port).")
    ]
  }

  /// Where an argument stands, or the text that it is part of.
  private func position(of word: String, in container: YAMLNode) -> YAMLPosition {
    let words = ["args", "command"].flatMap { container[$0]?.elements ?? [] }
    let found =
      words.first { $0.scalarText == word }
      ?? (word.isEmpty ? nil : words.first { $0.scalarText?.contains(word) == true })
    return found?.position ?? container.position(of: container["args"] != nil ? "args" : "command")
  }

  /// Two more arguments at the end of a list that is written one on a line.
  private func servedNameAddition(_ container: YAMLNode, _ place: String) -> YAMLEdit? {
    guard let list = container[place], !list.isFlow, let last = list.elements.last,
      let first = list.elements.first, let text = last.scalarText, !text.contains("\n"),
      !ServerCommand(words(container)).usesShell
    else { return nil }
    // The position of an element is behind its dash.
    let indent = String(repeating: " ", count: max(0, first.position.column - 3))
    return YAMLEdit(
      "add --served-model-name \(name)",
      .insert(
        after: last.position.line,
        [indent + "- --served-model-name", indent + "- \(name)"]))
  }

  // MARK: Ports

  /// The port that the command names, else the container's, else 8000.
  var port: Int {
    if case .number(let port) = server?.command.port { return port }
    return containerPorts.first?.number ?? CreateRequest.Defaults.port
  }

  private var containerPorts: [(number: Int, name: String?, node: YAMLNode)] {
    (server?.container["ports"]?.elements ?? []).compactMap { port in
      guard let number = port["containerPort"]?.json.integerValue else { return nil }
      return (Int(number), port["name"]?.string, port["containerPort"] ?? port)
    }
  }

  private func portLabelFindings() -> [YAMLFinding] {
    var findings: [YAMLFinding] = []
    if case .number(let number) = server?.command.port, !containerPorts.isEmpty,
      !containerPorts.contains(where: { $0.number == number }), let first = containerPorts.first
    {
      findings.append(
        YAMLFinding(
          first.node.position,
          "the command listens on port \(number), and the container names \(first.number)",
          advice: "Write containerPort: \(number).",
          fix: containerPorts.count == 1
            ? first.node.replacement(number, "write containerPort: \(number)") : nil))
    }
    for labels in [deployment["metadata", "labels"], podLabels].compactMap({ $0 }) {
      guard let member = labels.member(ModelKeys.modelPort),
        case let text = member.value.spelled, text != String(port)
      else { continue }
      findings.append(
        YAMLFinding(
          member.value.position,
          "\(ModelKeys.modelPort) is \(Excerpt.line(text)), and the server listens on \(port)",
          advice: "Aibrix asks the pods on this port.",
          fix: member.value.replacement(
            with: String(port), "write \(ModelKeys.modelPort): \(port)")))
    }
    return findings
  }

  // MARK: The other objects

  private func serviceFindings() -> [YAMLFinding] {
    let services = objects.filter { $0.kind == K8s.Service.resourceKind }
    var findings: [YAMLFinding] = []
    if services.isEmpty {
      findings.append(
        YAMLFinding(
          deployment.position(of: "metadata", "name"), .warning,
          "there is no Service '\(name)': Aibrix and other pods cannot reach the model",
          advice: "Add one with the port \(port).",
          fix: lastLine.map {
            YAMLEdit("add the Service \(name)", .insert(after: $0, serviceLines))
          }))
    }
    if let first = services.first, !services.contains(where: { $0.name == name }),
      let found = first.node["metadata", "name"]
    {
      findings.append(
        YAMLFinding(
          found.position, "no Service is called like the model, '\(name)'",
          advice: "Aibrix and the endpoint expect the Service \(name).",
          fix: services.count == 1 ? found.replacement(with: name, "write name: \(name)") : nil))
    }
    for service in services {
      findings += selectorFindings(of: service)
      findings += targetFindings(of: service)
    }
    return findings
  }

  private var serviceLines: [String] {
    let place = deployment["metadata", "namespace"]?.hasContent == true ? namespace : nil
    return ["---", "apiVersion: v1", "kind: Service", "metadata:", "  name: \(name)"]
      + (place.map { ["  namespace: \($0)"] } ?? [])
      + [
        "spec:", "  selector:", "    \(ModelKeys.modelName): \(name)", "  ports:",
        "  - port: \(port)", "    targetPort: \(port)",
      ]
  }

  private func selectorFindings(of service: ManifestBundle.Object) -> [YAMLFinding] {
    let shown = Excerpt.line(service.name, limit: 80)
    guard let selector = service.node["spec", "selector"], !selector.members.isEmpty else {
      return [
        YAMLFinding(
          service.node.position(of: "spec", "selector"),
          "Service \(shown) selects no pods",
          advice: "Select the pods by \(ModelKeys.modelName): \(name).",
          fix: service.node["spec", "selector"] == nil
            ? service.node["spec"]?.insertion(
              ["selector:", "  \(ModelKeys.modelName): \(name)"], "select the model's pods") : nil)
      ]
    }
    var findings: [YAMLFinding] = []
    for member in selector.members {
      let isName = member.key == ModelKeys.modelName
      let found = isName ? name : podLabelTexts[member.key]
      guard found != member.value.spelled else { continue }
      findings.append(
        YAMLFinding(
          member.value.position,
          "Service \(shown) selects \(Excerpt.line(member.key, limit: 80)): "
            + "\(Excerpt.line(member.value.spelled, limit: 80)), which the pods do not have",
          advice: "Select labels of the pod template.",
          fix: found.flatMap {
            member.value.replacement(with: $0, "write \(member.key): \($0)")
          }))
    }
    if selector.member(ModelKeys.modelName) == nil {
      findings.append(
        YAMLFinding(
          selector.position, .warning,
          "Service \(shown) does not select by \(ModelKeys.modelName): other models' pods may match",
          advice: "It is added when the model is created.",
          fix: selector.addition(ModelKeys.modelName, name, addition)))
    }
    return findings
  }

  private func targetFindings(of service: ManifestBundle.Object) -> [YAMLFinding] {
    guard service.name == name else { return [] }
    let ports = service.node["spec", "ports"]?.elements ?? []
    guard !ports.isEmpty else {
      return [
        YAMLFinding(
          service.node.position(of: "spec", "ports"), "Service \(service.name) has no port",
          advice: "Write the port \(port).")
      ]
    }
    return ports.compactMap { entry in
      let target = entry["targetPort"] ?? entry["port"]
      guard let target else { return nil }
      if let name = target.string {
        let isKnown = containerPorts.contains { $0.name == name }
        return isKnown
          ? nil
          : YAMLFinding(
            target.position, "no container has a port called \(Excerpt.quoted(name))",
            advice: "Name a port of the container, or write its number.")
      }
      guard let number = target.json.integerValue, Int(number) != port,
        !containerPorts.contains(where: { $0.number == Int(number) })
      else { return nil }
      return YAMLFinding(
        target.position,
        "Service \(service.name) sends to port \(number), and the server listens on \(port)",
        advice: "Write targetPort: \(port).",
        fix: entry["targetPort"].map { $0.replacement(port, "write targetPort: \(port)") }
          ?? entry.addition(below: "port", "targetPort: \(port)", "add targetPort: \(port)"))
    }
  }
}

extension YAMLNode {
  /// Another number in the place of this one.
  func replacement(_ number: Int, _ summary: String) -> YAMLEdit? {
    guard case .scalar(_, let text, true) = content, !text.isEmpty else { return nil }
    return YAMLEdit(summary, .replace(position, old: text, new: String(number)))
  }
}
