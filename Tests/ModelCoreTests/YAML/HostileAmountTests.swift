import Kubernetes
import ModelCore
import Testing

/// Numbers, tokens and expressions that no cluster should see, each told at its place.
@Suite("Hostile amounts in manifests")
struct HostileAmountTests {
  typealias Hostile = HostileManifestTests.Hostile

  private static func limits(_ amount: String, requests: String? = nil) -> String {
    Sample.container(
      "resources:\n  limits:\n    nvidia.com/gpu: \(amount)"
        + (requests.map { "\n  requests:\n    nvidia.com/gpu: \($0)" } ?? ""))
  }

  private static let token = "hf_abcdefghijklmnopqrstuvwxyzABCDEF12"

  static let amounts: [Hostile] = [
    Hostile(
      text: Sample.with("replicas: -1", for: "replicas: 1"), words: "replicas is -1", at: "-1"),
    Hostile(text: Sample.claim(size: "-5Gi"), words: "storage is -5Gi", at: "-5Gi"),
    Hostile(text: Sample.claim(size: "0"), words: "a volume of no size", at: "0"),
    Hostile(text: limits("-2"), words: "nvidia.com/gpu is -2", at: "-2"),
    Hostile(text: limits("0.5"), words: "devices come whole", at: "0.5"),
    Hostile(text: limits("500m"), words: "devices come whole", at: "500m"),
    Hostile(text: limits("1", requests: "2"), words: "asks for more than its limit", at: "2"),
    Hostile(
      text: limits("2", requests: "1"), words: "asks for another number than its limit", at: "1"),
    Hostile(
      text: Sample.container(
        "readinessProbe:\n  initialDelaySeconds: -3\n  tcpSocket: {port: 8000}"),
      words: "initialDelaySeconds is -3", at: "-3"),
    Hostile(
      text: Sample.pod("volumes:\n- name: shm\n  emptyDir: {medium: Memory, sizeLimit: -1Gi}"),
      words: "sizeLimit is -1Gi", at: "-1Gi"),
    Hostile(
      text: Sample.pod("activeDeadlineSeconds: 5"), words: "activeDeadlineSeconds is not allowed",
      at: "activeDeadlineSeconds"),
    Hostile(
      text: Sample.pod("terminationGracePeriodSeconds: 99999999"),
      words: "may take 99999999 seconds to end", at: "99999999", isWarning: true),
    Hostile(
      text: Sample.with("paused: true\n  replicas: 1", for: "replicas: 1"),
      words: "the Deployment is paused", at: "paused", isWarning: true),
    Hostile(
      text: Sample.document(
        """
        apiVersion: autoscaling/v1
        kind: HorizontalPodAutoscaler
        metadata: {name: llama-7b}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: llama-7b}
          minReplicas: 4
          maxReplicas: 2
        """), words: "maxReplicas is 2, and minReplicas is 4", at: "2"),
    Hostile(
      text: Sample.with("- llama-7b\n        - --port\n        - \"80000\"", for: "- llama-7b"),
      words: "--port '80000' is no number", at: "\"80000\""),
    Hostile(
      text: Sample.pod(
        "tolerations:\n- {key: node.cloudprovider.kubernetes.io/uninitialized, operator: Exists}"),
      words: "onto nodes that should get no pods"),
  ]

  static let tokens: [Hostile] = [
    Hostile(
      text: Sample.container("env:\n- name: HF_TOKEN\n  value: \(token)"),
      words: "looks like a Hugging Face token", at: token),
    Hostile(
      text: Sample.with("- llama-7b\n        - --hf-token=\(token)", for: "- llama-7b"),
      words: "looks like a Hugging Face token", at: "--hf-token"),
    Hostile(
      text: Sample.document(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: keys}\ndata:\n  token: \(token)"),
      words: "looks like a Hugging Face token", at: token),
    Hostile(
      text: Sample.metadata("annotations:\n  note: use \(token)"),
      words: "looks like a Hugging Face token", at: "use"),
  ]

  static let expressions: [Hostile] = [
    "NotIn, values: [llama-7b]", "In, values: [a, b]", "DoesNotExist",
  ]
  .map {
    Hostile(
      text: Sample.with(
        "matchExpressions:\n    - {key: model.aibrix.ai/name, operator: \($0)}\n    matchLabels:",
        for: "matchLabels:"),
      words: "the pods do not satisfy what the selector asks", at: "{key")
  }

  @Test(arguments: amounts + tokens + expressions)
  func isToldAtItsPlace(_ hostile: Hostile) throws {
    try HostileManifestTests().isToldAtItsPlace(hostile)
  }

  @Test(arguments: amounts + tokens + expressions)
  func whatIsOfferedMends(_ hostile: Hostile) {
    HostileManifestTests().whatIsOfferedMends(hostile)
  }

  @Test func whatIsMeantIsNoFinding() {
    let good = [
      Self.limits("2", requests: "2"), Self.limits("\"8\""), Self.limits("1k"),
      Sample.pod("terminationGracePeriodSeconds: 120"),
      Sample.container("resources:\n  limits: {cpu: 500m, memory: 1.5Gi}"),
      Sample.with(
        "matchExpressions:\n    - {key: model.aibrix.ai/name, operator: In, values: [llama-7b]}\n"
          + "    - {key: tier, operator: NotIn, values: [test]}\n    matchLabels:",
        for: "matchLabels:"),
      Sample.with("- llama-7b\n        - --port=$(PORT)", for: "- llama-7b"),
      Sample.document(
        "apiVersion: v1\nkind: Secret\nmetadata: {name: keys}\nstringData:\n  token: \(Self.token)"),
    ]
    for text in good {
      #expect(ManifestBundle(text).findings.map(\.message) == [], "\(text)")
    }
  }

  /// Where a script names another model, the finding stands at the script.
  @Test func aWrongNameInAScriptIsToldAtTheScript() throws {
    let text = goodManifest.replacing(
      """
              - vllm
              - serve
              - org/llama
              - --served-model-name
              - llama-7b
      """,
      with: """
                - sh
                - -c
                - exec vllm serve org/llama --served-model-name other
        """)
    let finding = try #require(ManifestBundle(text).errors.first)
    #expect(finding.message.contains("must match model name"))
    #expect(finding.position.line == 23)
  }

  @Test func aSecretThatWasSeenIsNoFinding() {
    let text = Sample.container("envFrom:\n- secretRef: {name: keys}")
    var context = ManifestBundle.Context()
    context.seenSecrets = ["default": ["keys"]]
    #expect(ManifestBundle(text, context: context).findings.isEmpty)
    context.seenSecrets = ["default": ["others"]]
    #expect(
      ManifestBundle(text, context: context).findings.map(\.message) == [
        "no Secret 'keys' was seen in default: the pods wait until it is there"
      ])
    #expect(!ManifestBundle(text, context: context).hasErrors)
    context.seenSecrets = ["elsewhere": ["keys"]]
    #expect(ManifestBundle(text, context: context).findings.count == 1)
  }
}
