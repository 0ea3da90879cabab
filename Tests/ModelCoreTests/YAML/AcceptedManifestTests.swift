import Kubernetes
import ModelCore
import TestSupport
import Testing

/// Manifests that are as they should be, and what is made of them.
@Suite("Good manifests")
struct AcceptedManifestTests {
  @Test func aGoodManifestHasNoFindings() {
    #expect(ManifestBundle(goodManifest).findings.isEmpty)
    #expect(
      ManifestBundle("\u{FEFF}" + goodManifest.replacing("\n", with: "\r\n")).findings.isEmpty)
  }

  /// It has no label of Aibrix and no Service.
  private static let specified = SpecificationExamples.manifest

  @Test func theSpecificationsExampleIsAcceptedAndLabelled() throws {
    let bundle = ManifestBundle(Self.specified, context: .init(organization: "7"))
    #expect(bundle.errors.isEmpty, "\(bundle.errors)")
    let deployment = try #require(bundle.manifests().first)
    #expect(deployment["metadata", "namespace"] == "default")
    #expect(deployment["metadata", "labels", "jan-server.menlo.ai/organization"] == "7")
    #expect(deployment["metadata", "labels", "app"] == "custom-model")
    for path in [
      ["metadata", "labels"], ["spec", "selector", "matchLabels"],
      ["spec", "template", "metadata", "labels"],
    ] {
      #expect(deployment[path: path + ["model.aibrix.ai/name"]] == "custom-model")
    }
    #expect(
      deployment["spec", "template", "metadata", "labels", "model.aibrix.ai/port"] == "8000")
    #expect(deployment["metadata", "labels", "app.kubernetes.io/managed-by"] == nil)
  }

  @Test func theFixesOfTheSpecificationsExampleLeaveNothingButTheCommand() {
    let text = ManifestBundle.fixed(Self.specified)
    let bundle = ManifestBundle(text)
    #expect(bundle.objects.map(\.label) == ["Deployment custom-model", "Service custom-model"])
    #expect(bundle.findings.count == 1 && !bundle.hasErrors, "\(bundle.findings)")
  }

  @Test func jsonDocumentsAreManifestsToo() {
    let text =
      "{\"apiVersion\": \"apps/v1\", \"kind\": \"Deployment\", \"metadata\": {\"name\": \"a\"},\n"
      + " \"spec\": {\"selector\": {\"matchLabels\": {\"app\": \"a\"}}, \"template\": {\"metadata\":\n"
      + " {\"labels\": {\"app\": \"a\"}}, \"spec\": {\"containers\": [{\"name\": \"a\", \"image\": \"b:1\"}]}}}}\n"
    #expect(ManifestBundle(text).errors.isEmpty, "\(ManifestBundle(text).errors)")
  }

  // MARK: Speed

  /// A text as large as may be is read while somebody types.
  @Test func aLargeTextIsReadQuickly() {
    var text =
      goodManifest + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: data}\ndata:\n"
    for index in 0..<4_000 { text += "  key-\(index): some words that make up a value of a line\n" }
    var bundle: ManifestBundle?
    let time = processorTime { bundle = ManifestBundle(text) }
    #expect(bundle?.findings.isEmpty == true, "\(bundle?.findings.first?.message ?? "")")
    #expect(text.utf8.count > 200_000)
    // Generous: builds for tests are not optimized.
    #expect(time < .seconds(10), "\(time)")
  }
}
