package import Kubernetes

extension GPUAssignment {
  /// The GPUs of a model: what its template asks for, and where its pods hold them.
  ///
  /// - Parameter inventory: knows the products of the nodes.
  package init(
    template: K8s.PodSpec?, replicas: Int, pods: [K8s.Pod], inventory: GPUInventory
  ) {
    self.init()
    perReplica = GPUResource.requests(of: template).values.reduce(0) { $0.addingClamped($1) }
    let (product, overflow) = perReplica.multipliedReportingOverflow(by: max(0, replicas))
    requested = overflow ? .max : product
    struct Key: Hashable {
      var node: String
      var product: String?
    }
    var counts: [Key: Int] = [:]
    for pod in pods {
      guard let node = pod.spec?.nodeName, !node.isEmpty, pod.status?.phase != "Succeeded",
        pod.status?.phase != "Failed"
      else { continue }
      for (resource, count) in GPUResource.requests(of: pod.spec) {
        let product = inventory.product(ofNode: node, resource: resource)
        let key = Key(node: node, product: product)
        counts[key] = (counts[key] ?? 0).addingClamped(count)
      }
    }
    placements = counts.map {
      Placement(node: $0.key.node, product: $0.key.product, count: $0.value)
    }
    .sorted { ($0.node, $0.product ?? "") < ($1.node, $1.product ?? "") }
  }
}
