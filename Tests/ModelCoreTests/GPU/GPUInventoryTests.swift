import Kubernetes
import ModelCore
import Testing

@Suite("GPU inventory")
struct GPUInventoryTests {
  @Test("totals by product, free of what ended and of what is not bound")
  func totals() {
    let inventory = GPUInventory(
      nodes: [
        .gpu("a", 8), .gpu("b", 8), .gpu("c", 4, product: "Tesla-T4"), .gpu("d", 2, product: nil),
        .gpu("e", 8, isReady: false), .gpu("f", 8, isCordoned: true),
      ],
      pods: [
        .gpu("1", on: "a", 3), .gpu("2", on: "a", 2), .gpu("3", on: "b", 8),
        .gpu("4", on: "a", 1, phase: "Succeeded"), .gpu("5", on: "a", 1, phase: "Failed"),
        .gpu("6", on: nil, 8, phase: "Pending"), .gpu("7", on: "c", 1, phase: "Pending"),
        .gpu("8", on: "e", 8), .gpu("9", on: "gone", 1),
      ])
    #expect(
      inventory.totals
        == GPUTotals(
          products: [
            .init(name: "NVIDIA-H200", total: 16, used: 13),
            .init(name: "Tesla-T4", total: 4, used: 1),
            .init(name: "nvidia.com/gpu", total: 2, used: 0),
          ], unavailable: 16))
    #expect(inventory.largestNode() == 8)
    #expect(inventory.mostFree() == 3)
    #expect(inventory.node("b")?.free == 0)
  }

  @Test("allocatable counts, not capacity; broken devices never make free negative")
  func brokenDevices() {
    var node = K8s.Node.gpu("a", 2)
    node.status?.capacity = ["nvidia.com/gpu": Quantity(8)]
    let inventory = GPUInventory(nodes: [node], pods: [.gpu("1", on: "a", 4)])
    #expect(inventory.totals.total == 2)
    #expect(inventory.node("a")?.free == 0)
    #expect(inventory.mostFree() == 0)
  }

  @Test(
    "other resources",
    arguments: [
      ("nvidia.com/gpu.shared", "NVIDIA-A100", ["nvidia.com/gpu.product": "NVIDIA-A100"]),
      (
        "nvidia.com/mig-1g.5gb", "A100-MIG-1g.5gb",
        ["nvidia.com/mig-1g.5gb.product": "A100-MIG-1g.5gb", "nvidia.com/gpu.product": "A100"]
      ),
      ("nvidia.com/mig-1g.5gb", "A100-MIG-1g.5gb", ["nvidia.com/gpu.product": "A100"]),
      ("amd.com/gpu", "MI300X", ["amd.com/gpu.product-name": "MI300X"]),
      ("amd.com/gpu", "MI210", ["beta.amd.com/gpu.product-name": "MI210"]),
      ("amd.com/cpx_nps4", "amd.com/cpx_nps4", [:]),
      ("gpu.intel.com/i915", "gpu.intel.com/i915", [:]),
    ] as [(String, String, [String: String])])
  func resources(resource: String, product: String, labels: [String: String]) {
    var node = K8s.Node.gpu("a", 7, resource: resource)
    node.metadata.labels = labels
    let pod = K8s.Pod.gpu("1", on: "a", 2, resource: resource)
    let totals = GPUInventory(nodes: [node], pods: [pod]).totals
    #expect(totals.products == [.init(name: product, total: 7, used: 2)])
  }

  @Test(arguments: [
    "cpu", "memory", "nvidia.com/gpu.count", "example.com/gpu", "nvidia.com/hostdev", "amd.com/x",
    "",
  ])
  func noGPUs(resource: String) {
    #expect(!GPUResource.isGPU(resource))
  }

  @Test(
    "requests of a pod: containers add up, init containers take the most, limits count as requests")
  func requests() {
    func container(_ request: Int?, _ limit: Int?) -> K8s.Container {
      var container = K8s.Container(name: "c")
      container.resources = K8s.ResourceRequirements(
        requests: request.map { ["nvidia.com/gpu": Quantity($0), "cpu": Quantity(4)] },
        limits: limit.map { ["nvidia.com/gpu": Quantity($0)] })
      return container
    }
    var spec = K8s.PodSpec(containers: [container(1, 1), container(nil, 2), container(nil, nil)])
    #expect(GPUResource.requests(of: spec) == ["nvidia.com/gpu": 3])
    spec.initContainers = [container(nil, 2), container(nil, 4)]
    #expect(GPUResource.requests(of: spec) == ["nvidia.com/gpu": 4])
    var sidecar = container(2, 2)
    sidecar.restartPolicy = "Always"
    spec.initContainers = [container(nil, 4), sidecar, container(nil, 3)]
    #expect(GPUResource.requests(of: spec) == ["nvidia.com/gpu": 5])
    spec.initContainers = [sidecar, container(nil, 6)]
    #expect(GPUResource.requests(of: spec) == ["nvidia.com/gpu": 8])
    #expect(GPUResource.requests(of: nil) == [:])
  }

  @Test("one change at a time gives the same as all at once, in any order")
  func incremental() {
    var random = SystemRandomNumberGenerator()
    var nodes: [String: K8s.Node] = [:]
    var pods: [String: K8s.Pod] = [:]
    var inventory = GPUInventory()
    for step in 0..<3_000 {
      let node = "n\(Int.random(in: 0..<5, using: &random))"
      let pod = "p\(Int.random(in: 0..<20, using: &random))"
      switch Int.random(in: 0..<10, using: &random) {
      case 0:
        nodes[node] = nil
        inventory.removeNode(node)
      case 1, 2:
        let value = K8s.Node.gpu(
          node, Int.random(in: 0...8, using: &random),
          product: ["A", "B", nil].randomElement(using: &random) ?? nil,
          isReady: Bool.random(using: &random))
        nodes[node] = value
        inventory.set(value)
      case 3, 4:
        pods[pod] = nil
        inventory.removePod(uid: pod)
      case 5 where step % 50 == 0:
        for uid in pods.keys { inventory.removePod(uid: uid) }
        pods = [:]
      default:
        let value = K8s.Pod.gpu(
          pod, on: Bool.random(using: &random) ? node : nil, Int.random(in: 0...8, using: &random),
          phase: ["Running", "Pending", "Failed"].randomElement(using: &random) ?? "")
        pods[pod] = value
        inventory.set(value)
      }
      #expect(
        inventory.totals
          == GPUInventory(nodes: Array(nodes.values), pods: Array(pods.values)).totals)
    }
    #expect(inventory == GPUInventory(nodes: Array(nodes.values), pods: Array(pods.values)))
  }

  @Test("absurd quantities do not trap")
  func absurd() throws {
    var node = K8s.Node.gpu("a", 1)
    node.status?.allocatable = [
      "nvidia.com/gpu": try #require(Quantity("9E")), "amd.com/gpu": try #require(Quantity("-3")),
    ]
    var pods: [K8s.Pod] = []
    for index in 0..<10 { pods.append(.gpu("\(index)", on: "a", Int.max / 1_000_000_000)) }
    let inventory = GPUInventory(nodes: [node, node], pods: pods)
    #expect(inventory.totals.total > 0)
    let assignment = GPUAssignment(
      template: pods[0].spec, replicas: .max, pods: pods, inventory: inventory)
    #expect(assignment.requested == .max)
  }

  @Test("a model's GPUs: asked for, and where")
  func assignment() {
    let inventory = GPUInventory(nodes: [.gpu("a", 8), .gpu("b", 8, product: nil)], pods: [])
    let assignment = GPUAssignment(
      template: K8s.Pod.gpu("t", on: nil, 2).spec, replicas: 4,
      pods: [
        .gpu("1", on: "b", 2), .gpu("2", on: "a", 2), .gpu("3", on: "a", 2), .gpu("4", on: nil, 2),
        .gpu("5", on: "a", 2, phase: "Failed"),
      ], inventory: inventory)
    #expect(assignment.perReplica == 2)
    #expect(assignment.requested == 8)
    #expect(assignment.assigned == 6)
    #expect(
      assignment.placements == [
        .init(node: "a", product: "NVIDIA-H200", count: 4),
        .init(node: "b", product: nil, count: 2),
      ])
    #expect(assignment.products == ["NVIDIA-H200"])
  }
}
