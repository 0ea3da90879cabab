import FoundationEssentials
import Kubernetes
import ModelCore
import Testing

/// Where a model could go now: what the scheduler would find, in words.
@Suite("GPU fit")
struct GPUFitTests {
  private func request(_ gpus: Int) -> FitRequest {
    var request = CreateRequest(name: "m", image: "i:1", command: ["vllm"])
    request.gpuCount = gpus
    return FitRequest(request)
  }

  private func fit(
    _ gpus: Int, _ nodes: [K8s.Node], _ pods: [K8s.Pod] = [],
    loads: [(String, PodLoad)] = []
  ) -> GPUFit {
    var inventory = GPUInventory(nodes: nodes, pods: pods)
    for (node, load) in loads { inventory.count(load, on: node, sign: 1) }
    return GPUFit(of: request(gpus), on: inventory.all)
  }

  private func why(_ fit: GPUFit, _ node: String) -> String? {
    fit.places.first { $0.node == node }?.text
  }

  @Test("the request of a model: GPUs, one CPU, two GiB, and the toleration of our pods")
  func ofARequest() {
    let request = request(4)
    #expect(request.gpus == ["nvidia.com/gpu": 4])
    #expect(request.cpuMilli == 1_000)
    #expect(request.memory == 2 << 30)
    #expect(request.tolerations.map(\.key) == ["nvidia.com/gpu"])
    #expect(self.request(0).gpus.isEmpty)
  }

  @Test("the tightest node comes first")
  func fits() {
    let fit = fit(
      2, [.gpu("a", 8), .gpu("b", 8), .gpu("c", 8)], [.gpu("1", on: "b", 6), .gpu("2", on: "c", 7)])
    #expect(fit.fitting.map(\.node) == ["b", "a"])
    #expect(fit.summary == "fits now on 2 nodes: b (2 free), a (8 free)")
    #expect(why(fit, "c") == "1 of 8 free")
  }

  @Test("the nearest miss names what is free in total and on one node")
  func nearestMiss() {
    let nodes = ["a", "b", "c", "d"].map { K8s.Node.gpu($0, 8) }
    let pods = ["a", "b", "c", "d"].map { K8s.Pod.gpu($0, on: $0, 6) }
    #expect(
      fit(4, nodes, pods).summary
        == "no node has 4 free GPUs now: 8 free in total, at most 2 on one node")
    #expect(
      fit(4, nodes + [.gpu("x", 8, isReady: false), .gpu("y", 8, isCordoned: true)], pods).summary
        == "no node has 4 free GPUs now: 8 free in total, at most 2 on one node; "
        + "1 not ready, 1 cordoned")
    #expect(
      fit(9, nodes, pods).summary == "no node has 9 GPUs: the largest, a, has 8 in all")
    #expect(
      fit(1, [.gpu("a", 2)], [.gpu("1", on: "a", 2)]).summary
        == "no GPU is free now: all 2 are in use")
    #expect(fit(1, []).summary == "the cluster has no nodes")
    #expect(
      fit(1, [.gpu("a", 8, isReady: false)]).summary
        == "no node has GPUs that it could use: 1 not ready")
  }

  @Test(
    "taints keep away what does not tolerate them",
    arguments: [
      ("nvidia.com/gpu", "present", "NoSchedule", true),
      ("nvidia.com/gpu", nil, "NoExecute", false),
      ("dedicated", "team-b", "NoSchedule", false), ("dedicated", nil, "PreferNoSchedule", true),
      ("node.kubernetes.io/memory-pressure", nil, "NoSchedule", false),
    ])
  func taints(key: String, value: String?, effect: String, fits: Bool) throws {
    var node = K8s.Node.gpu("a", 8)
    node.spec?.taints = [try taint(key, value, effect)]
    let fit = fit(1, [node])
    #expect(fit.fitting.isEmpty != fits)
    if !fits {
      let shown = value.map { "\(key)=\($0)" } ?? key
      #expect(why(fit, "a") == "tainted \(shown):\(effect)")
      #expect(fit.summary == "no node has GPUs that it could use: 1 tainted")
    }
  }

  private func taint(_ key: String, _ value: String?, _ effect: String) throws -> K8s.Node.Taint {
    var json: JSONValue = ["key": .string(key), "effect": .string(effect)]
    if let value { json["value"] = .string(value) }
    return try JSONCoding.decoder.decode(
      K8s.Node.Taint.self, from: JSONCoding.encoder.encode(json))
  }

  @Test("a cordoned node is cordoned, whatever taint that gives it")
  func cordonedTaint() throws {
    var node = K8s.Node.gpu("a", 8, isCordoned: true)
    node.spec?.taints = [try taint("node.kubernetes.io/unschedulable", nil, "NoSchedule")]
    #expect(why(fit(1, [node]), "a") == "cordoned")
  }

  @Test("a pod's own tolerations and node selector count")
  func podSpec() throws {
    var spec = K8s.PodSpec(containers: [])
    spec.tolerations = [K8s.Toleration(key: nil, operator: "Exists")]
    spec.nodeSelector = ["pool": "gpu"]
    var node = K8s.Node.gpu("a", 8)
    node.spec?.taints = [try taint("dedicated", "x", "NoExecute")]
    node.metadata.labels?["pool"] = "gpu"
    let nodes = GPUInventory(nodes: [node, .gpu("b", 8)], pods: []).all
    let fit = GPUFit(of: FitRequest(podSpec: spec), on: nodes)
    #expect(fit.fitting.map(\.node) == ["a"])
    #expect(why(fit, "b") == "has not the label pool=gpu")
  }

  @Test("MIG slices under their own names are no GPUs")
  func mixedMIG() {
    let fit = fit(
      1, [.gpu("a", 7, resource: "nvidia.com/mig-1g.5gb"), .gpu("b", 4, resource: "amd.com/gpu")])
    #expect(why(fit, "a") == "offers 7 nvidia.com/mig-1g.5gb, and nvidia.com/gpu is asked for")
    #expect(why(fit, "b") == "offers 4 amd.com/gpu, and nvidia.com/gpu is asked for")
    #expect(fit.summary == "no node has GPUs that it could use: 2 with other GPUs")
  }

  @Test("MIG slices that count as GPUs are told as slices")
  func singleMIG() {
    let node = K8s.Node.gpu("a", 7, product: "NVIDIA-A100-SXM4-40GB-MIG-1g.5gb")
    #expect(fit(1, [node]).summary == "fits now only as a MIG slice (1g.5gb), not a whole GPU: a")
    #expect(
      fit(2, [node]).summary
        == "fits now only as MIG slices (1g.5gb): one server uses one of them: a")
    #expect(fit(1, [node, .gpu("b", 1)]).fitting.map(\.node) == ["b"])
  }

  @Test("shared GPUs are told as shares, however the labels say it")
  func shared() {
    var sliced = K8s.Node.gpu("a", 32, product: "NVIDIA-L4-SHARED")
    sliced.metadata.labels?["nvidia.com/gpu.replicas"] = "4"
    var renamed = K8s.Node.gpu("b", 8, product: "Tesla-T4")
    renamed.metadata.labels?["nvidia.com/gpu.sharing-strategy"] = "mps"
    renamed.metadata.labels?["nvidia.com/gpu.count"] = "2"
    #expect(
      fit(1, [sliced]).summary
        == "fits now only as a share of a GPU and of its memory (time-sliced, 4 to each GPU): a")
    #expect(
      why(fit(2, [renamed]), "b")
        == "only shares (MPS, 4 to each GPU): several may be of one GPU")
    var whole = K8s.Node.gpu("c", 8)
    whole.metadata.labels?["nvidia.com/gpu.replicas"] = "1"
    whole.metadata.labels?["nvidia.com/gpu.sharing-strategy"] = "none"
    #expect(fit(2, [sliced, whole]).fitting.map(\.node) == ["c"])
  }

  @Test("CPU, memory and the number of pods count where the node says what it has")
  func otherResources() {
    func node(_ name: String) -> K8s.Node {
      var node = K8s.Node.gpu(name, 8)
      node.status?.allocatable?["cpu"] = Quantity("3500m")
      node.status?.allocatable?["memory"] = Quantity("8Gi")
      node.status?.allocatable?["pods"] = Quantity("3")
      return node
    }
    let fit = fit(
      1, [node("a"), node("b"), node("c"), node("d")],
      loads: [
        ("a", PodLoad(cpuMilli: 3_000)), ("b", PodLoad(memory: 7 << 30)), ("c", PodLoad()),
        ("c", PodLoad()), ("c", PodLoad()), ("d", PodLoad(cpuMilli: 2_500, memory: 6 << 30)),
      ])
    #expect(why(fit, "a") == "0.5 CPU free, 1 asked for")
    #expect(why(fit, "b") == "1 GiB memory free, 2 GiB asked for")
    #expect(why(fit, "c") == "has its 3 pods")
    #expect(fit.fitting.map(\.node) == ["d"])
  }

  @Test("a model without GPUs goes to any node that takes it")
  func cpuModel() {
    let fit = fit(0, [.gpu("a", 8), .gpu("b", 0, isCordoned: true)], [.gpu("1", on: "a", 8)])
    #expect(fit.summary == "fits now on 1 node: a")
  }

  @Test(
    "what a pod asks for: init containers run one by one, sidecars stay, limits stand in for requests"
  )
  func podLoad() throws {
    func container(_ cpu: String, limit: Bool = false) throws -> K8s.Container {
      var container = K8s.Container(name: "c")
      let list = ["cpu": try #require(Quantity(cpu))]
      container.resources = K8s.ResourceRequirements(
        requests: limit ? nil : list, limits: limit ? list : nil)
      return container
    }
    var spec = K8s.PodSpec(containers: [try container("500m"), try container("1", limit: true)])
    #expect(PodLoad(spec).cpuMilli == 1_500)
    var sidecar = try container("250m")
    sidecar.restartPolicy = "Always"
    spec.initContainers = [sidecar, try container("2")]
    #expect(PodLoad(spec).cpuMilli == 2_250)
  }

  @Test("absurd numbers do not trap")
  func absurd() {
    var node = K8s.Node.gpu("a", 1)
    node.status?.allocatable?["nvidia.com/gpu"] = Quantity("9E")
    node.status?.allocatable?["memory"] = Quantity("9E")
    let load = PodLoad(cpuMilli: .max, memory: .max)
    let fit = fit(1_024, [node], loads: [("a", load), ("a", load), ("gone", load)])
    #expect(fit.places.count == 1)
  }

  @Test("GPUs are counted by product; what no pod can get is not free")
  func stocks() {
    let nodes: [K8s.Node] = [
      .gpu("a", 8, product: "H200"), .gpu("b", 8, product: "H200"), .gpu("c", 4, product: "L4"),
      .gpu("d", 8, product: "H200", isCordoned: true),
      .gpu("e", 2, product: "T4", isReady: false),
    ]
    let fit = fit(4, nodes, [.gpu("1", on: "b", 6)])
    #expect(
      fit.stocks == [
        .init(product: "H200", free: 10, total: 16, unavailable: 8),
        .init(product: "L4", free: 4, total: 4),
        .init(product: "T4", free: 0, total: 0, unavailable: 2),
      ])
    #expect(self.fit(0, nodes).stocks.isEmpty)
  }
}
