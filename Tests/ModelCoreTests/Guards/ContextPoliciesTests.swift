import ModelCore
import Testing

/// Guard rails by context, as the configuration file says them.
@Suite("Context policies")
struct ContextPoliciesTests {
  private func read(_ text: String) -> (policies: ContextPolicies, findings: [YAMLFinding]) {
    var findings: [YAMLFinding] = []
    let node = YAMLText(text).documents.first?["contexts"]
    return (ContextPolicies(node, findings: &findings), findings)
  }

  @Test func everySettingIsRead() {
    let (policies, findings) = read(
      """
      contexts:
        prod-eu: {read-only: true, confirm: typed, max-gpus: 8, deny-delete: true, label: PRODUCTION}
      """)
    #expect(findings.isEmpty)
    let guards = policies.guards(for: "prod-eu")
    #expect(guards.isReadOnly && guards.confirmsByTyping && guards.deniesDelete)
    #expect(guards.maxGPUs == 8 && guards.word == "PRODUCTION" && guards.context == "prod-eu")
    #expect(!policies.guards(for: "dev").isProtected)
  }

  @Test func allThatFitCountAndTheStrictestWins() {
    let (policies, _) = read(
      """
      contexts:
        "*": {max-gpus: 16}
        "prod-*": {max-gpus: 8, confirm: typed}
        prod-eu: {max-gpus: 32}
      """)
    #expect(policies.guards(for: "prod-eu").maxGPUs == 8)
    #expect(policies.guards(for: "prod-eu").confirmsByTyping)
    #expect(policies.guards(for: "dev").maxGPUs == 16)
    #expect(!policies.guards(for: "dev").confirmsByTyping)
  }

  @Test(arguments: [
    ("*", "anything", true), ("prod-*", "prod-", true), ("prod-*", "preprod-eu", false),
    ("*prod*", "my-prod-eu", true), ("prod-?", "prod-1", true), ("prod-?", "prod-12", false),
    ("a*b*c", "a-b-b-c", true), ("", "", true), ("", "a", false), ("arn:*/x", "arn:1/2/x", true),
  ])
  func patterns(pattern: String, name: String, fits: Bool) {
    #expect(ContextPolicies.matches(pattern, name) == fits)
  }

  @Test func whatIsWrongIsToldAtItsPlace() {
    let (policies, findings) = read(
      """
      contexts:
        prod:
          read-only: maybe
          max-gpus: lots
          confirm: twice
          deny-deletes: true
        dev: 3
      """)
    #expect(
      findings.map { "\($0.position.line):\($0.position.column) \($0.message)" } == [
        "3:16 read-only is neither true nor false", "4:15 max-gpus is not a number of GPUs",
        "5:14 confirm is neither typed nor button",
        "6:5 'deny-deletes' is not a setting of a context",
        "7:8 context 'dev' is not a mapping",
      ])
    // A rail that cannot be read is closed, and never open.
    let guards = policies.guards(for: "prod")
    #expect(guards.isReadOnly && guards.maxGPUs == 0 && guards.confirmsByTyping)
  }

  @Test func keysOfOthersAreLeftToThem() {
    var findings: [YAMLFinding] = []
    let node = YAMLText("contexts: {a: {namespace: x, read-only: true}}").documents.first?[
      "contexts"]
    let policies = ContextPolicies(node, others: ["namespace"], findings: &findings)
    #expect(findings.isEmpty && policies.guards(for: "a").isReadOnly)
  }
}
