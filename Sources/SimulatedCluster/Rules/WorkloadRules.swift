internal import Kubernetes

struct DeploymentRules: KindRules {
  func setDefaults(_ object: inout JSONValue) {
    guard object["spec"] != nil else { return }
    WorkloadTemplate.setDefaults(&object)
    var spec = object["spec"] ?? [:]
    spec.setDefault("replicas", 1)
    spec.setDefault("revisionHistoryLimit", 10)
    spec.setDefault("progressDeadlineSeconds", 600)
    var strategy = spec["strategy"] ?? [:]
    strategy.setDefault("type", "RollingUpdate")
    if strategy.string("type") == "RollingUpdate" {
      var rolling = strategy["rollingUpdate"] ?? [:]
      rolling.setDefault("maxUnavailable", "25%")
      rolling.setDefault("maxSurge", "25%")
      strategy["rollingUpdate"] = rolling
    }
    spec["strategy"] = strategy
    object["spec"] = spec
  }

  func prepareForCreate(_ object: inout JSONValue, in server: APIServer) throws(Refusal) {
    object["status"] = [:]
  }

  /// Alone among the kinds, a Deployment has a new generation for its annotations too.
  func isSameWish(_ object: JSONValue, _ old: JSONValue) -> Bool {
    object["spec"] == old["spec"]
      && object["metadata", "annotations"] == old["metadata", "annotations"]
  }

  func validate(_ object: JSONValue) -> [FieldError] {
    var errors = WorkloadTemplate.validate(object)
    let strategy = object["spec", "strategy"]
    let types = ["Recreate", "RollingUpdate"]
    if let type = strategy?["type"]?.stringValue, !types.contains(type) {
      errors.append(
        FieldError(
          kind: .notSupported(types), field: "spec.strategy",
          value: "apps.DeploymentStrategy{Type:\"\(type)\", "
            + "RollingUpdate:(*apps.RollingUpdateDeployment)(nil)}", detail: ""))
    }
    if strategy?.string("type") == "Recreate", strategy?["rollingUpdate"] != nil {
      errors.append(
        .forbidden(
          "spec.strategy.rollingUpdate",
          "may not be specified when strategy `type` is 'Recreate'"))
    }
    for name in ["minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"] {
      if let value = object.integer("spec", name), value < 0 {
        errors.append(.notNegative("spec.\(name)", value))
      }
    }
    if let deadline = object.integer("spec", "progressDeadlineSeconds"),
      deadline <= object.integer("spec", "minReadySeconds") ?? 0
    {
      errors.append(
        .invalid(
          "spec.progressDeadlineSeconds", .integer(deadline), "must be greater than minReadySeconds"
        ))
    }
    return errors
  }

  func validateUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] {
    WorkloadTemplate.validateSelector(object, old: old)
  }
}

struct ReplicaSetRules: KindRules {
  func setDefaults(_ object: inout JSONValue) {
    guard object["spec"] != nil else { return }
    WorkloadTemplate.setDefaults(&object)
    if object["spec", "replicas"] == nil { object["spec", "replicas"] = 1 }
  }

  func prepareForCreate(_ object: inout JSONValue, in server: APIServer) throws(Refusal) {
    object["status"] = ["replicas": 0]
  }

  func validate(_ object: JSONValue) -> [FieldError] { WorkloadTemplate.validate(object) }

  func validateUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] {
    WorkloadTemplate.validateSelector(object, old: old)
  }
}

/// What Deployments and ReplicaSets have in common: a selector and a pod template.
enum WorkloadTemplate {
  static func setDefaults(_ object: inout JSONValue) {
    guard var spec = object["spec", "template", "spec"] else { return }
    PodTemplateDefaults.apply(&spec)
    object["spec", "template", "spec"] = spec
    if object["spec", "template", "metadata"] == nil {
      object["spec", "template", "metadata"] = [:]
    }
    if object["spec", "template", "metadata", "creationTimestamp"] == nil {
      object["spec", "template", "metadata", "creationTimestamp"] = .null
    }
  }

  static func validate(_ object: JSONValue) -> [FieldError] {
    var errors: [FieldError] = []
    let spec = object["spec"]
    if let replicas = spec?.integer("replicas"), replicas < 0 {
      errors.append(.notNegative("spec.replicas", replicas))
    }
    let selector = spec?["selector"]
    let selectorErrors = selector.map(validateSelectorText) ?? [.required("spec.selector")]
    errors += selectorErrors
    guard selector == nil || selectorErrors.isEmpty else {
      return errors + [
        .invalid("spec.selector", goValue: GoText.selector(selector), "invalid label selector")
      ]
    }
    if let selector {
      let isEmpty =
        selector["matchLabels"]?.objectValue?.isEmpty ?? true
        && selector.items("matchExpressions").isEmpty
      if isEmpty {
        errors.append(
          .invalid(
            "spec.selector", goValue: GoText.selector(selector),
            "empty selector is invalid for deployment"))
      }
    }
    return errors + validateTemplate(spec, selector)
  }

  private static func validateTemplate(
    _ spec: JSONValue?, _ selector: JSONValue?
  ) -> [FieldError] {
    var errors: [FieldError] = []
    let labels = spec?["template", "metadata", "labels"]
    // No selector at all matches nothing.
    let matches =
      selector.map { LabelSelector(object: $0).matches(labels?.objectValue ?? [:]) } ?? false
    if !matches {
      errors.append(
        .invalid(
          "spec.template.metadata.labels", goValue: GoText.map(labels),
          "`selector` does not match template `labels`"))
    }
    errors += MetadataRules.labels(labels, field: "spec.template.labels")
    errors += PodTemplateValidation.validate(
      spec?["template", "spec"], field: "spec.template.spec")
    if let policy = spec?["template", "spec", "restartPolicy"]?.stringValue, policy != "Always",
      ["OnFailure", "Never"].contains(policy)
    {
      errors.append(.notSupported("spec.template.spec.restartPolicy", policy, ["Always"]))
    }
    return errors
  }

  private static func validateSelectorText(_ selector: JSONValue) -> [FieldError] {
    var errors = MetadataRules.labels(
      selector["matchLabels"], field: "spec.selector.matchLabels")
    for (index, expression) in selector.items("matchExpressions").enumerated() {
      let name = expression.string("operator")
      if !["In", "NotIn", "Exists", "DoesNotExist"].contains(name) {
        errors.append(
          .invalid(
            "spec.selector.matchExpressions[\(index)].operator", .string(name),
            "not a valid selector operator"))
      }
    }
    return errors
  }

  static func validateSelector(_ object: JSONValue, old: JSONValue) -> [FieldError] {
    guard object["spec", "selector"] != old["spec", "selector"] else { return [] }
    return [
      .invalid(
        "spec.selector", goValue: GoText.selector(object["spec", "selector"]), "field is immutable")
    ]
  }
}
