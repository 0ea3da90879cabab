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

  private static func request(_ yaml: String = SpecificationExamples.manifest) -> JSONValue {
    var request = SpecificationExamples.createFromYAML
    request["yaml_content"] = .string(yaml)
    return request
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

  @Test("A request without manifests is told the field that is missing")
  func missing() async throws {
    try await APIBench().run { client in
      for yaml in [nil, .null, ""] as [JSONValue?] {
        var request = Self.request()
        request["yaml_content"] = yaml
        let answer = try await client.call(.post, Self.path, request)
        #expect(answer.status == 400)
        #expect(answer.error?.hasPrefix("validation failed: yaml_content is required") == true)
      }
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
      let yaml = SpecificationExamples.manifest.replacing(
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
      "volumes: [{name: v, secret: {secretName: theirs, optional: true}}]",
      "volumes: [{name: v, configMap: {name: theirs}}]",
      "volumes: [{name: v, projected: {sources: [{secret: {name: theirs}}]}}]",
      "volumes: [{name: v, projected: {sources: [{configMap: {name: theirs}}]}}]",
      "imagePullSecrets: [{name: theirs}]",
      "  envFrom: [{secretRef: {name: theirs}}]",
      "  envFrom: [{configMapRef: {name: theirs}}]",
      "  env: [{name: A, valueFrom: {secretKeyRef: {name: theirs, key: token}}}]",
      "  env: [{name: A, valueFrom: {configMapKeyRef: {name: theirs, key: a}}}]",
      "initContainers: [{name: i, image: \"i:1\", envFrom: [{secretRef: {name: theirs}}]}]",
    ])
  func borrowing(addition: String) async throws {
    let bench = APIBench()
    try await bench.run { client in
      let yaml = SpecificationExamples.manifest + "\n      " + addition
      let answer = try await client.call(.post, Self.path, Self.request(yaml))
      #expect(answer.status == 400, "\(answer.text)")
      #expect(answer.error?.contains("may be somebody else's") == true, "\(answer.text)")
      // The addition is the last line.
      let line = SpecificationExamples.manifest.split(separator: "\n").count + 1
      #expect(answer.error?.contains("line \(line), column ") == true, "\(answer.text)")
      #expect(bench.cluster.writes.isEmpty)
    }
  }

  /// Organization 123 has a model in the namespace where both may have them, with a volume and a token.
  @Test(
    "Nothing of another organization's model is read, reached, moved or taken over",
    arguments: [
      ("", "name: custom-model", "name: custom-model\n  labels: {model.aibrix.ai/name: victim}"),
      ("", "        app: custom-model\n    spec", "        model.aibrix.ai/name: victim\n    spec"),
      (
        "", "image: custom",
        "envFrom: [{secretRef: {name: victim-hf-token}}]\n        image: custom"
      ),
      (
        "", "    spec:\n      containers",
        "    spec:\n      volumes: [{name: v, persistentVolumeClaim: {claimName: victim-storage}}]\n      containers"
      ),
      (
        "apiVersion: v1\nkind: Service\nmetadata: {name: victim}\nspec: {selector: {app: custom-model}, ports: [{port: 8000}]}",
        "", ""
      ),
      (
        "apiVersion: v1\nkind: Service\nmetadata: {name: mine}\nspec: {selector: {model.aibrix.ai/name: victim}, ports: [{port: 8000}]}",
        "", ""
      ),
      (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: victim-hf-token}\nstringData: {token: x}",
        "", ""
      ),
      (
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: victim-storage}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}",
        "", ""
      ),
      (
        "apiVersion: autoscaling.aibrix.ai/v1alpha1\nkind: PodAutoscaler\nmetadata: {name: a}\nspec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: victim}}",
        "", ""
      ),
      (
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\nspec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: victim}, maxReplicas: 1}",
        "", ""
      ),
      (
        "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: a}\nspec: {selector: {matchLabels: {model.aibrix.ai/name: victim}}, endpoints: [{port: http}]}",
        "", ""
      ),
    ])
  func attacks(document: String, original: String, changed: String) async throws {
    let bench = APIBench()
    try await bench.run { client in
      var victim = SpecificationTests.request("victim")
      victim["hugging_face_token"] = "hf_victims_token"
      #expect(try await client.call(.post, APIClient.models, victim).status == 201)
      let before = bench.cluster.writes.count
      var yaml = SpecificationExamples.manifest
      if !original.isEmpty {
        #expect(yaml.contains(original))
        yaml = yaml.replacing(original, with: changed)
      }
      yaml = yaml.replacing(
        "  name: custom-model", with: "  name: custom-model\n  namespace: jan-models",
        maxReplacements: 1)
      if !document.isEmpty { yaml += "\n---\n" + document + "\n" }
      let answer = try await client.call(
        .post, Self.path, Self.request(yaml), as: APIClient.stranger)
      #expect([400, 409].contains(answer.status), "\(answer.status) \(answer.text)")
      #expect(!answer.text.contains("hf_victims_token"))
      let written = bench.cluster.writes.dropFirst(before)
      #expect(written.isEmpty, "\(written.map(\.path))")
      #expect(
        try await client.call(.get, APIClient.models, as: APIClient.stranger).json["total"] == 0)
      #expect(try await client.call(.get, APIClient.models + "/victim").status == 200)
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
