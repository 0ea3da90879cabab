internal import Kubernetes

/// Reads a JSONPath template.
struct JSONPathParser {
  private let characters: [Character]
  private var index = 0

  init(_ text: String) { characters = Array(text) }

  private var next: Character? { index < characters.count ? characters[index] : nil }

  private func error(_ problem: String) -> ScriptingError {
    ScriptingError(
      "the jsonpath template cannot be read at character \(index + 1): \(problem). "
        + "An example: jsonpath='{range .models[*]}{.id}{\"\\n\"}{end}'")
  }

  mutating func template() throws(ScriptingError) -> [JSONPath.Node] {
    let nodes = try block(isInRange: false)
    return nodes
  }

  /// Text and expressions up to the end, or to `{end}`.
  private mutating func block(isInRange: Bool) throws(ScriptingError) -> [JSONPath.Node] {
    var nodes: [JSONPath.Node] = []
    var text = ""
    while let character = next {
      guard character == "{" else {
        text.append(character)
        index += 1
        continue
      }
      if !text.isEmpty { nodes.append(.text(text)) }
      text = ""
      index += 1
      skipBlanks()
      if take("end") {
        try close()
        guard isInRange else { throw error("{end} without {range}") }
        return nodes
      }
      if take("range ") {
        skipBlanks()
        let steps = try steps(until: ["}"])
        try close()
        nodes.append(.range(steps, try block(isInRange: true)))
        continue
      }
      nodes.append(try expression())
      try close()
    }
    if isInRange { throw error("{range} has no {end}") }
    if !text.isEmpty { nodes.append(.text(text)) }
    return nodes
  }

  private mutating func expression() throws(ScriptingError) -> JSONPath.Node {
    if next == "\"" || next == "'" { return .text(try quoted()) }
    return .path(try steps(until: ["}"]))
  }

  private mutating func close() throws(ScriptingError) {
    skipBlanks()
    guard next == "}" else { throw error("'}' is missing") }
    index += 1
  }

  // MARK: Steps

  private mutating func steps(until ends: Set<Character>) throws(ScriptingError) -> [JSONPath.Step]
  {
    var steps: [JSONPath.Step] = []
    while let character = next, !ends.contains(character), !character.isWhitespace {
      switch character {
      case "$":
        index += 1
        steps.append(.root)
      case "@": index += 1
      case "*":
        index += 1
        steps.append(.everything)
      case ".":
        index += 1
        if next == "." {
          index += 1
          steps.append(.descend)
        }
        if let following = next, following != "[", !ends.contains(following), following != "*",
          following != "."
        {
          steps.append(.members([try name(until: ends)]))
        }
      case "[":
        index += 1
        steps.append(try brackets())
      default:
        // kubectl takes a first name without its dot, too.
        guard steps.isEmpty else { throw error("'\(character)' is not expected here") }
        steps.append(.members([try name(until: ends)]))
      }
    }
    skipBlanks()
    return steps
  }

  /// A member's name; a backslash lets a dot be part of it.
  private mutating func name(until ends: Set<Character>) throws(ScriptingError) -> String {
    var name = ""
    while let character = next, !ends.contains(character), !".[=!<>)".contains(character),
      !character.isWhitespace
    {
      index += 1
      if character == "\\", let escaped = next {
        name.append(escaped)
        index += 1
      } else {
        name.append(character)
      }
    }
    guard !name.isEmpty else { throw error("a name is missing") }
    return name
  }

  private mutating func brackets() throws(ScriptingError) -> JSONPath.Step {
    skipBlanks()
    if next == "?" { return try filter() }
    if next == "*" {
      index += 1
      try closeBracket()
      return .everything
    }
    if next == "\"" || next == "'" {
      var names = [try quoted()]
      while comma() { names.append(try quoted()) }
      try closeBracket()
      return .members(names)
    }
    let first = integer()
    if next == ":" {
      index += 1
      let end = integer()
      var step: Int?
      if next == ":" {
        index += 1
        step = integer()
      }
      guard step ?? 1 > 0 else { throw error("the step of a slice must be at least 1") }
      try closeBracket()
      return .slice(from: first, to: end, by: step ?? 1)
    }
    guard var numbers = first.map({ [$0] }) else {
      throw error("a number, '*', a name in quotes or ?( is missing in the brackets")
    }
    while comma() {
      guard let number = integer() else { throw error("a number is missing") }
      numbers.append(number)
    }
    try closeBracket()
    return .elements(numbers)
  }

  private mutating func filter() throws(ScriptingError) -> JSONPath.Step {
    index += 1
    guard next == "(" else { throw error("'(' is missing after '?'") }
    index += 1
    skipBlanks()
    let ends: Set<Character> = [")", "=", "!", "<", ">"]
    let path = try steps(until: ends)
    var comparison: JSONPath.Comparison?
    if let operation = JSONPath.Comparison.Operator.allCases.first(where: { take($0.rawValue) }) {
      skipBlanks()
      comparison = JSONPath.Comparison(operation: operation, operand: try operand())
    }
    skipBlanks()
    guard next == ")" else { throw error("')' is missing") }
    index += 1
    try closeBracket()
    return .filter(path: path, comparison: comparison)
  }

  private mutating func operand() throws(ScriptingError) -> JSONPath.Operand {
    if next == "\"" || next == "'" { return .value(.string(try quoted())) }
    if next == "@" || next == "$" || next == "." { return .path(try steps(until: [")"])) }
    var word = ""
    while let character = next, character != ")", !character.isWhitespace {
      word.append(character)
      index += 1
    }
    switch word {
    case "true": return .value(.bool(true))
    case "false": return .value(.bool(false))
    case "null", "nil": return .value(.null)
    default:
      if let number = Int64(word) { return .value(.integer(number)) }
      if let number = Double(word) { return .value(.double(number)) }
      throw error("'\(word)' is no value: put text in quotes")
    }
  }

  // MARK: Pieces

  private mutating func quoted() throws(ScriptingError) -> String {
    guard let quote = next, quote == "\"" || quote == "'" else {
      throw error("a text in quotes is missing")
    }
    index += 1
    var text = ""
    while let character = next, character != quote {
      index += 1
      guard character == "\\", let escaped = next else {
        text.append(character)
        continue
      }
      index += 1
      switch escaped {
      case "n": text.append("\n")
      case "t": text.append("\t")
      case "r": text.append("\r")
      default: text.append(escaped)
      }
    }
    guard next == quote else { throw error("the quote is not closed") }
    index += 1
    return text
  }

  private mutating func integer() -> Int? {
    skipBlanks()
    var text = ""
    while let character = next, character.isASCII,
      character.isNumber || (character == "-" && text.isEmpty)
    {
      text.append(character)
      index += 1
    }
    skipBlanks()
    return Int(text)
  }

  private mutating func comma() -> Bool {
    skipBlanks()
    guard next == "," else { return false }
    index += 1
    skipBlanks()
    return true
  }

  private mutating func closeBracket() throws(ScriptingError) {
    skipBlanks()
    guard next == "]" else { throw error("']' is missing") }
    index += 1
  }

  private mutating func take(_ word: String) -> Bool {
    let wanted = Array(word)
    guard index + wanted.count <= characters.count,
      Array(characters[index..<index + wanted.count]) == wanted
    else { return false }
    index += wanted.count
    return true
  }

  private mutating func skipBlanks() {
    while let character = next, character.isWhitespace { index += 1 }
  }
}
