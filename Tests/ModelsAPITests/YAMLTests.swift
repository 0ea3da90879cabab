import FoundationEssentials
import HTTPTypes
import Kubernetes
import ModelCore
import ModelsAPI
import TestSupport
import Testing

@Suite("Models from YAML")
struct YAMLTests {
  private static let path = APIClient.models + "/yaml"

  /// The specification's example.
  private static let manifest = """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: custom-model
      labels:
        app: custom-model
    spec:
      replicas: 1
      selector:
        matchLabels:
          app: custom-model
      template:
        metadata:
          labels:
            app: custom-model
        spec:
          containers:
          - name: model
            image: custom/model:latest
            ports:
            - containerPort: 8000
    """

  private static func request(_ yaml: String = manifest) -> JSONValue {
    [
      "name": "custom-model", "display_name": "Custom Model Deployment",
      "description": "Custom model deployed via YAML", "yaml_content": .string(yaml),
      "tags": ["custom", "yaml"],
    ]
  }

  @Test("The specification's example is created, field by field, and can be changed and deleted")
  func example() async throws {
    try await APIBench().run { client in
      let created = try await client.call(.post, Self.path, Self.request())
      #expect(created.status == 201, "\(created.text)")
      #expect(created[header: "Location"] == APIClient.models + "/custom-model")
      let expected: [(String, JSONValue)] = [
        ("id", "custom-model"), ("organization_id", 123),
        ("display_name", "Custom Model Deployment"),
        ("description", "Custom model deployed via YAML"), ("status", "creating"),
        ("namespace", "default"), ("deployment_name", "custom-model"),
        ("service_name", "custom-model"), ("tags", ["custom", "yaml"]), ("managed", false),
      ]
      for (name, value) in expected { #expect(created.json["model", name] == value, "\(name)") }
      #expect(created.json["model", "requirements"] == nil)
      let list = try await client.call(.get, APIClient.models + "?managed=false")
      #expect(list.json["total"] == 1)
      let changed = try await client.call(
        .put, APIClient.models + "/custom-model", ["tags": ["new"]])
      #expect(changed.json["model", "tags"] == ["new"], "\(changed.text)")
      let stranger = try await client.call(
        .get, APIClient.models + "/custom-model", as: APIClient.stranger)
      #expect(stranger.status == 404)
      #expect(try await client.call(.delete, APIClient.models + "/custom-model").status == 200)
      #expect(try await client.call(.get, APIClient.models + "/custom-model").status == 404)
    }
  }

  @Test(
    "Manifests that reach for what is not theirs are 400, and nothing is made",
    arguments: [
      ("namespace", "  name: custom-model\n  namespace: kube-system"),
      (
        "organization",
        "  name: custom-model\n  labels: {jan-server.menlo.ai/organization: \"7\"}"
      ),
      (
        "managed",
        "  name: custom-model\n  labels: {app.kubernetes.io/managed-by: jan-server}"
      ),
      ("other name", "  name: another-model"),
    ])
  func reaching(what: String, metadata: String) async throws {
    let bench = APIBench()
    try await bench.run { client in
      let yaml = Self.manifest.replacing(
        "  name: custom-model\n  labels:\n    app: custom-model", with: metadata)
      let answer = try await client.call(.post, Self.path, Self.request(yaml))
      #expect(answer.status == 400, "\(what): \(answer.text)")
      #expect(answer.error?.hasPrefix("validation failed: ") == true)
      #expect(bench.cluster.writes.isEmpty)
    }
  }

  @Test(
    "Manifests may read what they bring along, and nothing that may be another organization's",
    arguments: [
      "volumes: [{name: v, persistentVolumeClaim: {claimName: victim-storage}}]",
      "volumes: [{name: v, secret: {secretName: theirs}}]",
      "volumes: [{name: v, configMap: {name: theirs}}]",
      "volumes: [{name: v, projected: {sources: [{secret: {name: theirs}}]}}]",
      "imagePullSecrets: [{name: theirs}]",
    ])
  func borrowing(addition: String) async throws {
    let bench = APIBench()
    try await bench.run { client in
      let yaml = Self.manifest + "\n      " + addition
      let answer = try await client.call(.post, Self.path, Self.request(yaml))
      #expect(answer.status == 400, "\(answer.text)")
      #expect(answer.error?.contains("may be somebody else's") == true, "\(answer.text)")
      #expect(bench.cluster.writes.isEmpty)
    }
  }

  @Test(
    "What is no manifest is 400 with what is wrong",
    arguments: ["", "just text", "kind: Pod", "a: [", "---\n---\n", "{}"])
  func noManifest(yaml: String) async throws {
    try await APIBench().run { client in
      let answer = try await client.call(.post, Self.path, Self.request(yaml))
      #expect(answer.status == 400, "\(answer.text)")
      #expect(answer.error?.hasPrefix("validation failed: ") == true)
    }
  }
}
