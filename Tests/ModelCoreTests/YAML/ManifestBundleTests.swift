import FoundationEssentials
import Kubernetes
import ModelCore
import Testing

private let good = goodManifest

/// What `text` has where `old` stands, as a mistake.
private func with(_ new: String, for old: String) -> String {
  good.replacing(old, with: new, maxReplacements: 1)
}

@Suite("Models from YAML")
struct ManifestBundleTests {
  @Test func aGoodManifestHasNoFindings() {
    let bundle = ManifestBundle(good)
    #expect(bundle.findings.isEmpty, "\(bundle.findings)")
    #expect(bundle.objects.map(\.label) == ["Deployment llama-7b", "Service llama-7b"])
    #expect(bundle.modelName == "llama-7b")
    #expect(bundle.namespace == "default")
  }

  /// A mistake, the line on which it has to be told, and words that have to be in the message.
  struct Mistake: CustomTestStringConvertible, Sendable {
    var text: String
    var line: Int
    var words: String
    var isWarning = false
    /// Whether the fixes that are offered make it good.
    var isMended = false
    var testDescription: String { words }
  }

  private static let image = "        image: vllm/vllm-openai:v0.9.2"

  /// A member added to the container or, less indented, to the pod.
  private static func container(_ lines: String) -> String {
    with(image + "\n" + lines, for: image)
  }
  private static func pod(_ lines: String) -> String {
    with("    spec:\n" + lines + "\n      containers:", for: "    spec:\n      containers:")
  }

  static let mistakes: [Mistake] = [
    Mistake(text: pod("      hostNetwork: true"), line: 17, words: "hostNetwork is not allowed"),
    Mistake(text: pod("      hostPID: yes"), line: 17, words: "hostPID is not allowed"),
    Mistake(text: pod("      nodeName: gpu-1"), line: 17, words: "nodeName is not allowed"),
    Mistake(
      text: pod("      serviceAccountName: admin"), line: 17,
      words: "serviceAccountName is not allowed"),
    Mistake(
      text: pod("      nodeSelector:\n        kubernetes.io/hostname: gpu-1"), line: 18,
      words: "pins the model to one node"),
    Mistake(
      text: pod("      volumes:\n      - name: root\n        hostPath:\n          path: /"),
      line: 19, words: "a volume of type hostPath is not allowed"),
    Mistake(
      text: pod("      volumes:\n      - name: share\n        nfs: {server: a, path: /}"),
      line: 19, words: "a volume of type nfs is not allowed"),
    Mistake(
      text: container("        securityContext:\n          privileged: true"), line: 21,
      words: "privileged is not allowed"),
    Mistake(
      text: container(
        "        securityContext:\n          runAsUser: 0\n          privileged: true"),
      line: 22, words: "privileged is not allowed", isMended: true),
    Mistake(
      text: container(
        "        securityContext:\n          capabilities:\n            add: [SYS_ADMIN]"),
      line: 22, words: "added capabilities are not allowed: SYS_ADMIN"),
    Mistake(
      text: with(
        "        - containerPort: 8000\n          hostPort: 80",
        for: "        - containerPort: 8000"),
      line: 28, words: "hostPort is not allowed", isMended: true),
    Mistake(
      text: with("  name: llama-7b\n  finalizers: [a/b]", for: "  name: llama-7b"), line: 5,
      words: "finalizers is not allowed", isMended: true),
    Mistake(
      text: with(
        "  name: llama-7b\n  ownerReferences:\n  - uid: a\n    kind: Pod", for: "  name: llama-7b"),
      line: 5, words: "ownerReferences is not allowed", isMended: true),
    Mistake(
      text: with("  name: llama-7b\n  namespace: kube-system", for: "  name: llama-7b"), line: 5,
      words: "the namespace 'kube-system' may not be used", isMended: true),
    Mistake(
      text: with("status:\n  replicas: 1\n---", for: "---"), line: 28,
      words: "status is not allowed", isMended: true),
    Mistake(
      text: with("kind: DaemonSet", for: "kind: Deployment"), line: 2,
      words: "DaemonSet may not be part of a model"),
    Mistake(
      text: with("apiVersion: extensions/v1beta1", for: "apiVersion: apps/v1"), line: 1,
      words: "Deployment has the apiVersion apps/v1", isMended: true),
    Mistake(text: good + "---\n" + good, line: 41, words: "this is a second Deployment"),
    Mistake(
      text: with("    model.aibrix.ai/name: other", for: "    model.aibrix.ai/name: llama-7b"),
      line: 6, words: "the Deployment has model.aibrix.ai/name: other", isMended: true),
    Mistake(
      text: with(
        "  name: llama-7b\nspec:",
        for: "  name: llama-7b\n  labels:\n    model.aibrix.ai/name: llama-7b\nspec:"),
      line: 3, words: "the Deployment has no label", isWarning: true, isMended: true),
    Mistake(
      text: with("        - other\n", for: "        - llama-7b\n"), line: 25,
      words: "--served-model-name 'other' must match model name 'llama-7b' (required by Aibrix)",
      isMended: true),
    Mistake(
      text: with(
        "        - org/llama\n",
        for: "        - org/llama\n        - --served-model-name\n        - llama-7b\n"),
      line: 20, words: "--served-model-name parameter must match model name 'llama-7b'",
      isMended: true),
    Mistake(
      text: with(
        "kind: Service\nmetadata:\n  name: other", for: "kind: Service\nmetadata:\n  name: llama-7b"
      ),
      line: 32, words: "no Service is called like the model", isMended: true),
    Mistake(
      text: with("    targetPort: 9000", for: "    targetPort: 8000"), line: 38,
      words: "sends to port 9000, and the server listens on 8000", isMended: true),
    Mistake(
      text: with("  replicas: 1\n  replicas: 2", for: "  replicas: 1"), line: 9,
      words: "the key 'replicas' is there twice"),
    Mistake(
      text: with(
        "    stage: yes\n    model.aibrix.ai/name: llama-7b",
        for: "    model.aibrix.ai/name: llama-7b"),
      line: 6, words: "stage has to be text, and yes is read as a boolean", isMended: true),
    Mistake(text: with("\treplicas: 1", for: "  replicas: 1"), line: 8, words: "not YAML"),
    Mistake(text: "- a\n- b\n", line: 1, words: "this document is no Kubernetes object"),
    Mistake(text: "", line: 1, words: "there is no Deployment"),
    Mistake(
      text: String(repeating: "[", count: 60) + String(repeating: "]", count: 60), line: 1,
      words: "nested more than"),
  ]

  @Test(arguments: mistakes)
  func aMistakeIsToldAtItsLine(_ mistake: Mistake) throws {
    let bundle = ManifestBundle(mistake.text)
    let found = bundle.findings.first {
      $0.message.contains(mistake.words) && ($0.severity == .warning) == mistake.isWarning
    }
    let all = "\(bundle.findings.map { "\($0.position.line): \($0.message)" })"
    let finding = try #require(found, "\(all)")
    #expect(finding.position.line == mistake.line, "\(all)")
    if mistake.isMended {
      let fixed = ManifestBundle.fixed(mistake.text)
      #expect(ManifestBundle(fixed).findings.isEmpty, "\(fixed)")
    }
  }

  /// Each line stands for ten of the line above it: a billion values in a few hundred bytes.
  @Test func aliasesCannotMakeItRunLong() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...3 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    let few = YAMLText(text)
    #expect(few.findings.isEmpty)
    for level in 4...9 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    #expect(YAMLText(text).findings.map(\.message) == ["there are more than 40 aliases"])
  }

  @Test func whatAliasesStandForCounts() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...10 {
      let previous = "*a\(level - 1)"
      text += "a\(level): &a\(level) [\(previous), \(previous), \(previous), \(previous)]\n"
    }
    #expect(YAMLText(text).findings.first?.message.contains("20000 values") == true)
  }

  /// Values as kubectl reads them.
  @Test(arguments: [
    ("yes", "true"), ("'yes'", "\"yes\""), ("0755", "493"), ("0x1F", "31"), ("1_000", "1000"),
    ("12:30:00", "\"12:30:00\""), ("1.25e1", "12.5"), ("~", "null"), ("1.5", "1.5"),
    ("v1", "\"v1\""),
    ("2024-01-01", "\"2024-01-01\""), ("-5", "-5"), ("!!str 5", "\"5\""),
  ])
  func scalarsMeanWhatKubectlReads(_ written: String, _ value: String) throws {
    let yaml = YAMLText("a: \(written)\n")
    #expect(yaml.findings.allSatisfy { $0.severity == .warning }, "\(yaml.findings)")
    let json = try #require(yaml.documents.first?["a"]?.json)
    #expect(try String(decoding: json.encoded(), as: UTF8.self) == value)
  }

  @Test func mergesAreWrittenOut() {
    let yaml = YAMLText("base: &b {a: 1, b: 2}\nthis:\n  <<: *b\n  b: 3\n")
    #expect(yaml.documents.first?["this", "a"]?.json == .integer(1))
    #expect(yaml.documents.first?["this", "b"]?.json == .integer(3))
  }

  @Test func aNameThatIsNotAllowedIsMendedEverywhere() {
    let text = ManifestBundle.fixed(good.replacing("name: llama-7b", with: "name: Llama_7B"))
    #expect(ManifestBundle(text).errors.isEmpty, "\(ManifestBundle(text).errors)")
    #expect(ManifestBundle(text).modelName == "llama-7b")
  }

  @Test func aTakenNameIsToldWithItsHolder() {
    let bundle = ManifestBundle(
      good, context: .init(takenNames: ["llama-7b": "Deployment team-a/llama-7b"]))
    #expect(
      bundle.errors.map(\.message) == ["the name 'llama-7b' is taken by Deployment team-a/llama-7b"]
    )
    #expect(bundle.errors.first?.position == YAMLPosition(line: 4, column: 9))
  }

  @Test func whatIsOutOfPlaceInAnotherOrganizationIsRefused() {
    let text = with(
      "    jan-server.menlo.ai/organization: \"7\"\n    model.aibrix.ai/name: llama-7b",
      for: "    model.aibrix.ai/name: llama-7b")
    #expect(ManifestBundle(text).errors.first?.message.contains("another organization") == true)
    #expect(ManifestBundle(text, context: .init(organization: "7")).errors.isEmpty)
  }
}
