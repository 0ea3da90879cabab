internal import Kubernetes
internal import Yams

/// Turns what the parser made into nodes, within limits, and tells what reads otherwise than it looks.
struct YAMLReader {
  /// What does not keep the text from being read.
  private(set) var findings: [YAMLFinding] = []
  private var budget = YAMLText.Limits.values
  private let lines: [Substring]

  init(_ text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// The tags that say nothing else than what the value is anyway.
  private static let text = "tag:yaml.org,2002:str"
  private static let collections: Set<String> = [
    "", "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq",
  ]

  /// - Parameter key: of the member that the value is of.
  mutating func convert(
    _ node: Node, at parent: YAMLPosition, depth: Int = 1, key: String = ""
  ) throws(YAMLRefusal) -> YAMLNode {
    let position = node.mark.map(YAMLText.position) ?? parent
    budget -= 1
    guard budget >= 0 else {
      throw YAMLRefusal(
        position,
        "there are more than \(YAMLText.Limits.values) values, with what the aliases stand for")
    }
    guard depth <= YAMLText.Limits.depth else {
      throw YAMLRefusal(
        position, "it is nested more than \(YAMLText.Limits.depth) levels deep")
    }
    switch node {
    case .scalar(let scalar): return scalarNode(scalar, at: position, key: key)
    case .sequence(let sequence):
      check(tag: sequence.tag.description, Self.collections, at: position)
      var elements: [YAMLNode] = []
      for element in sequence {
        var converted = try convert(element, at: position, depth: depth + 1, key: key)
        converted.isEntry = true
        elements.append(converted)
      }
      return YAMLNode(
        position: position, content: .sequence(elements), isFlow: isFlow(at: position))
    case .mapping(let mapping):
      check(tag: mapping.tag.description, Self.collections, at: position)
      let members = try members(of: mapping, at: position, depth: depth)
      return YAMLNode(
        position: position, content: .mapping(members), isFlow: isFlow(at: position))
    case .alias:
      throw YAMLRefusal(position, "an alias stands where it cannot be read")
    }
  }

  /// Whether a list or a mapping is written in brackets or braces; the parser does not tell.
  private func isFlow(at position: YAMLPosition) -> Bool {
    guard lines.indices.contains(position.line - 1) else { return true }
    var rest = lines[position.line - 1].unicodeScalars.dropFirst(position.column - 1)
    // Behind an anchor and a tag.
    while let first = rest.first, first == "&" || first == "!" {
      rest = rest.drop { $0 != " " }.drop { $0 == " " }
      if rest.isEmpty { return false }
    }
    return rest.first == "{" || rest.first == "["
  }

  private mutating func check(tag: String, _ allowed: Set<String>, at position: YAMLPosition) {
    guard !allowed.contains(tag) else { return }
    let shown = tag.replacing("tag:yaml.org,2002:", with: "!!")
    findings.append(
      YAMLFinding(
        position, "the tag \(Excerpt.line(shown, limit: 60)) is not allowed",
        advice: "Leave it out: Kubernetes takes values as they are written."))
  }

  private mutating func scalarNode(
    _ scalar: Node.Scalar, at position: YAMLPosition, key: String
  ) -> YAMLNode {
    let isPlain = scalar.style == .plain || scalar.style == .any
    let tag = scalar.tag.description
    check(tag: tag, ["", "!", Self.text], at: position)
    let isText = tag == Self.text || !isPlain
    let text = scalar.string
    let node = YAMLNode(
      position: position,
      content: .scalar(YAMLScalar.value(text, isPlain: !isText), text: text, isPlain: isPlain),
      isFlow: false)
    if !isText, let first = text.utf8.first, first < 58 { checkNumber(text, node, key: key) }
    return node
  }

  private static let unwritable: Set<String> = [
    ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", ".nan", ".NaN",
    ".NAN",
  ]

  private mutating func checkNumber(_ text: String, _ node: YAMLNode, key: String) {
    if Self.unwritable.contains(text) {
      findings.append(
        YAMLFinding(
          node.position, "\(text) is a number that Kubernetes cannot be sent",
          advice: "Put quotes around it where it is a text.",
          fix: node.replacement(quoting: text, "quote \(text)")))
    }
    // File modes are octal by custom.
    guard text.utf8.count > 1, text.utf8.first == 48,
      text.utf8.allSatisfy({ (48...57).contains($0) }),
      key != "mode", key != "defaultMode", let number = node.json.integerValue,
      String(number) != text.drop(while: { $0 == "0" })
    else { return }
    findings.append(
      YAMLFinding(
        node.position, .warning, "\(text) is read as octal: \(number)",
        advice: "Leave the leading zero out, or put quotes around a text."))
  }

  // MARK: Mappings

  private mutating func members(
    of mapping: Node.Mapping, at position: YAMLPosition, depth: Int
  ) throws(YAMLRefusal) -> [YAMLNode.Member] {
    var members: [YAMLNode.Member] = []
    var merged: [YAMLNode.Member] = []
    for (key, value) in mapping {
      let keyPosition = key.mark.map(YAMLText.position) ?? position
      guard case .scalar(let scalar) = key else {
        throw YAMLRefusal(
          keyPosition, "a key is not a word", advice: "Kubernetes knows no such keys.")
      }
      guard scalar.string.utf8.count <= YAMLText.Limits.key else {
        throw YAMLRefusal(
          keyPosition, "a key has more than \(YAMLText.Limits.key) characters",
          advice: "Kubernetes knows no such keys.")
      }
      check(tag: scalar.tag.description, ["", "!", Self.text], at: keyPosition)
      let value = try convert(value, at: keyPosition, depth: depth + 1, key: scalar.string)
      if scalar.string == "<<", scalar.style == .plain || scalar.style == .any {
        merged += try Self.merged(value)
      } else {
        members.append(.init(key: scalar.string, keyPosition: keyPosition, value: value))
      }
    }
    guard !merged.isEmpty else { return members }
    // What stands in the mapping itself wins over what is merged into it, and the first merged over the later.
    var seen = Set(members.map(\.key))
    for member in merged where seen.insert(member.key).inserted { members.append(member) }
    return members
  }

  private static func merged(_ value: YAMLNode) throws(YAMLRefusal) -> [YAMLNode.Member] {
    switch value.content {
    case .mapping(let members): return members
    case .sequence(let elements) where elements.allSatisfy(\.isMapping):
      return elements.flatMap(\.members)
    default:
      throw YAMLRefusal(value.position, "<< merges mappings, and this is none")
    }
  }
}
