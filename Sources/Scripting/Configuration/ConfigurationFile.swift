internal import Kubernetes
package import ModelCore

/// The configuration file as it was read: values with where they stand.
package struct ConfigurationFile: Sendable {
  /// What a key says.
  package struct Entry: Sendable, Equatable {
    /// One for most settings; a list has several.
    package var values: [String]
    /// Of the key.
    package var position: YAMLPosition
  }

  /// As it was asked for, for messages.
  package let path: String
  package private(set) var settings: [Setting.ID: Entry] = [:]
  /// By the name of the context, or a pattern of it, in the order of the file.
  package private(set) var contexts: [(pattern: String, settings: [Setting.ID: Entry])] = []
  /// The whole section, for who reads the guard rails out of it.
  package private(set) var contextsNode: YAMLNode?

  /// Keys of a context that are not settings: what guards its writes.
  package static let guardKeys = ["confirm", "deny-delete", "label", "max-gpus", "read-only"]

  /// Reads a file's text. Throws everything that is wrong with it, each with line and column.
  package init(_ text: String, path: String) throws(ConfigurationError) {
    self.path = path
    let yaml = YAMLText(text)
    var findings = yaml.findings
    if yaml.documents.count > 1 {
      findings.append(
        YAMLFinding(
          yaml.documents[1].position, "there is a second document",
          advice: "Put everything into one."))
    }
    if findings.isEmpty, let root = yaml.documents.first {
      if root.isMapping {
        settings = Self.read(
          root, allowed: Setting.all.filter(\.mayBeInFile), isTop: true, &findings)
        if let member = root.member("contexts") { readContexts(member.value, &findings) }
      } else {
        findings.append(
          YAMLFinding(
            root.position, "the file holds no settings", advice: "Write key: value lines."))
      }
    }
    guard findings.isEmpty else {
      throw ConfigurationError(
        problems: findings.map { finding in
          let advice = finding.advice.isEmpty ? "" : ". \(finding.advice)"
          return "\(path):\(finding.position.line):\(finding.position.column): "
            + "\(finding.message)\(advice)"
        })
    }
  }

  private mutating func readContexts(_ node: YAMLNode, _ findings: inout [YAMLFinding]) {
    guard node.isMapping || node.isNull else {
      findings.append(
        YAMLFinding(
          node.position, "contexts is no mapping", advice: "Write the contexts' names as keys."))
      return
    }
    let allowed = Setting.all.filter { $0.isPerContext && $0.mayBeInFile }
    for member in node.members {
      guard member.value.isMapping || member.value.isNull else {
        findings.append(
          YAMLFinding(
            member.value.position, "the context \(Excerpt.quoted(member.key)) is no mapping",
            advice: "Write its settings below it."))
        continue
      }
      let entries = Self.read(member.value, allowed: allowed, isTop: false, &findings)
      if let server = entries[.server], member.key.contains(where: { "*?".contains($0) }) {
        findings.append(
          YAMLFinding(
            server.position, "server cannot stand under the pattern \(Excerpt.quoted(member.key))",
            advice: "Write the name of one context, which --context and :context then know."))
      }
      contexts.append((member.key, entries))
    }
    contextsNode = node
  }

  /// What the file says for a context, whose name or a pattern of it is the key: the first that says it counts.
  package func entry(_ id: Setting.ID, context: String) -> Entry? {
    for (pattern, settings) in contexts where ContextPolicies.matches(pattern, context) {
      if let entry = settings[id] { return entry }
    }
    return nil
  }

  /// The contexts that are an HTTP API and none of a kubeconfig, with their addresses, in the order of the file.
  package var serverContexts: [(name: String, server: String)] {
    contexts.compactMap { context in
      context.settings[.server]?.values.first.map { (context.pattern, $0) }
    }
  }

  private static func read(
    _ node: YAMLNode, allowed: [Setting], isTop: Bool, _ findings: inout [YAMLFinding]
  ) -> [Setting.ID: Entry] {
    var entries: [Setting.ID: Entry] = [:]
    let others = isTop ? ["contexts"] : Self.guardKeys
    for member in node.members where !others.contains(member.key) {
      guard let setting = allowed.first(where: { $0.name == member.key }) else {
        findings.append(unknown(member, allowed: allowed, isTop: isTop))
        continue
      }
      do {
        let values = try texts(of: member.value, setting)
        for value in values {
          if let problem = setting.problem(with: value) { throw ScriptingError(problem) }
        }
        entries[setting.id] = Entry(values: values, position: member.keyPosition)
      } catch let error as ScriptingError {
        findings.append(
          YAMLFinding(member.value.position, "\(setting.name): \(error.description)"))
      } catch {
        findings.append(YAMLFinding(member.value.position, "\(setting.name): \(error)"))
      }
    }
    return entries
  }

  private static func unknown(
    _ member: YAMLNode.Member, allowed: [Setting], isTop: Bool
  ) -> YAMLFinding {
    let key = Excerpt.quoted(member.key)
    if Setting.all.contains(where: { $0.name == member.key && !$0.mayBeInFile }) {
      return YAMLFinding(
        member.keyPosition, "\(key) does not belong in a file",
        advice: "Keep the token in the kubeconfig or in an environment variable.")
    }
    if Setting.all.contains(where: { $0.name == member.key }) {
      return YAMLFinding(
        member.keyPosition, "\(key) cannot differ from context to context",
        advice: "Write it at the top of the file.")
    }
    let names = allowed.map(\.name) + (isTop ? ["contexts"] : guardKeys)
    return YAMLFinding(
      member.keyPosition, "there is no setting \(key)",
      advice: "There are \(names.joined(separator: ", ")).")
  }

  /// The value as text, as a person wrote it: `30` and `true` are fine where a text is wanted.
  private static func texts(
    of node: YAMLNode, _ setting: Setting
  ) throws(ScriptingError) -> [String] {
    switch node.content {
    case .scalar(.null, _, _): throw ScriptingError("it has no value")
    case .scalar(_, let text, _): return [text]
    case .mapping: throw ScriptingError("it is a mapping, and one value is wanted")
    case .sequence(let elements):
      guard case .list = setting.kind else {
        throw ScriptingError("it is a list, and one value is wanted")
      }
      var texts: [String] = []
      for element in elements {
        guard case .scalar(_, let text, _) = element.content else {
          throw ScriptingError("its elements have to be texts")
        }
        texts.append(text)
      }
      return texts
    }
  }
}

/// What is wrong with the configuration: one line each, with where it stands and what is allowed.
package struct ConfigurationError: Error, Equatable, Sendable {
  /// Sentences for people; never empty.
  package var problems: [String]

  /// At least one problem, in the order in which they are to be told.
  package init(problems: [String]) { self.problems = problems }
}
