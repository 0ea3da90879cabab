internal import Kubernetes

struct PodRules: KindRules {
  func setDefaults(_ object: inout JSONValue) {
    guard var spec = object["spec"] else { return }
    PodTemplateDefaults.apply(&spec)
    object["spec"] = spec
  }

  func prepareForCreate(_ object: inout JSONValue, in server: APIServer) throws(Refusal) {
    // What the admission controllers ServiceAccount, Priority and DefaultTolerationSeconds add.
    var spec = object["spec"] ?? [:]
    spec.setDefault("enableServiceLinks", true)
    spec.setDefault("serviceAccountName", "default")
    spec["serviceAccount"] = spec["serviceAccountName"]
    spec.setDefault("priority", 0)
    spec.setDefault("preemptionPolicy", "PreemptLowerPriority")
    spec["tolerations"] = Self.withNodeTolerations(spec["tolerations"])
    object["spec"] = spec
    object["status"] = ["phase": "Pending", "qosClass": .string(Self.qualityOfService(object))]
  }

  private static let nodeTolerations: [JSONValue] = [
    "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable",
  ].map {
    [
      "key": .string($0), "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300,
    ]
  }
  // One value for all pods without tolerations of their own.
  private static let onlyNodeTolerations = JSONValue.array(nodeTolerations)

  private static func withNodeTolerations(_ tolerations: JSONValue?) -> JSONValue {
    guard let own = tolerations?.arrayValue, !own.isEmpty else { return onlyNodeTolerations }
    return .array(
      own
        + nodeTolerations.filter { added in
          !own.contains { $0.string("key") == added.string("key") }
        })
  }

  func validate(_ object: JSONValue) -> [FieldError] {
    PodTemplateValidation.validate(object["spec"], field: "spec")
  }

  func validateUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] {
    guard withoutMutable(object) != withoutMutable(old) else { return [] }
    return [
      .forbidden(
        "spec",
        "pod updates may not change fields other than `spec.containers[*].image`,"
          + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only "
          + "additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to "
          + "be set to 1 if it was previously negative)")
    ]
  }

  private func withoutMutable(_ object: JSONValue) -> JSONValue? {
    guard var spec = object["spec"] else { return nil }
    spec["activeDeadlineSeconds"] = nil
    spec["tolerations"] = nil
    for list in ["containers", "initContainers"] {
      guard let containers = spec[list]?.arrayValue else { continue }
      spec[list] = .array(
        containers.map {
          var container = $0
          container["image"] = nil
          return container
        })
    }
    return spec
  }

  let selectableFields = [
    "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
    "spec.hostNetwork", "status.phase", "status.podIP", "status.nominatedNodeName",
  ]

  func gracePeriod(of object: JSONValue, asked: Int64?) -> Int64? {
    // A pod that no node runs has nothing to stop.
    if object.string("spec", "nodeName").isEmpty { return 0 }
    if ["Succeeded", "Failed"].contains(object.string("status", "phase")) { return 0 }
    return max(0, asked ?? object.integer("spec", "terminationGracePeriodSeconds") ?? 30)
  }

  static func qualityOfService(_ pod: JSONValue) -> String {
    var isBestEffort = true
    var isGuaranteed = true
    for container in pod.items("spec", "containers") + pod.items("spec", "initContainers") {
      for name in ["cpu", "memory"] {
        let request = container["resources", "requests", name]?.text.flatMap { Quantity($0) }
        let limit = container["resources", "limits", name]?.text.flatMap { Quantity($0) }
        if request != nil || limit != nil { isBestEffort = false }
        if limit == nil || request != limit { isGuaranteed = false }
      }
    }
    return isBestEffort ? "BestEffort" : isGuaranteed ? "Guaranteed" : "Burstable"
  }
}
