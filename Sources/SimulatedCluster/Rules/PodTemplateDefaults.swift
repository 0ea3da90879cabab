internal import Kubernetes

/// What the server fills into the specification of a pod, in pods and in templates alike.
/// Source: `kubernetes/pkg/apis/core/v1/defaults.go`.
enum PodTemplateDefaults {
  static func apply(_ spec: inout JSONValue) {
    spec.setDefault("restartPolicy", "Always")
    spec.setDefault("terminationGracePeriodSeconds", 30)
    spec.setDefault("dnsPolicy", "ClusterFirst")
    spec.setDefault("securityContext", [:])
    spec.setDefault("schedulerName", "default-scheduler")
    if let account = spec["serviceAccountName"], account != "" {
      spec["serviceAccount"] = account
    }
    for list in ["containers", "initContainers"] {
      guard let containers = spec[list]?.arrayValue else { continue }
      spec[list] = .array(containers.map(container))
    }
    if let volumes = spec["volumes"]?.arrayValue {
      spec["volumes"] = .array(volumes.map(volume))
    }
  }

  private static func container(_ container: JSONValue) -> JSONValue {
    var container = container
    container.setDefault("terminationMessagePath", "/dev/termination-log")
    container.setDefault("terminationMessagePolicy", "File")
    container.setDefault("imagePullPolicy", .string(pullPolicy(container.string("image"))))
    container.setDefault("resources", [:])
    if let limits = container["resources", "limits"]?.objectValue {
      var requests = container["resources", "requests"]?.objectValue ?? [:]
      for (name, limit) in limits where requests[name] == nil { requests[name] = limit }
      if !requests.isEmpty { container["resources", "requests"] = .object(requests) }
    }
    if let ports = container["ports"]?.arrayValue {
      container["ports"] = .array(ports.map { $0.withDefault("protocol", "TCP") })
    }
    if let variables = container["env"]?.arrayValue {
      container["env"] = .array(variables.map(variable))
    }
    for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
      if let value = container[name] { container[name] = probe(value) }
    }
    return container
  }

  private static func variable(_ variable: JSONValue) -> JSONValue {
    var variable = variable
    if variable["valueFrom", "fieldRef"] != nil,
      variable["valueFrom", "fieldRef", "apiVersion"] == nil
    {
      variable["valueFrom", "fieldRef", "apiVersion"] = "v1"
    }
    return variable
  }

  private static func probe(_ probe: JSONValue) -> JSONValue {
    var probe = probe
    probe.setDefault("timeoutSeconds", 1)
    probe.setDefault("periodSeconds", 10)
    probe.setDefault("successThreshold", 1)
    probe.setDefault("failureThreshold", 3)
    if var get = probe["httpGet"] {
      get.setDefault("path", "/")
      get.setDefault("scheme", "HTTP")
      probe["httpGet"] = get
    }
    return probe
  }

  private static func volume(_ volume: JSONValue) -> JSONValue {
    var volume = volume
    for source in ["secret", "configMap", "downwardAPI", "projected"] where volume[source] != nil {
      if volume[source, "defaultMode"] == nil { volume[source, "defaultMode"] = 420 }
    }
    if volume["hostPath"] != nil, volume["hostPath", "type"] == nil {
      volume["hostPath", "type"] = ""
    }
    if volume.objectValue?.count == 1, volume["name"] != nil { volume["emptyDir"] = [:] }
    return volume
  }

  /// An image without a tag, or with the tag `latest`, is always pulled.
  private static func pullPolicy(_ image: String) -> String {
    if image.contains("@") { return "IfNotPresent" }
    let last = image.split(separator: "/").last ?? ""
    let parts = last.split(separator: ":")
    return parts.count < 2 || parts[1] == "latest" ? "Always" : "IfNotPresent"
  }

}

extension JSONValue {
  /// Sets a member that is not there.
  mutating func setDefault(_ key: String, _ value: JSONValue) {
    if self[key] == nil || self[key] == .null { self[key] = value }
  }

  func withDefault(_ key: String, _ value: JSONValue) -> JSONValue {
    var result = self
    result.setDefault(key, value)
    return result
  }
}
