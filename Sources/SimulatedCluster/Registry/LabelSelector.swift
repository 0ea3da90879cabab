internal import Kubernetes

/// A label selector in the syntax of the query parameter, e.g. `app=x,tier in (a,b),!gone`.
struct LabelSelector: Sendable, Equatable {
  enum Requirement: Sendable, Equatable {
    case isIn(String, Set<String>)
    case isNotIn(String, Set<String>)
    case exists(String)
    case doesNotExist(String)
    case greater(String, Int)
    case less(String, Int)
  }

  var requirements: [Requirement]

  static let everything = LabelSelector(requirements: [])

  func matches(_ labels: [String: JSONValue]) -> Bool {
    requirements.allSatisfy { requirement in
      switch requirement {
      case .isIn(let key, let values):
        labels[key]?.stringValue.map(values.contains) ?? false
      case .isNotIn(let key, let values):
        labels[key]?.stringValue.map { !values.contains($0) } ?? true
      case .exists(let key): labels[key] != nil
      case .doesNotExist(let key): labels[key] == nil
      case .greater(let key, let bound):
        labels[key]?.stringValue.flatMap { Int($0) }.map { $0 > bound } ?? false
      case .less(let key, let bound):
        labels[key]?.stringValue.flatMap { Int($0) }.map { $0 < bound } ?? false
      }
    }
  }

  /// The selector in an object's `spec.selector` (`matchLabels`, `matchExpressions`).
  init(object: JSONValue?) {
    requirements = (object?["matchLabels"]?.objectValue ?? [:]).strings
      .map { .isIn($0.key, [$0.value]) }
    for expression in object?["matchExpressions"]?.arrayValue ?? [] {
      let key = expression.string("key")
      let values = Set(expression.items("values").compactMap(\.stringValue))
      switch expression.string("operator") {
      case "In": requirements.append(.isIn(key, values))
      case "NotIn": requirements.append(.isNotIn(key, values))
      case "Exists": requirements.append(.exists(key))
      case "DoesNotExist": requirements.append(.doesNotExist(key))
      default: break
      }
    }
  }

  init(requirements: [Requirement]) { self.requirements = requirements }
}

extension LabelSelector {
  /// Reads the query parameter; throws the server's text where it is no selector.
  init(parsing text: String) throws(Refusal) {
    var parser = LabelSelectorParser(text)
    do {
      requirements = try parser.parse()
    } catch {
      throw .badRequest(error.text)
    }
  }
}

/// A recursive-descent reader of label selectors.
private struct LabelSelectorParser {
  struct Failure: Error { var text: String }

  private var tokens: [String]
  private var position = 0

  init(_ text: String) { tokens = Self.tokens(text) }

  private static func tokens(_ text: String) -> [String] {
    var tokens: [String] = []
    var word = ""
    var index = text.startIndex
    func isSpecial(_ character: Character) -> Bool { "=!,()<>".contains(character) }
    while index < text.endIndex {
      let character = text[index]
      let next = text.index(after: index)
      if character.isWhitespace || isSpecial(character) {
        if !word.isEmpty { tokens.append(word) }
        word = ""
        if !character.isWhitespace {
          let pair = next < text.endIndex ? String(text[index...next]) : ""
          if pair == "==" || pair == "!=" {
            tokens.append(pair)
            index = text.index(after: next)
            continue
          }
          tokens.append(String(character))
        }
      } else {
        word.append(character)
      }
      index = next
    }
    if !word.isEmpty { tokens.append(word) }
    return tokens
  }

  private var token: String? { position < tokens.count ? tokens[position] : nil }

  private mutating func take() -> String {
    defer { position += 1 }
    return token ?? ""
  }

  mutating func parse() throws(Failure) -> [LabelSelector.Requirement] {
    var requirements: [LabelSelector.Requirement] = []
    guard !tokens.isEmpty else { return [] }
    while true {
      do {
        requirements.append(try requirement())
      } catch {
        throw Failure(text: "unable to parse requirement: \(error.text)")
      }
      guard let next = token else { return requirements }
      guard next == "," else {
        throw Failure(text: "found '\(next)', expected: ',' or 'end of string'")
      }
      position += 1
      if token == nil {
        throw Failure(text: "found '', expected: identifier after ','")
      }
    }
  }

  private mutating func key() throws(Failure) -> String {
    let key = take()
    guard !key.isEmpty, !"=!,()<>".contains(key.prefix(1)) else {
      throw Failure(text: "found '\(key)', expected: !, identifier, or 'end of string'")
    }
    if let error = NameRules.qualifiedName(key).first {
      throw Failure(text: "key: Invalid value: \"\(key)\": \(error)")
    }
    return key
  }

  private mutating func requirement() throws(Failure) -> LabelSelector.Requirement {
    if token == "!" {
      position += 1
      return .doesNotExist(try key())
    }
    let key = try key()
    switch token {
    case nil, ",": return .exists(key)
    case "=", "==":
      position += 1
      return .isIn(key, [try value()])
    case "!=":
      position += 1
      return .isNotIn(key, [try value()])
    case ">", "<":
      let isGreater = take() == ">"
      guard let bound = Int(try value()) else {
        throw Failure(text: "for 'Gt', 'Lt' operators, the value must be an integer")
      }
      return isGreater ? .greater(key, bound) : .less(key, bound)
    case "in":
      position += 1
      return .isIn(key, try values())
    case "notin":
      position += 1
      return .isNotIn(key, try values())
    case .some(let other):
      throw Failure(
        text: "found '\(other)', expected: in, notin, =, ==, !=, gt, lt")
    }
  }

  private mutating func value() throws(Failure) -> String {
    guard let next = token, next != "," else { return "" }
    position += 1
    if let error = NameRules.labelValue(next).first {
      throw Failure(text: "values[0]: Invalid value: \"\(next)\": \(error)")
    }
    return next
  }

  private mutating func values() throws(Failure) -> Set<String> {
    guard take() == "(" else {
      throw Failure(text: "found '\(tokens[max(0, position - 1)])' expected: '('")
    }
    var values: Set<String> = []
    while true {
      let next = take()
      switch next {
      case "": throw Failure(text: "found '', expected: ',', or ')'")
      case ")": return values
      case ",": continue
      default: values.insert(next)
      }
    }
  }
}
