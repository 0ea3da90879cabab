import FoundationEssentials
import Kubernetes
import ModelCore
import Testing

@Suite("Reconcile planner")
struct ReconcilePlannerTests {
  private let fixture = ModelFixture(token: "hf_secret_token")

  private func plan(_ observed: ObservedModel) -> ReconcilePlan {
    ReconcilePlanner.plan(for: observed)
  }

  @Test func asksForNothingWhenAllIsAsItShouldBe() throws {
    #expect(plan(try fixture.observed()).isEmpty)
    #expect(plan(try ModelFixture(storage: 0).observed()).isEmpty)
  }

  /// What the planner compares goes through the typed kinds: a field that they do not know would never be repaired.
  @Test func theTypedKindsHoldEveryFieldThatWeOwn() throws {
    let manifests = fixture.manifests
    let pairs: [(JSONValue, JSONValue)] = [
      (
        try manifests.deployment(),
        try JSONCoding.decode(K8s.Deployment.self, from: manifests.deployment()).manifest()
      ),
      (
        try manifests.service(owner: fixture.owner),
        try JSONCoding.decode(K8s.Service.self, from: manifests.service(owner: fixture.owner))
          .manifest()
      ),
    ]
    for (desired, typed) in pairs { #expect(desired == typed) }
  }

  // MARK: What is missing

  enum Child: String, CaseIterable, CustomTestStringConvertible {
    case service = "Service llama-7b"
    case claim = "PersistentVolumeClaim llama-7b-storage"
    case monitor = "ServiceMonitor llama-7b"

    var testDescription: String { rawValue }

    func set(_ observed: inout ObservedModel, unknown: Bool) {
      switch self {
      case .service: observed.service = unknown ? .unknown : .absent
      case .claim: observed.claim = unknown ? .unknown : .absent
      case .monitor: observed.serviceMonitor = unknown ? .unknown : .absent
      }
    }
  }

  @Test(arguments: Child.allCases)
  func createsWhatIsMissing(_ child: Child) throws {
    var observed = try fixture.observed()
    child.set(&observed, unknown: false)
    let plan = plan(observed)
    #expect(plan.drift == ["\(child.rawValue) is missing"])
    #expect(plan.actions.map(\.intent) == [.create])
    let owners = plan.actions.first?.manifest["metadata", "ownerReferences"]?.arrayValue
    #expect(owners?.first?["uid"] == .string(fixture.uid))
  }

  @Test(arguments: Child.allCases)
  func concludesNothingFromWhatItMayNotRead(_ child: Child) throws {
    var observed = try fixture.observed()
    child.set(&observed, unknown: true)
    #expect(plan(observed).isEmpty)
  }

  @Test func wantsNoServiceMonitorWhereThereAreNone() throws {
    var observed = try fixture.observed()
    observed.serviceMonitor = .absent
    observed.servesServiceMonitors = false
    #expect(plan(observed).isEmpty)
  }

  /// Whether it is gone or only lost its label is found out on the server.
  @Test func looksForATokenThatIsNotSeen() throws {
    var observed = try fixture.observed()
    observed.secret = .absent
    let plan = plan(observed)
    #expect(plan.drift == ["Secret llama-7b-hf-token is missing"])
    #expect(plan.actions.first?.manifest["stringData"] == nil)
  }

  // MARK: Drift of the Deployment

  private static let template = ["spec", "template", "spec"]

  struct Drift: CustomTestStringConvertible {
    var field: String
    var change: @Sendable (inout JSONValue) -> Void
    var testDescription: String { field }

    init(_ field: String, _ change: @escaping @Sendable (inout JSONValue) -> Void) {
      self.field = field
      self.change = change
    }

    /// Changes the one container.
    static func container(
      _ field: String, _ change: @escaping @Sendable (inout JSONValue) -> Void
    ) -> Drift {
      Drift("spec.template.spec.containers[vllm-openai].\(field)") { json in
        var containers =
          json[path: ReconcilePlannerTests.template + ["containers"]]?.arrayValue ?? []
        change(&containers[0])
        json[path: ReconcilePlannerTests.template + ["containers"]] = .array(containers)
      }
    }
  }

  static let drifts: [Drift] = [
    Drift("metadata.labels.model.aibrix.ai/name") {
      $0["metadata", "labels", "model.aibrix.ai/name"] = "other"
    },
    Drift("metadata.labels.model.aibrix.ai/port") {
      $0["metadata", "labels", "model.aibrix.ai/port"] = nil
    },
    Drift("spec.template.metadata.labels.jan-server.menlo.ai/organization") {
      $0["spec", "template", "metadata", "labels", "jan-server.menlo.ai/organization"] = "2"
    },
    Drift("spec.template.metadata.annotations.prometheus.io/port") {
      $0["spec", "template", "metadata", "annotations", "prometheus.io/port"] = "1"
    },
    Drift("spec.strategy.type") { $0["spec", "strategy", "type"] = "RollingUpdate" },
    Drift("spec.progressDeadlineSeconds") { $0["spec", "progressDeadlineSeconds"] = 600 },
    Drift("spec.template.spec.automountServiceAccountToken") {
      $0[path: template + ["automountServiceAccountToken"]] = true
    },
    Drift("spec.template.spec.tolerations") { $0[path: template + ["tolerations"]] = nil },
    Drift("spec.template.spec.volumes[shm]") { json in
      let volumes = json[path: template + ["volumes"]]?.arrayValue ?? []
      json[path: template + ["volumes"]] = .array(volumes.filter { $0["name"] != "shm" })
    },
    .container("image") { $0["image"] = "vllm/vllm-openai:latest" },
    .container("imagePullPolicy") { $0["imagePullPolicy"] = "Always" },
    .container("command") { $0["command"] = ["sh"] },
    .container("ports[8000]") { $0["ports"] = [["containerPort": 9000, "protocol": "TCP"]] },
    .container("resources.limits.nvidia.com/gpu") {
      $0["resources", "limits", "nvidia.com/gpu"] = "2"
    },
    .container("resources.requests.memory") { $0["resources", "requests", "memory"] = "4Gi" },
    .container("env[HF_TOKEN]") { $0["env"] = nil },
    .container("volumeMounts[/dev/shm]") { container in
      let mounts = container["volumeMounts"]?.arrayValue ?? []
      container["volumeMounts"] = .array(mounts.filter { $0["mountPath"] != "/dev/shm" })
    },
    .container("readinessProbe.initialDelaySeconds") {
      $0["readinessProbe", "initialDelaySeconds"] = 5
    },
    .container("livenessProbe.httpGet.path") { $0["livenessProbe", "httpGet", "path"] = "/" },
    .container("startupProbe") { $0["startupProbe"] = nil },
  ]

  @Test(arguments: drifts)
  func repairsTheDeployment(_ drift: Drift) throws {
    let plan = plan(try fixture.observed(drift.change))
    #expect(plan.actions.map(\.intent) == [.repair(fields: [drift.field])])
    #expect(plan.actions.first?.manifest["metadata", "uid"] == .string(fixture.uid))
    #expect(plan.actions.first?.manifest["spec", "replicas"] == nil)
  }

  static let noDrifts: [Drift] = [
    Drift("replicas are the operator's") { $0["spec", "replicas"] = 0 },
    Drift("labels of others") { $0["metadata", "labels", "team"] = "a" },
    Drift("annotations of others") {
      $0["metadata", "annotations", "deployment.kubernetes.io/revision"] = "4"
    },
    Drift("a restart by kubectl") {
      $0["spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/restartedAt"] = "x"
    },
    Drift("defaults of the server") {
      $0["spec", "revisionHistoryLimit"] = 10
      $0[path: template + ["restartPolicy"]] = "Always"
      $0[path: template + ["schedulerName"]] = "default-scheduler"
    },
    Drift("tolerations that admission adds") { json in
      let own = json[path: template + ["tolerations"]]?.arrayValue ?? []
      json[path: template + ["tolerations"]] = .array(
        [["key": "spot", "operator": "Exists"]] + own)
    },
    Drift("a sidecar that a webhook puts first") { json in
      let own = json[path: template + ["containers"]]?.arrayValue ?? []
      json[path: template + ["containers"]] = .array([["name": "aibrix-runtime"]] + own)
    },
    .container("another spelling of a quantity") {
      $0["resources", "requests", "memory"] = "2048Mi"
      $0["resources", "requests", "cpu"] = "1000m"
    },
    .container("variables of others") { container in
      container["env"] = .array(
        (container["env"]?.arrayValue ?? []) + [["name": "EXTRA", "value": "1"]])
    },
    .container("probe defaults") { $0["readinessProbe", "successThreshold"] = 1 },
  ]

  @Test(arguments: noDrifts)
  func leavesAlone(_ drift: Drift) throws {
    #expect(plan(try fixture.observed(drift.change)).isEmpty)
  }

  // MARK: Drift of the children

  @Test func repairsTheServicesPortAndSelector() throws {
    var observed = try fixture.observed()
    guard var service = observed.service.value else { return }
    service.spec?.selector = ["app": "other"]
    service.spec?.ports = [K8s.Service.Port(name: "serve", port: 8000, targetPort: .int(1))]
    service.metadata.uid = "uid-service"
    observed.service = .present(service)
    let plan = plan(observed)
    #expect(
      plan.actions.map(\.intent) == [
        .repair(fields: [
          "spec.ports[8000].targetPort", "spec.selector.app", "spec.selector.model.aibrix.ai/name",
        ])
      ])
    #expect(plan.actions.first?.manifest["metadata", "uid"] == "uid-service")
  }

  @Test func repairsAnOwnerReferenceThatWasTakenOff() throws {
    var observed = try fixture.observed()
    observed.service.modify { $0.metadata.ownerReferences = nil }
    observed.claim.modify { $0.metadata.ownerReferences = nil }
    observed.serviceMonitor.modify { $0.metadata.ownerReferences = nil }
    observed.secret.modify { $0.metadata.ownerReferences = nil }
    let plan = plan(observed)
    #expect(plan.obstacles.isEmpty)
    #expect(plan.actions.count == 4)
    for action in plan.actions {
      #expect(action.intent == .repair(fields: ["metadata.ownerReferences[uid-model]"]))
    }
  }

  @Test func neverShrinksOrChangesAVolume() throws {
    var observed = try fixture.observed()
    observed.claim.modify {
      $0.spec?.resources?.requests = ["storage": Quantity(200_000_000_000)]
      $0.spec?.storageClassName = "fast"
    }
    #expect(plan(observed).isEmpty)
  }

  /// Server-side apply takes away what it applied before and is left out now, and a claim may not lose its fields.
  @Test func repairsAClaimWithTheSpecificationThatItHas() throws {
    var observed = try fixture.observed()
    observed.claim.modify {
      $0.metadata.ownerReferences = nil
      $0.spec?.resources?.requests = ["storage": Quantity(200_000_000_000)]
    }
    let manifest = try #require(plan(observed).actions.first?.manifest)
    #expect(manifest["spec", "resources", "requests", "storage"] == "200000000000")
    #expect(manifest["spec", "accessModes"] == ["ReadWriteOnce"])
    #expect(manifest["spec", "storageClassName"] == nil)
  }

  @Test func neverPutsATokenIntoAnAction() throws {
    var observed = try fixture.observed()
    observed.secret.modify { $0.metadata.labels = [:] }
    let action = try #require(plan(observed).actions.first)
    #expect(action.kind == K8s.Secret.resourceKind)
    #expect(action.manifest["stringData"] == nil && action.manifest["data"] == nil)
  }

  // MARK: What is not ours

  @Test func namesAForeignServiceAndLeavesIt() throws {
    var observed = try fixture.observed()
    observed.service.modify {
      $0.metadata.ownerReferences = nil
      $0.metadata.labels = ["team": "a"]
    }
    let plan = plan(observed)
    #expect(plan.actions.isEmpty)
    #expect(plan.obstacles == ["Service llama-7b is not of this model and stays untouched"])
  }

  @Test func doesNotTakeBackAVolumeThatWasKept() throws {
    var observed = try fixture.observed()
    observed.claim.modify {
      $0.metadata.ownerReferences = nil
      $0.metadata.annotations = [Ownership.keptAnnotation: "llama-7b"]
    }
    #expect(plan(observed).actions.isEmpty)
  }

  @Test func waitsForWhatAnEarlierModelLeft() throws {
    var observed = try fixture.observed()
    observed.service.modify {
      $0.metadata.ownerReferences = [ModelManifests.owner(name: "llama-7b", uid: "uid-before")]
    }
    let plan = plan(observed)
    #expect(plan.actions.isEmpty && plan.obstacles.count == 1)
  }

  @Test func leavesAloneWhatIsBeingDeleted() throws {
    var observed = try fixture.observed()
    observed.service = .absent
    observed.deployment.metadata.deletionTimestamp = ModelFixture.now
    #expect(plan(observed).isEmpty)
  }

  @Test func leavesUnmanagedDeploymentsAlone() throws {
    var observed = try fixture.observed {
      $0["metadata", "labels", "app.kubernetes.io/managed-by"] = "Helm"
    }
    observed.service = .absent
    #expect(plan(observed).isEmpty)
  }

  @Test func saysWhyAModelCannotBeRepaired() throws {
    let observed = try fixture.observed {
      $0["metadata", "annotations", "jan-server.menlo.ai/spec"] = nil
    }
    #expect(
      plan(observed).obstacles == [
        "not repaired: the annotation jan-server.menlo.ai/spec is missing"
      ])
  }

  @Test func readsTheOrganizationFromThePodsWhenTheDeploymentLostIt() throws {
    let observed = try fixture.observed {
      $0["metadata", "labels", "jan-server.menlo.ai/organization"] = nil
    }
    #expect(
      plan(observed).actions.map(\.intent) == [
        .repair(fields: ["metadata.labels.jan-server.menlo.ai/organization"])
      ])
  }
}

extension Observed {
  mutating func modify(_ change: (inout Value) -> Void) {
    guard var value else { return }
    change(&value)
    self = .present(value)
  }
}
