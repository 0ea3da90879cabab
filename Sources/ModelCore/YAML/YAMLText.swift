internal import FoundationEssentials
internal import Kubernetes
internal import Yams

/// Reads a YAML text of several documents within limits, keeping where everything stands.
///
/// Throws nothing: what cannot be read is a finding at its line, so that an editor shows it while somebody types.
package struct YAMLText: Sendable {
  /// What a text may be at most. A manifest of a model is a few kilobytes.
  package enum Limits {
    /// Of the text, in UTF-8.
    package static let bytes = 256 << 10
    /// Those that are not empty.
    package static let documents = 20
    /// Values inside of each other.
    package static let depth = 40
    /// Values in all, with those that aliases stand for.
    package static let values = 20_000
    /// In the whole text.
    package static let aliases = 40
    /// Bytes of one key. The longest of Kubernetes, a label with its prefix, has 317.
    package static let key = 512
  }

  /// The documents that are not empty, as far as the text could be read.
  package private(set) var documents: [YAMLNode] = []
  package private(set) var findings: [YAMLFinding] = []
  /// All of the text could be read; what is wrong then is about single values.
  package private(set) var isComplete = false

  /// Reads as much as can be read.
  package init(_ text: String) {
    let text = Self.normalized(text)
    guard checkSize(text) else { return }
    let characters = YAMLCharacters.findings(in: text)
    findings = characters.findings
    guard !characters.isUnreadable else { return }
    var reader = YAMLReader(text)
    do {
      let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
      while let root = try parser.nextRoot() {
        let mark = root.mark.map(Self.position) ?? YAMLPosition(line: 1, column: 1)
        guard documents.count < Limits.documents else {
          throw YAMLRefusal(mark, "there are more than \(Limits.documents) documents")
        }
        let node = try reader.convert(root, at: mark)
        if !node.isNull { documents.append(node) }
      }
      isComplete = true
    } catch let refusal as YAMLRefusal {
      findings.append(refusal.finding)
    } catch {
      findings.append(Self.finding(of: error, in: text))
    }
    findings += reader.findings
  }

  /// The text with line feeds for line ends and without a byte order mark at its start.
  package static func normalized(_ text: String) -> String {
    var text = text
    if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
    guard text.utf8.contains(13) else { return text }
    return text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
  }

  static func position(_ mark: Mark) -> YAMLPosition {
    YAMLPosition(line: mark.line, column: mark.column)
  }

  // MARK: Before it is parsed

  /// What is said of a text that is too large to be read.
  package static func excess(bytes: Int) -> YAMLFinding {
    YAMLFinding(
      YAMLPosition(line: 1, column: 1),
      "the text has \(bytes / 1_024) KiB, and \(Limits.bytes >> 10) KiB are read",
      advice: "Put large files into the image or on a volume.")
  }

  private mutating func checkSize(_ text: String) -> Bool {
    let size = text.utf8.count
    guard size <= Limits.bytes else {
      findings.append(Self.excess(bytes: size))
      return false
    }
    // The parser expands aliases where it compares keys: few are let through, and none in a key, so that none can make
    // it run long.
    let survey = AliasSurvey(text)
    if let excess = survey.excess {
      findings.append(
        YAMLFinding(
          excess, "there are more than \(Limits.aliases) aliases", advice: "Write the values out."))
      return false
    }
    if survey.count > 4, let key = survey.key {
      findings.append(
        YAMLFinding(key, "a key is not a word", advice: "Kubernetes knows no such keys."))
      return false
    }
    return true
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

/// What could be an alias or a key that is no word, also in a quoted text: found before anything is parsed.
private struct AliasSurvey {
  private(set) var count = 0
  /// Where there is one more than the aliases that are allowed.
  private(set) var excess: YAMLPosition?
  /// Where a list, a mapping or an alias is a key.
  private(set) var key: YAMLPosition?

  init(_ text: String) {
    var line = 1
    var column = 0
    var previous: UInt8 = 10
    var isAlias = false
    let bytes = Array(text.utf8)
    for (index, byte) in bytes.enumerated() {
      column += byte & 0xC0 == 0x80 ? 0 : 1
      let next = index + 1 < bytes.count ? bytes[index + 1] : 10
      let position = YAMLPosition(line: line, column: column)
      switch byte {
      case 42 where " \t\n[]{},:-?".utf8.contains(previous) && !" \t\n*".utf8.contains(next):
        count += 1
        isAlias = true
        if count > YAMLText.Limits.aliases {
          excess = position
          return
        }
      // A colon behind a bracket, a brace or an alias.
      case 58:
        let before = bytes[..<index].last { $0 != 32 }
        if before == 93 || before == 125 || isAlias { key = key ?? position }
      case 63 where " \t\n[{,-".utf8.contains(previous):
        key = key ?? position
      case 10: (line, column) = (line + 1, 0)
      default: break
      }
      if !"*-_ ".utf8.contains(byte), !(byte | 32 >= 97 && byte | 32 <= 122),
        !(48...57).contains(byte)
      {
        isAlias = false
      }
      previous = byte
    }
  }
}
