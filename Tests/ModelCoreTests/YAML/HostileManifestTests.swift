import FoundationEssentials
import Kubernetes
import ModelCore
import Testing

/// Manifests that ask for more than a model needs, each with the words that have to be told.
@Suite("Hostile manifests")
struct HostileManifestTests {
  struct Hostile: CustomTestStringConvertible, Sendable {
    var text: String
    /// What the message says.
    var words: String
    /// Which text begins where the finding stands; `nil` leaves that open.
    var at: String?
    /// Only a warning: it may be meant.
    var isWarning = false
    var testDescription: String { words }
  }

  @Test(arguments: pods + volumes + containers + objects + services + texts)
  func isToldAtItsPlace(_ hostile: Hostile) throws {
    let bundle = ManifestBundle(
      hostile.text, context: .init(takenNames: ["other": "Deployment jan-models/other"]))
    let all = "\(bundle.findings.map { "\($0.position.line): \($0.message)" })"
    let finding = try #require(
      bundle.findings.first { $0.message.contains(hostile.words) }, "\(all)")
    #expect(finding.severity == (hostile.isWarning ? .warning : .error), "\(all)")
    if let at = hostile.at {
      let lines = hostile.text.split(separator: "\n", omittingEmptySubsequences: false)
      let line = try #require(
        lines.indices.contains(finding.position.line - 1) ? lines[finding.position.line - 1] : nil)
      let rest = line.unicodeScalars.dropFirst(finding.position.column - 1)
      #expect(String(Substring(rest)).hasPrefix(at), "\(finding.position) in \(line)")
    }
  }

  /// A fix mends what it is offered for, and leaves a text that can be read.
  @Test(arguments: pods + volumes + containers + objects + services + texts)
  func whatIsOfferedMends(_ hostile: Hostile) {
    let context = ManifestBundle.Context(takenNames: ["other": "Deployment jan-models/other"])
    let before = ManifestBundle(hostile.text, context: context)
    for finding in before.findings {
      guard let fix = finding.fix, let text = fix.safelyApplied(to: hostile.text) else { continue }
      let after = ManifestBundle(text, context: context)
      let same = after.findings.filter { $0.message == finding.message }.count
      let old = before.findings.filter { $0.message == finding.message }.count
      #expect(same < old, "\(fix.summary) leaves \(finding.message):\n\(text)")
    }
  }

  /// Keys that are written as lists of aliases would be compared in full by the parser.
  @Test func aliasesInKeysAreNotExpanded() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...12 {
      let previous = "*a\(level - 1)"
      text += "a\(level): &a\(level) [\(previous), \(previous), \(previous)]\n"
    }
    text += "[*a12]: 1\n"
    #expect(YAMLText(text).findings.map(\.message) == ["a key is not a word"])
  }

  /// A mistake in a word of the head hides nothing of the rest.
  @Test func aKindInAnotherCaseIsLookedThrough() {
    let text = Sample.pod("hostNetwork: true").replacing(
      "kind: Deployment", with: "kind: deployment")
    let messages = ManifestBundle(text).errors.map(\.message)
    #expect(messages.contains("there is no kind deployment"), "\(messages)")
    #expect(messages.contains { $0.hasPrefix("hostNetwork is not allowed") }, "\(messages)")
    #expect(ManifestBundle(ManifestBundle.fixed(text)).findings.isEmpty)
  }

  @Test func aSecretThatMayBeReadIsNoFinding() {
    let text = Sample.container("envFrom:\n- secretRef: {name: keys}")
    #expect(ManifestBundle(text, context: .init(secrets: ["keys"])).findings.isEmpty)
    let refused = ManifestBundle(text, context: .init(secrets: []))
    #expect(refused.errors.map(\.message) == ["there is no Secret 'keys' that this model may read"])
  }
}
