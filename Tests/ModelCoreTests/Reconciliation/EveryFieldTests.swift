import FoundationEssentials
import Kubernetes
import ModelCore
import TestSupport
import Testing

/// Every field that we own, on every kind: changed or taken away, the planner sees it, and what it applies puts it right.
@Suite("Every field")
struct EveryFieldTests {
  private static let fixture = ModelFixture(token: "hf_secret_token")

  enum Kind: String, CaseIterable, Sendable {
    case deployment, service, serviceMonitor, secret, claim

    func manifest(_ fixture: ModelFixture) throws -> JSONValue? {
      switch self {
      case .deployment: return try fixture.manifests.deployment(replicas: nil)
      case .service: return try fixture.manifests.service(owner: fixture.owner)
      case .serviceMonitor: return try fixture.manifests.serviceMonitor(owner: fixture.owner)
      case .secret:
        var secret = try fixture.manifests.tokenSecret(owner: fixture.owner)
        secret?["stringData"] = nil
        secret?["type"] = nil
        return secret
      case .claim:
        var claim = try fixture.manifests.claim(owner: fixture.owner)
        // What a claim asks for cannot be changed, but for a size that grows.
        claim?["spec"] = nil
        return claim
      }
    }

    func set(_ json: JSONValue, in observed: inout ObservedModel) throws {
      switch self {
      case .deployment:
        observed.deployment = try JSONCoding.decode(K8s.Deployment.self, from: json)
        observed.deployment.metadata.uid = EveryFieldTests.fixture.uid
      case .service:
        observed.service = .present(try JSONCoding.decode(K8s.Service.self, from: json))
      case .serviceMonitor:
        observed.serviceMonitor = .present(try JSONCoding.decode(CustomObject.self, from: json))
      case .secret:
        observed.secret = .present(
          try JSONCoding.decode(K8s.PartialObjectMetadata.self, from: json))
      case .claim:
        observed.claim = .present(
          try JSONCoding.decode(K8s.PersistentVolumeClaim.self, from: json))
      }
    }
  }

  /// What is decided otherwise than by a repair.
  private static let elsewhere: Set<String> = [
    // Without them it is not known to be ours, or of which version: that is said.
    "deployment metadata.labels.app.kubernetes.io/managed-by",
    "deployment metadata.annotations.jan-server.menlo.ai/spec",
    // The model is then what these say: they are what a person edits.
    "deployment metadata.annotations.jan-server.menlo.ai/display-name",
    "deployment metadata.annotations.jan-server.menlo.ai/description",
    "deployment metadata.annotations.jan-server.menlo.ai/tags",
    "deployment metadata.annotations.jan-server.menlo.ai/created-by",
    "deployment metadata.annotations.jan-server.menlo.ai/updated-by",
    "deployment metadata.annotations.jan-server.menlo.ai/updated-at",
    // Another organization's from then on, and its dashboard's.
    "deployment metadata.labels.jan-server.menlo.ai/organization",
    // A newer version's.
    "deployment metadata.annotations.jan-server.menlo.ai/manifest-revision",
    // Of an owner that is not there: garbage collection takes it, and then it is missing.
    "ownerReferences.uid", "ownerReferences.kind", "ownerReferences.name",
    "ownerReferences.apiVersion",
  ]

  struct Case: CustomTestStringConvertible, Sendable {
    var kind: Kind
    var leaf: JSONLeaf
    var isRemoval: Bool
    var testDescription: String { "\(kind.rawValue) \(leaf)\(isRemoval ? " removed" : " changed")" }
  }

  static let cases: [Case] = Kind.allCases.flatMap { kind -> [Case] in
    guard let manifest = try? kind.manifest(fixture) else { return [] }
    return JSONLeaf.all(of: manifest).flatMap { leaf -> [Case] in
      let text = "\(kind.rawValue) \(leaf)"
      let isOwner = text.contains("ownerReferences")
      guard !elsewhere.contains(text),
        !(isOwner && elsewhere.contains("ownerReferences.\(leaf.field)"))
      else { return [] }
      return [true, false].compactMap { isRemoval in
        if !isRemoval, leaf.otherValue == .null { return nil }
        return Case(kind: kind, leaf: leaf, isRemoval: isRemoval)
      }
    }
  }

  @Test(arguments: cases)
  func isRepaired(_ test: Case) throws {
    var observed = try Self.fixture.observed()
    let manifest = try #require(try test.kind.manifest(Self.fixture))
    let leaf = test.leaf
    var json = try #require(
      test.isRemoval ? leaf.removed(from: manifest) : leaf.changed(in: manifest))
    json["metadata", "uid"] = "uid-object"
    do {
      try test.kind.set(json, in: &observed)
    } catch {
      // The kind itself does not exist without the field: the API refuses it as well.
      return
    }
    let plan = ReconcilePlanner.plan(for: observed)
    #expect(plan.actions.count == 1, "\(plan.drift)")
    let action = try #require(plan.actions.first)
    let right = OwnedFields.enforced(action.manifest, on: json)
    #expect(OwnedFields.differences(desired: manifest, observed: right).isEmpty)
  }

  // MARK: What is added

  struct Addition: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var kind = Kind.deployment
    var change: @Sendable (inout JSONValue) -> Void

    static func container(
      _ text: String, _ change: @escaping @Sendable (inout JSONValue) -> Void
    ) -> Addition {
      Addition(testDescription: text) { json in
        let path = ["spec", "template", "spec", "containers"]
        var containers = json[path: path]?.arrayValue ?? []
        change(&containers[0])
        json[path: path] = .array(containers)
      }
    }
  }

  static let additions: [Addition] = [
    .init(testDescription: "a key in the Service's selector", kind: .service) {
      $0["spec", "selector", "app"] = "x"
    },
    .init(testDescription: "a node selector") {
      $0["spec", "template", "spec", "nodeSelector"] = ["disk": "ssd"]
    },
    .container("arguments after the command") { $0["args"] = ["--more"] },
    .container("a word in the command") { container in
      container["command"] = .array((container["command"]?.arrayValue ?? []) + ["--more"])
    },
    .container("a limit of memory") { $0["resources", "limits", "memory"] = "1Gi" },
    .container("a request") { $0["resources", "requests", "ephemeral-storage"] = "1Gi" },
    .container("a mount that may not be written") { container in
      var mounts = container["volumeMounts"]?.arrayValue ?? []
      mounts[0]["readOnly"] = true
      container["volumeMounts"] = .array(mounts)
    },
    .container("a delay of the startup probe") {
      $0["startupProbe", "initialDelaySeconds"] = 900
    },
    .container("a token that need not be there") { container in
      container["env"] = [
        [
          "name": "HF_TOKEN",
          "valueFrom": [
            "secretKeyRef": ["name": "llama-7b-hf-token", "key": "token", "optional": true]
          ],
        ]
      ]
    },
    .init(testDescription: "a limit of shared memory") { json in
      let path = ["spec", "template", "spec", "volumes"]
      json[path: path] = .array(
        (json[path: path]?.arrayValue ?? []).map { volume in
          var volume = volume
          if volume["name"] == "shm" { volume["emptyDir", "sizeLimit"] = "64Mi" }
          return volume
        })
    },
  ]

  @Test(arguments: additions)
  func isTakenAway(_ addition: Addition) throws {
    var observed = try Self.fixture.observed()
    let manifest = try #require(try addition.kind.manifest(Self.fixture))
    var json = manifest
    json["metadata", "uid"] = "uid-object"
    let before = json
    addition.change(&json)
    #expect(json != before)
    try addition.kind.set(json, in: &observed)
    let action = try #require(ReconcilePlanner.plan(for: observed).actions.first)
    var wanted = action.manifest
    wanted["metadata", "uid"] = "uid-object"
    #expect(OwnedFields.enforced(wanted, on: json) == before)
  }

  // MARK: Versions

  @Test func leavesAloneWhatANewerVersionMade() throws {
    var observed = try Self.fixture.observed {
      $0["metadata", "annotations", "jan-server.menlo.ai/manifest-revision"] = "99"
      $0["spec", "strategy", "type"] = "RollingUpdate"
    }
    observed.service = .absent
    let plan = ReconcilePlanner.plan(for: observed)
    #expect(plan.actions.isEmpty)
    #expect(plan.obstacles.first?.contains("a newer modeldeck made it (revision 99") == true)
  }

  @Test(arguments: [nil, "0", "x"])
  func takesOverWhatAnOlderVersionMade(revision: String?) throws {
    let observed = try Self.fixture.observed {
      $0["metadata", "annotations", "jan-server.menlo.ai/manifest-revision"] = revision.map {
        .string($0)
      }
    }
    #expect(
      ReconcilePlanner.plan(for: observed).actions.map(\.intent) == [
        .repair(fields: ["metadata.annotations.jan-server.menlo.ai/manifest-revision"])
      ])
  }

  @Test func leavesARequestWithAFieldThatItDoesNotKnow() throws {
    let observed = try Self.fixture.observed { json in
      let key = "jan-server.menlo.ai/spec"
      let text = json["metadata", "annotations", key]?.stringValue ?? ""
      json["metadata", "annotations", key] = .string(
        text.replacing("{\"command\"", with: "{\"accelerator\":\"x\",\"command\""))
      json["spec", "strategy", "type"] = "RollingUpdate"
    }
    let plan = ReconcilePlanner.plan(for: observed)
    #expect(plan.actions.isEmpty)
    #expect(plan.obstacles.first?.contains("'accelerator', which this version does not") == true)
  }
}
