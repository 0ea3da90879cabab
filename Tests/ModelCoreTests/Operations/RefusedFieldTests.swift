import FoundationEssentials
import Kubernetes
import ModelCore
import TestSupport
import Testing

/// What the API server refuses is told beside the field of the form, or at the line of the text, that it is about.
@Suite("Where a refusal is told")
struct RefusedFieldTests {
  private let bench = OperationsBench()

  private static let manifests =
    SpecificationExamples.manifest + """

      ---
      apiVersion: v1
      kind: Service
      metadata:
        name: custom-model
      spec:
        selector:
          app: custom-model
        ports:
        - name: serve
          port: 8000
          targetPort: 8000

      """

  private func refuse(_ plural: String, _ status: K8s.Status) {
    bench.cluster.setFault { request in
      guard request.method == .post || request.method == .patch,
        request.path.contains("/\(plural)"),
        request.query.contains(where: { $0.name == "dryRun" })
      else { return nil }
      return .refuse(.status(status))
    }
  }

  private static func invalid(_ message: String, _ field: String) -> K8s.Status {
    let answer: JSONValue = [
      "code": 422, "reason": "Invalid", "message": .string(message),
      "details": [
        "causes": [
          ["reason": "FieldValueInvalid", "message": "bad", "field": .string(field)]
        ]
      ],
    ]
    let status = try? JSONCoding.decode(K8s.Status.self, from: answer)
    return status ?? K8s.Status(code: 500)
  }

  /// The line of the text on which this begins.
  private static func line(_ start: String, after mark: String = "") throws -> Int {
    let lines = manifests.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.drop { $0 == " " } }
    let first = mark.isEmpty ? 0 : try #require(lines.firstIndex { $0.hasPrefix(mark) })
    return try #require(lines[first...].firstIndex { $0.hasPrefix(start) }) + 1
  }

  @Test(arguments: [
    ("services", "spec.ports[0].port", "port: 8000", "kind: Service"),
    ("services", "spec.ports[3].port", "ports:", "kind: Service"),
    ("services", "spec.clusterIP", "spec:", "kind: Service"),
    ("deployments", "spec.template.spec.containers[0].image", "image:", "kind: Deployment"),
    ("deployments", "spec.template.spec.containers[0]", "- name:", "containers:"),
  ])
  func aFieldOfAManifestIsToldAtItsLine(
    plural: String, path: String, start: String, mark: String
  ) async throws {
    refuse(plural, Self.invalid("it is invalid: \(path): bad", path))
    let request = YAMLRequest(name: "custom-model", yaml: Self.manifests)
    let line = try Self.line(start, after: mark)
    let plan = await bench.operations().plan(.createFromYAML(request))
    let refusal = try #require(plan.refusals.first)
    #expect(refusal.position?.line == line)
    #expect(refusal.placedMessage.hasPrefix("line \(line), column "))
    #expect(refusal.message.contains(path))
    guard case .failed(let failure) = await bench.operations().createFromYAML(request) else {
      Issue.record("it was created")
      return
    }
    #expect(failure.position?.line == line)
  }

  /// A quota or a webhook names no field: then it is the object.
  @Test func anObjectIsToldWhereItBegins() async throws {
    refuse("services", K8s.Status(code: 403, reason: "Forbidden", message: "exceeded quota: few"))
    let plan = await bench.operations().plan(
      .createFromYAML(YAMLRequest(name: "custom-model", yaml: Self.manifests)))
    #expect(try plan.refusals.first?.position?.line == Self.line("apiVersion: v1", after: "---"))
  }

  @Test func aFieldThatTheMessageDoesNotNameIsNamed() async throws {
    refuse("deployments", Self.invalid("the registry is not known", "spec.template.spec.image"))
    let plan = await bench.operations().plan(
      .createFromYAML(YAMLRequest(name: "custom-model", yaml: Self.manifests)))
    #expect(
      plan.refusals.first?.message.hasSuffix(
        "the registry is not known (spec.template.spec.image)") == true)
  }

  @Test(arguments: [
    ("deployments", "spec.template.spec.containers[0].image", CreateField.image),
    ("deployments", "spec.template.spec.containers[0].command[2]", .command),
    (
      "deployments", "spec.template.spec.containers[0].resources.limits[nvidia.com/gpu]",
      .gpuCount
    ),
    ("persistentvolumeclaims", "spec.resources[storage]", .storageSize),
    ("persistentvolumeclaims", "spec.storageClassName", .storageClass),
  ])
  func aFieldOfTheFormIsNamed(plural: String, path: String, field: CreateField) async throws {
    refuse(plural, Self.invalid("it is invalid: \(path): bad", path))
    let request = ModelFixture.request()
    let plan = await bench.operations().plan(.create(request))
    #expect(plan.refusals.first?.field == field)
    guard case .failed(let failure) = await bench.operations().create(request) else {
      Issue.record("it was created")
      return
    }
    #expect(failure.field == field)
  }
}
