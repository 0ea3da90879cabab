package import Kubernetes

/// What a pod asks of its node apart from GPUs.
package struct PodLoad: Equatable, Sendable {
  /// Thousandths of a core.
  package var cpuMilli = 0
  /// Bytes.
  package var memory = 0

  /// Nothing unless it is given.
  package init(cpuMilli: Int = 0, memory: Int = 0) {
    self.cpuMilli = cpuMilli
    self.memory = memory
  }

  /// The scheduler's sum: containers add up, sidecars with them; each init container runs alone beside the sidecars
  /// before it, so the most of any counts. A limit without a request counts as one. The overhead of a RuntimeClass is not known here.
  package init(_ spec: K8s.PodSpec?) {
    guard let spec else { return }
    for container in spec.containers { add(Self.of(container)) }
    var sidecars = PodLoad()
    var peak = PodLoad()
    for container in spec.initContainers ?? [] {
      var together = sidecars
      together.add(Self.of(container))
      if container.restartPolicy == "Always" { sidecars = together }
      peak = PodLoad(
        cpuMilli: max(peak.cpuMilli, together.cpuMilli), memory: max(peak.memory, together.memory))
    }
    add(sidecars)
    cpuMilli = max(cpuMilli, peak.cpuMilli)
    memory = max(memory, peak.memory)
  }

  mutating func add(_ other: PodLoad, sign: Int = 1) {
    cpuMilli = cpuMilli.addingClamped(sign * other.cpuMilli)
    memory = memory.addingClamped(sign * other.memory)
  }

  private static func of(_ container: K8s.Container) -> PodLoad {
    func amount(_ name: String) -> Quantity? {
      container.resources?.requests?[name] ?? container.resources?.limits?[name]
    }
    return PodLoad(
      cpuMilli: bounded(amount("cpu")?.milli), memory: bounded(amount("memory")?.roundedUp))
  }

  /// Kept in bounds where sums of many still fit.
  private static func bounded(_ value: Int64?) -> Int { Int(min(max(0, value ?? 0), 1 << 50)) }
}
