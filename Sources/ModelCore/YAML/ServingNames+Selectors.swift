internal import Kubernetes

// What selects the pods of the model besides its Service: the Deployment's own expressions, and autoscalers.

extension ServingNames {
  /// The pods have to satisfy every expression, with the labels that they get.
  func expressionFindings() -> [YAMLFinding] {
    let expressions = deployment["spec", "selector", "matchExpressions"]?.elements ?? []
    return expressions.compactMap { expression in
      guard let key = expression["key"]?.string else { return nil }
      let label = podLabelTexts[key] ?? (key == ModelKeys.modelName ? name : nil)
      let values = (expression["values"]?.elements ?? []).map(\.spelled)
      let isMet: Bool
      switch expression["operator"]?.string {
      case "In": isMet = label.map(values.contains) ?? false
      case "NotIn": isMet = label.map { !values.contains($0) } ?? true
      case "Exists": isMet = label != nil
      case "DoesNotExist": isMet = label == nil
      // Another word is told by the server.
      default: return nil
      }
      guard !isMet else { return nil }
      return YAMLFinding(
        expression.position,
        "the pods do not satisfy what the selector asks of the label \(Excerpt.line(key, limit: 80))",
        advice: "Select labels that the pod template has.")
    }
  }

  func autoscalerFindings() -> [YAMLFinding] {
    let autoscalers = objects.filter {
      ["PodAutoscaler", "HorizontalPodAutoscaler"].contains($0.kind.kind)
    }
    var findings = autoscalers.flatMap { targetFindings(ofAutoscaler: $0.node) }
    for second in autoscalers.dropFirst() {
      findings.append(
        YAMLFinding(
          second.node.position(of: "kind"), "this is a second autoscaler of the model",
          advice: "Two of them work against each other: keep one."))
    }
    return findings
  }

  private func targetFindings(ofAutoscaler node: YAMLNode) -> [YAMLFinding] {
    guard let target = node["spec", "scaleTargetRef"], target.isMapping else {
      return [
        YAMLFinding(
          node.position(of: "spec"), "scaleTargetRef is missing",
          advice: "Name the model's Deployment: kind: Deployment, name: \(name).")
      ]
    }
    var findings: [YAMLFinding] = []
    let wanted = [("kind", "Deployment"), ("name", name), ("namespace", namespace)]
    for (key, value) in wanted {
      let found = target[key]
      if found == nil, key == "namespace" { continue }
      guard found?.string != value else { continue }
      let shown = Excerpt.quoted(found?.spelled ?? "", limit: 80)
      findings.append(
        YAMLFinding(
          found?.position ?? target.position,
          found == nil
            ? "scaleTargetRef has no \(key)"
            : "an autoscaler may scale the model's own Deployment only, not \(key) \(shown)",
          advice: "Write \(key): \(value).",
          fix: found == nil
            ? target.addition(key, value, "add \(key): \(value)")
            : found?.replacement(with: value, "write \(key): \(value)")))
    }
    let version = target["apiVersion"]?.spelled ?? "apps/v1"
    if version != "apps/v1" {
      findings.append(
        YAMLFinding(
          target.position(of: "apiVersion"),
          "an autoscaler may scale the model's own Deployment only, and that has the apiVersion apps/v1",
          advice: "Write apiVersion: apps/v1.",
          fix: target["apiVersion"]?.replacement(with: "apps/v1", "write apiVersion: apps/v1")))
    }
    return findings
  }
}
