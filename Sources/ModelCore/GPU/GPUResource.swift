package import Kubernetes

/// Which extended resources are GPUs, and what they are called.
package enum GPUResource {
  /// The resource that our own models ask for.
  package static let nvidia = "nvidia.com/gpu"

  /// Whether a resource name is of GPUs or of slices of them.
  ///
  /// Sources: NVIDIA k8s-device-plugin (`.shared`, `mig-1g.5gb`), AMD's device plugin (`amd.com/gpu`, partitions such
  /// as `amd.com/cpx_nps4`), Intel's (`gpu.intel.com/i915`).
  package static func isGPU(_ name: String) -> Bool {
    if name == nvidia { return true }
    guard let slash = name.utf8.firstIndex(of: UInt8(ascii: "/")) else { return false }
    let resource = name[name.utf8.index(after: slash)...]
    switch name[..<slash] {
    case "nvidia.com":
      return resource == "gpu.shared" || resource.hasPrefix("mig-")
    case "amd.com":
      return resource == "gpu" || ["spx", "dpx", "qpx", "cpx"].contains { resource.hasPrefix($0) }
    case "gpu.intel.com":
      return resource == "i915" || resource == "xe"
    default: return false
    }
  }

  /// What a node's GPUs of a resource are called: the label of GPU Feature Discovery, or the resource itself.
  package static func product(of resource: String, labels: [String: String]) -> String {
    label(of: resource, labels: labels) ?? resource
  }

  /// The product as a label names it; `nil` where no label does.
  static func label(of resource: String, labels: [String: String]) -> String? {
    if resource.hasPrefix("nvidia.com/mig-") {
      let profile = resource.dropFirst("nvidia.com/mig-".count)
      let plain = profile.hasSuffix(".shared") ? profile.dropLast(".shared".count) : profile
      return labels["nvidia.com/mig-\(plain).product"]
        ?? labels["nvidia.com/gpu.product"].map { "\($0)-MIG-\(plain)" }
    }
    if resource.hasPrefix("nvidia.com/") { return labels["nvidia.com/gpu.product"] }
    if resource.hasPrefix("amd.com/") {
      return labels["amd.com/gpu.product-name"] ?? labels["beta.amd.com/gpu.product-name"]
    }
    return nil
  }

  /// GPUs that one pod of a specification asks for, by resource.
  ///
  /// Containers add up, sidecars with them. Each init container runs alone beside the sidecars before it, so the most
  /// of any counts. Source: Kubernetes, "Sidecar containers", "Resource sharing within containers".
  package static func requests(of spec: K8s.PodSpec?) -> [String: Int] {
    guard let spec else { return [:] }
    var sum: [String: Int] = [:]
    for container in spec.containers {
      for (name, count) in requests(of: container) {
        sum[name] = (sum[name] ?? 0).addingClamped(count)
      }
    }
    var sidecars: [String: Int] = [:]
    var peak: [String: Int] = [:]
    for container in spec.initContainers ?? [] {
      let isSidecar = container.restartPolicy == "Always"
      for (name, count) in requests(of: container) {
        let together = (sidecars[name] ?? 0).addingClamped(count)
        if isSidecar { sidecars[name] = together }
        peak[name] = max(peak[name] ?? 0, together)
      }
    }
    for (name, count) in sidecars { sum[name] = (sum[name] ?? 0).addingClamped(count) }
    for (name, count) in peak { sum[name] = max(sum[name] ?? 0, count) }
    return sum
  }

  /// A number of GPUs, kept in bounds where sums of many still fit.
  static func count(of quantity: Quantity) -> Int {
    Int(min(max(0, quantity.roundedUp), 1 << 31))
  }

  private static func requests(of container: K8s.Container) -> [String: Int] {
    var result: [String: Int] = [:]
    for list in [container.resources?.requests, container.resources?.limits] {
      for (name, quantity) in list ?? [:] where isGPU(name) {
        let count = count(of: quantity)
        if count > 0 { result[name] = max(result[name] ?? 0, count) }
      }
    }
    return result
  }
}

extension Int {
  /// The sum, or the largest number there is: nobody's quantities make the program trap.
  func addingClamped(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other > 0 ? .max : .min) : sum
  }
}
