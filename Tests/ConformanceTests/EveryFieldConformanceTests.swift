import FoundationEssentials
import Kubernetes
import ModelCore
import Synchronization
import TestSupport
import Testing

/// Every field that we own, changed or taken away by a hand on a running cluster, one at a time: a tick puts it right.
@Suite("Every field on a cluster", .serialized)
struct EveryFieldConformanceTests {
  private static let namespace = "jan-models"

  /// One kind's object: where it is, and what of it is ours.
  private struct Owned {
    var kind: ResourceKind
    var name: String
    var manifest: JSONValue
  }

  private func make(_ session: OperationsSession) async throws -> ModelID {
    let name = "field-\(UInt32.random(in: 0..<0xffff_ffff))"
    var request = CreateRequest(
      name: name, image: "vllm/vllm-openai:v0.9.0",
      command: ["vllm", "serve", "meta/llama", "--served-model-name", name])
    request.storageSize = 1
    request.initialDelaySeconds = 1
    request.huggingFaceToken = HuggingFaceToken("hf_a_secret_token")
    try await session.provideVolume(for: request)
    let result = await session.operations.create(request)
    guard case .succeeded = result else { throw Refused(text: "\(result)") }
    // Nothing has to be rolled out for what is tested here.
    try await session.hand.mergePatch(
      .deployment, name, namespace: Self.namespace, patch: ["spec": ["replicas": 0]])
    return ModelID(namespace: Self.namespace, name: name)
  }

  private struct Refused: Error { var text: String }

  private func owned(_ session: OperationsSession, _ id: ModelID) async throws -> [Owned] {
    let deployment = try await session.hand.get(
      K8s.Deployment.self, id.name, namespace: id.namespace)
    let manifests = ModelManifests(specification: try ModelSpecification(deployment: deployment))
    let owner = ModelManifests.owner(name: id.name, uid: deployment.metadata.uid ?? "")
    var secret = try manifests.tokenSecret(owner: owner) ?? [:]
    secret["stringData"] = nil
    secret["type"] = nil
    var claim = try manifests.claim(owner: owner) ?? [:]
    claim["spec"] = nil
    return [
      Owned(
        kind: .deployment, name: id.name, manifest: try manifests.deployment(replicas: nil)),
      Owned(kind: .service, name: id.name, manifest: try manifests.service(owner: owner)),
      Owned(
        kind: .serviceMonitor, name: id.name, manifest: try manifests.serviceMonitor(owner: owner)),
      Owned(kind: .secret, name: "\(id.name)-hf-token", manifest: secret),
      Owned(kind: .claim, name: "\(id.name)-storage", manifest: claim),
    ]
  }

  /// What is decided otherwise than by a repair: whose a model is, what it is asked to be, and by which version.
  private static let elsewhere: Set<String> = [
    "Deployment metadata.labels.app.kubernetes.io/managed-by",
    "Deployment metadata.labels.jan-server.menlo.ai/organization",
    "Deployment metadata.annotations.jan-server.menlo.ai/spec",
    "Deployment metadata.annotations.jan-server.menlo.ai/display-name",
    "Deployment metadata.annotations.jan-server.menlo.ai/description",
    "Deployment metadata.annotations.jan-server.menlo.ai/tags",
    "Deployment metadata.annotations.jan-server.menlo.ai/created-by",
    "Deployment metadata.annotations.jan-server.menlo.ai/updated-by",
    "Deployment metadata.annotations.jan-server.menlo.ai/updated-at",
    "Deployment metadata.annotations.jan-server.menlo.ai/manifest-revision",
  ]

  /// Garbage collection takes an object whose owner is not there; then it is missing and made again.
  private static func isIdentityOfOwner(_ leaf: JSONLeaf) -> Bool {
    leaf.description.contains("ownerReferences")
      && ["uid", "kind", "name", "apiVersion"].contains(leaf.field)
  }

  /// What the API itself does not let anybody do: a field that has to be there, one that may not change, and one of two that belong
  /// together.
  private static func isForbidden(_ what: String) -> Bool {
    let selector = [
      "Deployment spec.selector.", "Deployment spec.template.metadata.labels.model.aibrix.ai/name",
    ]
    if selector.contains(where: what.hasPrefix) { return true }
    // Requests and limits of GPUs have to be the same; mounts and volumes have to name each other.
    if what.contains("nvidia.com/gpu ") { return true }
    if what.contains(".volumeMounts["), what.hasSuffix(".name changed") { return true }
    if what.contains(".volumes["), what.hasSuffix("].name changed") { return true }
    let required = [
      ".name", ".key", ".image", ".port", ".containerPort", ".mountPath", ".claimName",
      "ownerReferences", ".imagePullPolicy", ".type", ".ports", ".effect", ".operator",
    ]
    return what.hasSuffix(" removed") && required.contains { what.dropLast(8).hasSuffix($0) }
  }

  @Test(arguments: OperationsTarget.available)
  func isRepairedWhateverAHandDoes(_ target: OperationsTarget) async throws {
    try await OperationsSession.run(on: target) { session in
      let id = try await make(session)
      var refused: Set<String> = []
      var tried = 0
      for object in try await owned(session, id) {
        for leaf in JSONLeaf.all(of: object.manifest) {
          let text = "\(object.kind.kind) \(leaf)"
          guard !Self.elsewhere.contains(text), !Self.isIdentityOfOwner(leaf) else { continue }
          for isRemoval in [true, false] {
            if !isRemoval, leaf.otherValue == .null { continue }
            let what = "\(text) \(isRemoval ? "removed" : "changed")"
            let outcome = try await meddle(session, object) { live in
              isRemoval ? leaf.removed(from: live) : leaf.changed(in: live)
            }
            switch outcome {
            case .refused: refused.insert(what)
            case .noDifference: continue
            case .done:
              tried += 1
              await expectRight(session, object, what)
            }
          }
        }
      }
      print("\(target): \(tried) fields repaired; refused by the API: \(refused.sorted())")
      #expect(tried > 100)
      #expect(refused.filter { !Self.isForbidden($0) }.isEmpty)
      #expect(
        try await session.hand.get(.secret, "\(id.name)-hf-token", namespace: id.namespace)
          .json["data", "token"] != nil)
      _ = await session.operations.delete(id, uid: nil)
    }
  }

  private enum Outcome { case done, refused, noDifference }

  /// Changes an object as `kubectl edit` does.
  private func meddle(
    _ session: OperationsSession, _ object: Owned, _ change: (JSONValue) -> JSONValue?
  ) async throws -> Outcome {
    for _ in 0..<20 {
      let live = try await session.hand.get(object.kind, object.name, namespace: Self.namespace)
      guard let changed = change(live.json) else { return .noDifference }
      do {
        let answer = try await session.hand.update(
          object.kind, changed, namespace: Self.namespace,
          options: WriteOptions(fieldManager: "somebody"))
        // What the server fills in again is no change.
        let left = OwnedFields.differences(desired: object.manifest, observed: answer.json)
        return left.isEmpty ? .noDifference : .done
      } catch let error as APIError where error.isConflict {
        continue
      } catch let error as APIError {
        guard case .status = error else { throw error }
        return .refused
      }
    }
    throw Refused(text: "\(object.kind.kind) changes all the time")
  }

  private func expectRight(
    _ session: OperationsSession, _ object: Owned, _ what: String
  ) async {
    var last = ""
    let end = ContinuousClock.now + .seconds(90)
    while ContinuousClock.now < end {
      if let live = try? await session.hand.get(
        object.kind, object.name, namespace: Self.namespace)
      {
        let left = OwnedFields.differences(desired: object.manifest, observed: live.json)
        last = left.map(\.path).joined(separator: ", ")
        if left.isEmpty, await session.observer.openPlans.isEmpty { return }
      }
      try? await Task.sleep(for: .milliseconds(25))
    }
    let plans = await session.observer.openPlans.flatMap(\.drift)
    Issue.record("\(what) is not repaired: \(last); \(plans)")
  }

  // MARK: What excludes our fields or is added to them

  private struct Change: Sendable {
    var what: String
    var kind = ResourceKind.deployment
    var change: @Sendable (inout JSONValue) -> Void

    static func container(
      _ what: String, _ change: @escaping @Sendable (inout JSONValue) -> Void
    ) -> Change {
      Change(what: what) { json in
        let path = ["spec", "template", "spec", "containers"]
        var containers = json[path: path]?.arrayValue ?? []
        change(&containers[0])
        json[path: path] = .array(containers)
      }
    }

    static func volume(
      _ what: String, _ change: @escaping @Sendable (JSONValue) -> JSONValue
    ) -> Change {
      Change(what: what) { json in
        let path = ["spec", "template", "spec", "volumes"]
        json[path: path] = .array(
          (json[path: path]?.arrayValue ?? []).map { $0["name"] == "shm" ? change($0) : $0 })
      }
    }
  }

  private static let changes: [Change] = [
    Change(what: "a rolling update") {
      $0["spec", "strategy"] = [
        "type": "RollingUpdate", "rollingUpdate": ["maxSurge": 2, "maxUnavailable": 1],
      ]
    },
    Change(what: "a node selector") {
      $0["spec", "template", "spec", "nodeSelector"] = ["disk": "ssd"]
    },
    .container("arguments") { $0["args"] = ["--more"] },
    .container("a longer command") { container in
      container["command"] = .array((container["command"]?.arrayValue ?? []) + ["--more"])
    },
    .container("a limit") { $0["resources", "limits", "memory"] = "4Gi" },
    .container("another GPU count") {
      $0["resources", "limits", "nvidia.com/gpu"] = "2"
      $0["resources", "requests", "nvidia.com/gpu"] = "2"
    },
    .container("no GPUs") {
      $0["resources", "limits"] = nil
      $0["resources", "requests", "nvidia.com/gpu"] = nil
    },
    .container("no resources") { $0["resources"] = nil },
    .container("another action of a probe") {
      $0["livenessProbe"] = ["exec": ["command": ["true"]], "periodSeconds": 10]
    },
    .container("no probes") {
      $0["livenessProbe"] = nil
      $0["readinessProbe"] = nil
      $0["startupProbe"] = nil
    },
    .container("a token in plain text") {
      $0["env"] = [["name": "HF_TOKEN", "value": "hf_other"]]
    },
    .container("no environment") { $0["env"] = nil },
    .container("no mounts") { $0["volumeMounts"] = nil },
    .container("a mount that may not be written") { container in
      container["volumeMounts"] = .array(
        (container["volumeMounts"]?.arrayValue ?? []).map { mount in
          var mount = mount
          mount["readOnly"] = true
          return mount
        })
    },
    .container("another container in its place") { $0["name"] = "other" },
    .container("another port") {
      $0["ports"] = [["containerPort": 9000, "protocol": "TCP"]]
    },
    .volume("another volume") { _ in ["name": "shm", "hostPath": ["path": "/tmp"]] },
    .volume("a limit of shared memory") { volume in
      var volume = volume
      volume["emptyDir", "sizeLimit"] = "64Mi"
      return volume
    },
    Change(what: "another selector", kind: .service) {
      $0["spec", "selector", "extra"] = "x"
    },
    Change(what: "no selector", kind: .service) { $0["spec", "selector"] = nil },
    Change(what: "another port", kind: .service) {
      $0["spec", "ports"] = [["name": "serve", "port": 9000, "targetPort": 9000]]
    },
    Change(what: "two ports", kind: .service) {
      $0["spec", "ports"] = [
        ["name": "serve", "port": 9000, "targetPort": 9000],
        ["name": "more", "port": 9001, "targetPort": 9001],
      ]
    },
    Change(what: "a port of every node", kind: .service) { $0["spec", "type"] = "NodePort" },
    Change(what: "a load balancer", kind: .service) { $0["spec", "type"] = "LoadBalancer" },
    Change(what: "no labels", kind: .service) { $0["metadata", "labels"] = nil },
    Change(what: "an expression", kind: .serviceMonitor) {
      $0["spec", "selector", "matchExpressions"] = [["key": "x", "operator": "Exists"]]
    },
    Change(what: "no endpoints", kind: .serviceMonitor) { $0["spec", "endpoints"] = [] },
  ]

  @Test(arguments: OperationsTarget.available)
  func isRepairedWhateverIsPutInItsPlace(_ target: OperationsTarget) async throws {
    try await OperationsSession.run(on: target) { session in
      let id = try await make(session)
      let objects = try await owned(session, id)
      for change in Self.changes {
        let object = try #require(objects.first { $0.kind == change.kind })
        let what = "\(change.kind.kind): \(change.what)"
        let outcome = try await meddle(session, object) { live in
          var live = live
          change.change(&live)
          return live
        }
        #expect(outcome == .done, "\(what)")
        await expectRight(session, object, what)
      }
      _ = await session.operations.delete(id, uid: nil)
    }
  }

  // MARK: What is left alone

  @Test(
    arguments: OperationsTarget.available, [ResourceKind.horizontalPodAutoscaler, .podAutoscaler])
  func leavesReplicasToAnAutoscaler(
    _ target: OperationsTarget, _ kind: ResourceKind
  ) async throws {
    try await OperationsSession.run(on: target) { session in
      let id = try await make(session)
      let object = try #require(try await owned(session, id).first)
      func scale(to replicas: Int) async throws {
        // The autoscaler's write, and at once something that is repaired.
        _ = try await meddle(session, object) { live in
          var live = live
          live["spec", "replicas"] = .integer(Int64(replicas))
          live["spec", "template", "spec", "tolerations"] = nil
          return live
        }
        await expectRight(session, object, "tolerations")
        let live = try await session.hand.get(.deployment, id.name, namespace: id.namespace)
        #expect(live.json["spec", "replicas"] == .integer(Int64(replicas)))
      }
      var spec: JSONValue = [
        "scaleTargetRef": [
          "apiVersion": "apps/v1", "kind": "Deployment", "name": .string(id.name),
        ],
        "minReplicas": 1, "maxReplicas": 4,
      ]
      if kind == .podAutoscaler {
        spec["scalingStrategy"] = "HPA"
        spec["metricsSources"] = [
          [
            "metricSourceType": "resource", "targetMetric": "cpu", "targetValue": "50",
          ]
        ]
      }
      try await session.hand.create(
        kind,
        [
          "apiVersion": .string(kind.apiVersion), "kind": .string(kind.kind),
          "metadata": ["name": .string(id.name)], "spec": spec,
        ], namespace: id.namespace)
      try await scale(to: 2)
      try await scale(to: 3)
      // It goes away: nobody sets the replicas back.
      try await session.hand.delete(kind, id.name, namespace: id.namespace)
      try await scale(to: 2)
      _ = await session.operations.delete(id, uid: nil)
    }
  }

  /// A controller that changes a field back at once: told once, tried less and less often, and the rest is repaired all the same.
  @Test(arguments: OperationsTarget.available)
  func givesUpAFightAndTellsItOnce(_ target: OperationsTarget) async throws {
    try await OperationsSession.run(on: target) { session in
      let id = try await make(session)
      let service = try await owned(session, id)[1]
      let stream = await session.reconciler.reports()
      let log = Reports()
      let reading = Task { for await report in stream { log.add(report) } }
      let fighting = Task {
        while !Task.isCancelled {
          _ = try? await meddle(session, service) { live in
            guard live["spec", "type"] == "ClusterIP" else { return nil }
            var live = live
            live["spec", "type"] = "NodePort"
            return live
          }
          try? await Task.sleep(for: .milliseconds(20))
        }
      }
      let isTold = await eventually(within: .seconds(60)) {
        log.all.contains { $0.outcome == .contested }
      }
      #expect(isTold)
      session.reconcilerAPI.forget()
      // Another field of the same object is repaired in the meantime.
      _ = try await meddle(session, service) { live in
        var live = live
        live["metadata", "labels", "prometheus-discovery"] = nil
        return live
      }
      let isRepaired = await eventually {
        log.all.contains { $0.drift.contains { $0.contains("prometheus-discovery") } }
      }
      #expect(isRepaired)
      try await Task.sleep(for: .seconds(5))
      #expect(session.reconcilerAPI.writes.count <= 4, "\(session.reconcilerAPI.writes.count)")
      #expect(log.all.count { $0.outcome == .contested } == 1)
      fighting.cancel()
      await fighting.value
      reading.cancel()
      _ = await session.operations.delete(id, uid: nil)
    }
  }

  private final class Reports: Sendable {
    private let reports = Mutex<[ReconcileReport]>([])
    func add(_ report: ReconcileReport) { reports.withLock { $0.append(report) } }
    var all: [ReconcileReport] { reports.withLock { $0 } }
  }
}
