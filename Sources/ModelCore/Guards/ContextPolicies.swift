internal import Kubernetes

/// The section `contexts` of the configuration file: guard rails by the name of a context, or by a pattern of names.
///
/// ```yaml
/// contexts:
///   "prod-*": {read-only: false, confirm: typed, max-gpus: 8, deny-delete: true, label: PRODUCTION}
/// ```
package struct ContextPolicies: Equatable, Sendable {
  private struct Entry: Equatable, Sendable {
    var pattern: String
    var guards: GuardRails
  }

  private var entries: [Entry] = []

  /// Nothing is guarded.
  package init() {}

  /// - Parameters:
  ///   - node: the value of `contexts`; `nil` where the file has none.
  ///   - others: keys of a context that somebody else reads.
  ///   - findings: gets what is wrong, each at its line. A guard rail whose value is wrong is closed; the rest counts.
  package init(
    _ node: YAMLNode?, others: Set<String> = [], findings: inout [YAMLFinding]
  ) {
    guard let node, !node.isNull else { return }
    guard node.isMapping else {
      findings.append(
        YAMLFinding(
          node.position, "contexts is not a mapping",
          advice: "Write a line for each context: `prod-*: {read-only: true}`."))
      return
    }
    for member in node.members {
      guard let guards = Self.guards(member, others, findings: &findings) else { continue }
      entries.append(Entry(pattern: member.key, guards: guards))
    }
  }

  /// What holds for a context: everything whose name or pattern fits counts, the strictest wins.
  package func guards(for context: String) -> GuardRails {
    var result = entries.filter { Self.matches($0.pattern, context) }
      .reduce(GuardRails()) { $0.merging($1.guards) }
    result.context = context
    return result
  }

  // MARK: Reading

  private static let keys = ["read-only", "confirm", "max-gpus", "deny-delete", "label"]

  private static func guards(
    _ member: YAMLNode.Member, _ others: Set<String>, findings: inout [YAMLFinding]
  ) -> GuardRails? {
    if member.value.isNull { return nil }
    guard member.value.isMapping else {
      findings.append(
        YAMLFinding(
          member.value.position, "context \(Excerpt.quoted(member.key)) is not a mapping",
          advice: "Write its settings below it: \(keys.joined(separator: ", "))."))
      return nil
    }
    var guards = GuardRails()
    for setting in member.value.members where !others.contains(setting.key) {
      read(setting, into: &guards, findings: &findings)
    }
    return guards
  }

  private static func read(
    _ setting: YAMLNode.Member, into guards: inout GuardRails, findings: inout [YAMLFinding]
  ) {
    let value = setting.value
    func refuse(_ what: String, _ advice: String) {
      findings.append(YAMLFinding(value.position, "\(setting.key) \(what)", advice: advice))
    }
    func boolean() -> Bool? {
      if case .scalar(.bool(let flag), _, _) = value.content { return flag }
      refuse("is neither true nor false", "Write `\(setting.key): true`, or leave it out.")
      return nil
    }
    switch setting.key {
    case "read-only": guards.isReadOnly = boolean() ?? true
    case "deny-delete": guards.deniesDelete = boolean() ?? true
    case "confirm":
      switch value.string {
      case "typed": guards.confirmsByTyping = true
      case "button": guards.confirmsByTyping = false
      default:
        guards.confirmsByTyping = true
        refuse("is neither typed nor button", "`typed` asks for the model's name before pods end.")
      }
    case "max-gpus":
      guard case .scalar(.integer(let number), _, _) = value.content, (0...100_000).contains(number)
      else {
        guards.maxGPUs = 0
        refuse(
          "is not a number of GPUs", "Write how many one model may have with all its replicas.")
        return
      }
      guards.maxGPUs = Int(number)
    case "label":
      let text = value.string.map { Excerpt.line($0, limit: 24) } ?? ""
      guard !text.isEmpty else {
        refuse("is not a word", "Write what the header shall say, e.g. `label: PRODUCTION`.")
        return
      }
      guards.label = text
    default:
      findings.append(
        YAMLFinding(
          setting.keyPosition, "\(Excerpt.quoted(setting.key)) is not a setting of a context",
          advice: "There are \(keys.joined(separator: ", "))."))
    }
  }

  // MARK: Patterns

  /// Whether a name fits a pattern, in which `*` is any text and `?` any character.
  package static func matches(_ pattern: String, _ name: String) -> Bool {
    let (pattern, name) = (Array(pattern), Array(name))
    var (p, n) = (0, 0)
    var star: (pattern: Int, name: Int)?
    while n < name.count {
      if p < pattern.count, pattern[p] == "*" {
        star = (p, n)
        p += 1
      } else if p < pattern.count, pattern[p] == "?" || pattern[p] == name[n] {
        (p, n) = (p + 1, n + 1)
      } else if let last = star {
        // The star takes one character more.
        star = (last.pattern, last.name + 1)
        (p, n) = (last.pattern + 1, last.name + 1)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }
}
