internal import FoundationEssentials
internal import Kubernetes
internal import Yams

/// Reads a YAML text of several documents within limits, keeping where everything stands.
///
/// Throws nothing: what cannot be read is a finding at its line, so that an editor shows it while somebody types.
package struct YAMLText: Sendable {
  /// What a text may be at most. A manifest of a model is a few kilobytes.
  package enum Limits {
    package static let bytes = 256 << 10
    package static let documents = 20
    package static let depth = 40
    /// Values in all, with those that aliases stand for.
    package static let values = 20_000
    package static let aliases = 40
  }

  /// The documents that are not empty, as far as the text could be read.
  package private(set) var documents: [YAMLNode] = []
  package private(set) var findings: [YAMLFinding] = []

  package init(_ text: String) {
    guard checkSize(text) else { return }
    do {
      let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
      while let root = try parser.nextRoot() {
        let mark = root.mark.map(Self.position) ?? YAMLPosition(line: 1, column: 1)
        guard documents.count < Limits.documents else {
          throw YAMLRefusal(mark, "there are more than \(Limits.documents) documents")
        }
        var budget = Limits.values
        let node = try convert(root, at: mark, depth: 1, budget: &budget)
        if !node.isNull { documents.append(node) }
      }
    } catch let refusal as YAMLRefusal {
      findings.append(refusal.finding)
    } catch {
      findings.append(Self.finding(of: error, in: text))
    }
  }

  private static func position(_ mark: Mark) -> YAMLPosition {
    YAMLPosition(line: mark.line, column: mark.column)
  }

  // MARK: Before it is parsed

  private mutating func checkSize(_ text: String) -> Bool {
    let start = YAMLPosition(line: 1, column: 1)
    let size = text.utf8.count
    guard size <= Limits.bytes else {
      findings.append(
        YAMLFinding(
          start, "the text has \(size / 1_024) KiB, and \(Limits.bytes >> 10) KiB are read",
          advice: "Put large files into the image or on a volume."))
      return false
    }
    // The parser expands aliases where it compares keys: few are let through, so that none can make it run long.
    guard let excess = Self.excessAlias(in: text) else { return true }
    findings.append(
      YAMLFinding(
        excess, "there are more than \(Limits.aliases) aliases", advice: "Write the values out."))
    return false
  }

  /// Where there is one more than the aliases that are allowed. Counts what could be one, also in a quoted text.
  private static func excessAlias(in text: String) -> YAMLPosition? {
    var found = 0
    var line = 1
    var column = 0
    var previous: UInt8 = 10
    let bytes = Array(text.utf8)
    for (index, byte) in bytes.enumerated() {
      column += byte & 0xC0 == 0x80 ? 0 : 1
      if byte == 42, " \t\n\r[]{},:-?".utf8.contains(previous), index + 1 < bytes.count,
        !" \t\r\n*".utf8.contains(bytes[index + 1])
      {
        found += 1
        if found > Limits.aliases { return YAMLPosition(line: line, column: column) }
      }
      if byte == 10 { (line, column) = (line + 1, 0) }
      previous = byte
    }
    return nil
  }

  // MARK: Nodes

  private func convert(
    _ node: Node, at parent: YAMLPosition, depth: Int, budget: inout Int
  ) throws(YAMLRefusal) -> YAMLNode {
    let position = node.mark.map(Self.position) ?? parent
    budget -= 1
    guard budget >= 0 else {
      throw YAMLRefusal(
        position, "there are more than \(Limits.values) values, with what the aliases stand for")
    }
    guard depth <= Limits.depth else {
      throw YAMLRefusal(position, "it is nested more than \(Limits.depth) levels deep")
    }
    switch node {
    case .scalar(let scalar):
      let isPlain = scalar.style == .plain || scalar.style == .any
      let tag = scalar.tag.description
      let isText = tag.hasSuffix("str") || !isPlain && !tag.hasSuffix("int")
      return YAMLNode(
        position: position,
        content: .scalar(
          YAMLScalar.value(scalar.string, isPlain: !isText), text: scalar.string, isPlain: isPlain),
        isFlow: false)
    case .sequence(let sequence):
      var elements: [YAMLNode] = []
      for element in sequence {
        elements.append(try convert(element, at: position, depth: depth + 1, budget: &budget))
      }
      return YAMLNode(
        position: position, content: .sequence(elements), isFlow: sequence.style == .flow)
    case .mapping(let mapping):
      let members = try members(of: mapping, at: position, depth: depth, budget: &budget)
      return YAMLNode(
        position: position, content: .mapping(members), isFlow: mapping.style == .flow)
    case .alias:
      throw YAMLRefusal(position, "an alias stands where it cannot be read")
    }
  }

  private func members(
    of mapping: Node.Mapping, at position: YAMLPosition, depth: Int, budget: inout Int
  ) throws(YAMLRefusal) -> [YAMLNode.Member] {
    var members: [YAMLNode.Member] = []
    var merged: [YAMLNode.Member] = []
    for (key, value) in mapping {
      let keyPosition = key.mark.map(Self.position) ?? position
      guard case .scalar(let scalar) = key else {
        throw YAMLRefusal(
          keyPosition, "a key is not a word", advice: "Kubernetes knows no such keys.")
      }
      let value = try convert(value, at: keyPosition, depth: depth + 1, budget: &budget)
      if scalar.string == "<<", scalar.style == .plain || scalar.style == .any {
        merged += try Self.merged(value)
      } else {
        members.append(.init(key: scalar.string, keyPosition: keyPosition, value: value))
      }
    }
    // What stands in the mapping itself wins over what is merged into it, and the first merged over the later.
    for member in merged where !members.contains(where: { $0.key == member.key }) {
      members.append(member)
    }
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

  // MARK: Errors of the parser

  private static func finding(of error: any Error, in text: String) -> YAMLFinding {
    let start = YAMLPosition(line: 1, column: 1)
    guard let error = error as? YamlError else {
      return YAMLFinding(start, "the text cannot be read as YAML")
    }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return YAMLFinding(
        position(mark), Self.words(problem), advice: Self.advice(problem, mark, in: text))
    case .duplicatedKeysInMapping(let duplicates, let context):
      let key = duplicates.first ?? ""
      return YAMLFinding(
        Self.second(key, after: context.mark, in: text),
        "the key '\(Excerpt.line(key))' is there twice",
        advice: "Keep one: which of the two counts depends on who reads it.")
    case .reader(let problem, let offset, _, _):
      return YAMLFinding(
        offset.map { Self.position(ofCharacter: $0, in: text) } ?? start,
        "there is a character that YAML does not allow: \(problem)",
        advice: "It may have come with pasted text.")
    default:
      return YAMLFinding(start, "the text cannot be read as YAML")
    }
  }

  /// libyaml's message with its first letter as it is; nothing but a sentence's beginning is missing.
  private static func words(_ problem: String) -> String { "not YAML: \(problem)" }

  private static func advice(_ problem: String, _ mark: Mark, in text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.indices.contains(mark.line - 1) else { return "" }
    if lines[mark.line - 1].contains("\t") { return "Use blanks: YAML does not indent with tabs." }
    if problem.contains("mapping values are not allowed") {
      return "Check the indentation, or put quotes around a value that contains ': '."
    }
    if problem.contains("did not find expected") || problem.contains("could not find expected") {
      return "Check the indentation of this line and of the one above it."
    }
    if problem.contains("undefined alias") { return "Quote a value that begins with *." }
    return ""
  }

  /// The key's second line: the parser names only where the mapping begins.
  private static func second(_ key: String, after mark: Mark, in text: String) -> YAMLPosition {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var seen = 0
    for index in lines.indices where index >= mark.line - 1 {
      let line = lines[index]
      let body = line.drop { $0 == " " || $0 == "-" }
      let indent = line.count - body.count
      guard indent == mark.column - 1 || index == mark.line - 1 else { continue }
      let isKey = ["\(key):", "\"\(key)\":", "'\(key)':"].contains { body.hasPrefix($0) }
      guard isKey else { continue }
      seen += 1
      if seen == 2 { return YAMLPosition(line: index + 1, column: indent + 1) }
    }
    return YAMLPosition(line: mark.line, column: mark.column)
  }

  private static func position(ofCharacter offset: Int, in text: String) -> YAMLPosition {
    let before = text.prefix(offset)
    let line = before.count { $0.isNewline } + 1
    let column = before.reversed().prefix { !$0.isNewline }.count + 1
    return YAMLPosition(line: line, column: column)
  }
}

/// Ends the reading of a text with what is wrong.
struct YAMLRefusal: Error {
  var finding: YAMLFinding

  init(_ position: YAMLPosition, _ message: String, advice: String = "") {
    finding = YAMLFinding(position, message, advice: advice)
  }
}
