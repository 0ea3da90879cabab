import Foundation
import Kubernetes
import KubernetesClient
import ModelCore
import Synchronization
import Testing

/// Counts what is written, so that a test can tell that nothing was.
private final class CountingAPI: ClusterAPI {
  private let api: any ClusterAPI
  private let count = Mutex(0)

  init(_ api: any ClusterAPI) { self.api = api }

  var writes: Int { count.withLock { $0 } }

  func perform(_ request: APIRequest) async throws -> APIResponse {
    if request.method != .get { count.withLock { $0 += 1 } }
    return try await api.perform(request)
  }

  func lines(_ request: APIRequest) async throws -> AsyncThrowingStream<Data, any Error> {
    try await api.lines(request)
  }
}

/// The product at work in one namespace: observer, operations and reconciler, as the program wires them.
private struct Product: Sendable {
  let site: Site
  let observer: ClusterObserver
  let operations: ModelOperations
  let reconciler: Reconciler
  let repairs: CountingAPI
  /// Unlike any other: names of models are unique in a cluster.
  let name = "m-" + Site.suffix()

  var id: ModelID { ModelID(namespace: site.namespace, name: name) }

  static func with(
    _ target: Target, _ body: @Sendable @escaping (Product) async throws -> Void
  ) async throws {
    try await Site.with(target) { site in
      // Its own as well: an observer sees, and a reconciler repairs, its organization's models in all namespaces.
      let organization = Site.suffix()
      let observer = ClusterObserver(
        api: site.api, settings: .init(organization: organization, namespace: site.namespace))
      var settings = ModelOperations.Settings(
        organization: organization, namespace: site.namespace, user: "tester")
      settings.deleteLimit = .seconds(60)
      let repairs = CountingAPI(site.api)
      let busy = BusyModels()
      let product = Product(
        site: site, observer: observer,
        operations: ModelOperations(
          api: site.api, observer: observer, settings: settings, busy: busy),
        reconciler: Reconciler(api: repairs, observer: observer, busy: busy), repairs: repairs)
      try await withThrowingTaskGroup { group in
        group.addTask { await observer.run() }
        defer { group.cancelAll() }
        group.addTask { try await body(product) }
        // The body's end is the test's: the observer runs until it is cancelled.
        try await group.next()
      }
    }
  }

  func request(image: String = "vllm:ok", gpus: Int = 0, storage: Int = 0) -> CreateRequest {
    var request = CreateRequest(
      name: name, image: image,
      command: ["vllm", "serve", "org/model", "--port", "8080", "--served-model-name", name])
    request.gpuCount = gpus
    request.storageSize = storage
    request.initialDelaySeconds = 10
    return request
  }

  func create(_ request: CreateRequest, sourceLocation: SourceLocation = #_sourceLocation) async {
    let result = await operations.create(request)
    #expect(
      result == .succeeded("created model \(name) in namespace \(site.namespace)"),
      sourceLocation: sourceLocation)
  }

  /// Waits until the stream of updates tells that the model is so.
  func told(
    _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: @Sendable @escaping (Model) -> Bool
  ) async {
    let id = id
    let updates = await observer.updates()
    let came = await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        for await update in updates {
          if update.changed.contains(where: { $0.id == id && condition($0) }) { return true }
        }
        return false
      }
      group.addTask {
        try? await Task.sleep(for: .seconds(60))
        return false
      }
      let first = await group.next() ?? false
      group.cancelAll()
      return first
    }
    let model = await observer.model(id)
    #expect(
      came,
      "\(what) was not told; last: \(model?.status.rawValue ?? "none") \(model?.reason ?? "")",
      sourceLocation: sourceLocation)
  }

  /// Repairs what is open until the condition holds.
  func repaired(
    _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
  ) async {
    await reaches(what, sourceLocation: sourceLocation) {
      await reconciler.tick()
      return try await condition()
    }
  }

  /// Waits until the observer sees nothing to repair.
  func settles(sourceLocation: SourceLocation = #_sourceLocation) async {
    await reaches("nothing is open", sourceLocation: sourceLocation) {
      let plans = await observer.openPlans
      guard plans.isEmpty else { throw Open(drift: plans.flatMap(\.drift)) }
      return true
    }
  }

  struct Open: Error { var drift: [String] }

  static let children: [(ResourceKind, String)] = [
    (.service, ""), (.claim, "-storage"), (.secret, "-hf-token"), (.serviceMonitor, ""),
  ]
}

@Suite("The product on a cluster", .timeLimit(.minutes(15)))
struct ProductTests {
  private static let token = "hf_conformanceTokenOfNobody"

  private func completeRequest(_ product: Product) -> CreateRequest {
    var request = product.request(gpus: 1, storage: 1)
    request.displayName = "A model"
    request.modelDescription = "For tests"
    request.tags = ["one", "two"]
    request.huggingFaceToken = HuggingFaceToken(Self.token)
    return request
  }

  @Test(arguments: Target.all)
  func createMakesEveryObject(_ target: Target) async throws {
    try await Product.with(target) { product in
      await product.create(completeRequest(product))
      let site = product.site
      let deployment = try await site.get(.deployment, product.name)
      let labels: JSONValue = [
        "app.kubernetes.io/managed-by": "jan-server", "model.aibrix.ai/name": .string(product.name),
        "jan-server.menlo.ai/organization": .string(product.operations.settings.organization),
      ]
      for (kind, ending) in Product.children {
        let child = try await site.get(kind, product.name + ending)
        for (key, value) in labels.objectValue ?? [:] {
          #expect(child["metadata", "labels", key] == value, "\(kind.kind) \(key)")
        }
        let owners = child["metadata", "ownerReferences"]?.arrayValue ?? []
        #expect(owners.map { $0["uid"] } == [.string(deployment.uid)], "\(kind.kind)")
        #expect(owners.first?["kind"] == "Deployment" && owners.first?["controller"] == true)
        let text = String(decoding: try child.json.encoded(), as: UTF8.self)
        #expect(!text.contains(Self.token))
      }
      let text = String(decoding: try deployment.json.encoded(), as: UTF8.self)
      #expect(!text.contains(Self.token))
      let secret = try await site.get(.secret, product.name + "-hf-token")
      #expect(
        secret["data", "token"]
          == .string(Data(Self.token.utf8).base64EncodedString()))
      expectMetadata(of: deployment, labels: labels)
      let service = try await site.get(.service, product.name)
      #expect(service["spec", "ports"]?.arrayValue?.first?["port"] == 8080)
      #expect(service["spec", "selector"] == ["model.aibrix.ai/name": .string(product.name)])
      let claim = try await site.get(.claim, product.name + "-storage")
      #expect(claim["spec", "resources", "requests", "storage"] == "1Gi")
      await product.told("running") { $0.status == .running && $0.gpu.assigned == 1 }
      let model = await product.observer.model(product.id)
      #expect(
        model?.endpoint == "http://\(product.name).\(site.namespace).svc.cluster.local:8080")
      #expect(model?.drift == [])
      let pods = try await site.list(.pod)
      for pod in pods {
        let text = String(decoding: try pod.json.encoded(), as: UTF8.self)
        #expect(!text.contains(Self.token))
        #expect(pod["metadata", "labels", "model.aibrix.ai/port"] == "8080")
      }
    }
  }

  private func expectMetadata(of deployment: UnstructuredObject, labels: JSONValue) {
    for (key, value) in labels.objectValue ?? [:] {
      #expect(deployment["metadata", "labels", key] == value)
      #expect(deployment["spec", "template", "metadata", "labels", key] == value)
    }
    #expect(deployment["metadata", "labels", "model.aibrix.ai/port"] == "8080")
    func annotation(_ name: String) -> JSONValue? {
      deployment["metadata", "annotations", "jan-server.menlo.ai/" + name]
    }
    #expect(annotation("display-name") == "A model")
    #expect(annotation("description") == "For tests")
    #expect(annotation("tags") == "[\"one\",\"two\"]")
    #expect(annotation("created-by") == "tester")
    #expect(annotation("spec")?.stringValue?.contains("\"image\"") == true)
    #expect(annotation("updated-at") != nil)
  }

  @Test(
    arguments: Target.all,
    [
      ("crash:1", ModelStatus.crashLoopBackOff), ("nopull:1", .failed), ("noready:1", .creating),
    ])
  func statusOfAModelThatDoesNotServe(
    _ target: Target, _ row: (image: String, status: ModelStatus)
  ) async throws {
    try await Product.with(target) { product in
      await product.create(product.request(image: row.image))
      await product.told(row.status.rawValue) { $0.status == row.status && !$0.reason.isEmpty }
    }
  }

  @Test(arguments: Target.all)
  func nineGPUsArePending(_ target: Target) async throws {
    try await Product.with(target) { product in
      await product.create(product.request(gpus: 9))
      await product.told("pending for GPUs") {
        $0.status == .pending && $0.reason.contains("nvidia.com/gpu")
          && $0.reason.contains("the largest node has 8")
      }
    }
  }

  @Test(arguments: Target.all)
  func aServiceDeletedByHandIsBack(_ target: Target) async throws {
    try await Product.with(target) { product in
      await product.create(product.request())
      let old = try await product.site.get(.service, product.name)
      try await product.site.delete(.service, product.name)
      await product.repaired("the Service is back") {
        try await product.site.get(.service, product.name).uid != old.uid
      }
      let service = try await product.site.get(.service, product.name)
      #expect(service["spec", "ports"] != nil)
      #expect(service["metadata", "labels"] == old["metadata", "labels"])
    }
  }

  @Test(arguments: Target.all)
  func whatWasChangedByHandIsSetBackOnce(_ target: Target) async throws {
    try await Product.with(target) { product in
      await product.create(product.request())
      await product.told("running") { $0.status == .running }
      let site = product.site
      try await site.patch(
        .service, product.name,
        ["metadata": ["labels": ["app.kubernetes.io/managed-by": "somebody"]]])
      try await site.patch(
        .service, product.name,
        ["spec": ["ports": [["name": "serve", "port": 9999, "targetPort": 8080]]]])
      let deployment = try await site.get(.deployment, product.name)
      var containers = deployment["spec", "template", "spec", "containers"]?.arrayValue ?? []
      containers[0]["image"] = "other:1"
      try await site.patch(
        .deployment, product.name,
        ["spec": ["template": ["spec": ["containers": .array(containers)]]]])
      await product.repaired("all three are set back") {
        let service = try await site.get(.service, product.name)
        let deployment = try await site.get(.deployment, product.name)
        let image = deployment["spec", "template", "spec", "containers"]?.arrayValue?
          .first?["image"]
        return image == "vllm:ok"
          && service["spec", "ports"]?.arrayValue?.map { $0["port"] } == [8080]
          && service["metadata", "labels", "app.kubernetes.io/managed-by"] == "jan-server"
      }
      // Once the observer has seen the repair nothing is open, and further ticks write nothing.
      await product.settles()
      await product.told("running again") { $0.status == .running && $0.drift.isEmpty }
      let writes = product.repairs.writes
      let version = try await site.get(.service, product.name).resourceVersion
      for _ in 0..<5 { await product.reconciler.tick() }
      #expect(product.repairs.writes == writes)
      #expect(writes > 0)
      #expect(try await site.get(.service, product.name).resourceVersion == version)
    }
  }

  @Test(arguments: Target.all)
  func anUntouchedModelIsNeverWritten(_ target: Target) async throws {
    try await Product.with(target) { product in
      await product.create(completeRequest(product))
      await product.told("running") { $0.status == .running }
      await product.settles()
      for _ in 0..<5 { await product.reconciler.tick() }
      #expect(product.repairs.writes == 0)
    }
  }

  @Test(arguments: Target.all)
  func aForeignServiceIsAConflict(_ target: Target) async throws {
    try await Product.with(target) { product in
      let site = product.site
      let foreign = try await site.create(
        .service,
        [
          "metadata": ["name": .string(product.name)],
          "spec": ["selector": ["a": "b"], "ports": [["port": 1234]]],
        ])
      let result = await product.operations.create(product.request())
      guard case .failed(let failure) = result else {
        Issue.record("it was not refused: \(result)")
        return
      }
      #expect(failure.kind == .conflict && failure.field == .name)
      #expect(failure.message.contains("Service \(site.namespace)/\(product.name)"))
      #expect(try await site.get(.service, product.name) == foreign)
      #expect(try await !site.exists(.deployment, product.name))
    }
  }

  @Test(arguments: Target.all)
  func aTakenNameIsRefused(_ target: Target) async throws {
    try await Product.with(target) { product in
      await product.create(product.request())
      let before = try await product.site.get(.deployment, product.name)
      let result = await product.operations.create(product.request(image: "other:1"))
      switch result {
      case .invalid(let findings):
        #expect(findings.contains { $0.field == .name && $0.severity == .error })
      case .failed(let failure):
        #expect(failure.kind == .conflict && failure.field == .name)
      default: Issue.record("it was not refused: \(result)")
      }
      let after = try await product.site.get(.deployment, product.name)
      #expect(after.uid == before.uid && after["spec"] == before["spec"])
    }
  }

  @Test(arguments: Target.all)
  func deleteLeavesNothing(_ target: Target) async throws {
    try await Product.with(target) { product in
      await product.create(completeRequest(product))
      await product.told("running") { $0.status == .running }
      let uid = try await product.site.get(.deployment, product.name).uid
      let other = await product.operations.delete(
        product.id, uid: "00000000-0000-0000-0000-000000000000")
      guard case .failed = other else {
        Issue.record("a namesake was deleted: \(other)")
        return
      }
      let result = await product.operations.delete(product.id, uid: uid)
      guard case .succeeded = result else {
        Issue.record("it was not deleted: \(result)")
        return
      }
      let selector = "model.aibrix.ai/name=\(product.name)"
      let kinds: [ResourceKind] = [
        .deployment, .replicaSet, .pod, .service, .claim, .secret, .serviceMonitor,
      ]
      for kind in kinds {
        let left = try await product.site.list(kind, labels: selector)
        #expect(left.isEmpty, "\(kind.plural): \(left.map(\.name))")
      }
      await reaches("it is off the list") { await product.observer.model(product.id) == nil }
    }
  }

  @Test(arguments: Target.all)
  func aKeptVolumeOutlivesTheModel(_ target: Target) async throws {
    try await Product.with(target) { product in
      await product.create(product.request(storage: 1))
      await product.told("running") { $0.status == .running }
      let claim = try await product.site.get(.claim, product.name + "-storage")
      let result = await product.operations.delete(product.id, uid: nil, keepVolume: true)
      guard case .succeeded = result else {
        Issue.record("it was not deleted: \(result)")
        return
      }
      let kept = try await product.site.get(.claim, product.name + "-storage")
      #expect(kept.uid == claim.uid && kept["metadata", "deletionTimestamp"] == nil)
      #expect(try await !product.site.exists(.service, product.name))
    }
  }
}
