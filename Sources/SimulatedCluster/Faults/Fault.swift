/// A fault as it was asked for: `NAME` or `NAME:name=value,name=value`.
package struct Fault: Sendable, Equatable, CustomStringConvertible {
  enum Value: Sendable, Equatable {
    case duration(Duration)
    case count(Int)
    case share(Double)
    case text(String)
  }

  package let kind: FaultKind
  let values: [FaultParameter: Value]
  /// The text that it was made from.
  package let description: String

  /// Throws `FaultSyntaxError`, whose description says what is wrong and what there is.
  package init(_ text: some StringProtocol) throws(FaultSyntaxError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts.first ?? "")
    guard let kind = FaultKind(rawValue: name) else {
      throw FaultSyntaxError(
        description: "there is no fault \"\(name)\"; there are "
          + FaultKind.allCases.map(\.rawValue).joined(separator: ", "))
    }
    var values: [FaultParameter: Value] = [:]
    let rest = parts.count > 1 ? String(parts[1]) : ""
    for pair in rest.split(separator: ",") {
      let (parameter, value) = try Self.parse(pair, of: kind)
      values[parameter] = value
    }
    self.kind = kind
    self.values = values
    description = String(text)
  }

  private static func parse(
    _ pair: Substring, of kind: FaultKind
  ) throws(FaultSyntaxError) -> (FaultParameter, Value) {
    let parts = pair.split(
      separator: Character("="), maxSplits: 1, omittingEmptySubsequences: false
    )
    .map(String.init)
    let known =
      kind.parameters + FaultParameter.timing
      + (kind.concernsRequests ? FaultParameter.conditions : [])
    guard parts.count == 2, let parameter = FaultParameter(rawValue: parts[0]),
      known.contains(parameter)
    else {
      throw FaultSyntaxError(
        description: "\(kind.rawValue) does not know \"\(pair)\"; it takes "
          + known.map { "\($0.rawValue)=" }.joined(separator: ", "))
    }
    guard let value = value(parts[1], parameter) else {
      throw FaultSyntaxError(
        description: "\(parameter.rawValue)=\(parts[1]) cannot be read: \(parameter.summary)")
    }
    return (parameter, value)
  }

  private static func value(_ text: String, _ parameter: FaultParameter) -> Value? {
    switch parameter.form {
    case .duration: duration(text).map(Value.duration)
    case .count: Int(text).flatMap { $0 > 0 ? .count($0) : nil }
    case .share: Double(text).flatMap { (0...1).contains($0) ? .share($0) : nil }
    case .text:
      switch parameter {
      case .verb: text.split(separator: "|").allSatisfy(isVerb) && !text.isEmpty ? .text(text) : nil
      case .authority: text == "new" ? .text(text) : nil
      default: text.isEmpty ? nil : .text(text)
      }
    }
  }

  private static func isVerb(_ text: Substring) -> Bool {
    RequestVerb(rawValue: String(text)) != nil || text == "read" || text == "write"
  }

  private static func duration(_ text: String) -> Duration? {
    let number = text.prefix { $0.isNumber || $0 == "." }
    let units = ["ms": 1.0, "s": 1_000, "": 1_000, "m": 60_000]
    guard let value = Double(number), let unit = units[String(text.dropFirst(number.count))],
      let milliseconds = Int(exactly: (value * unit).rounded(.down)), milliseconds >= 0
    else { return nil }
    return .milliseconds(milliseconds)
  }
}

/// Why the text of a fault could not be read, for a person.
package struct FaultSyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
  package let description: String
}

extension Fault {
  func duration(_ parameter: FaultParameter) -> Duration? {
    if case .duration(let value) = values[parameter] { value } else { nil }
  }

  func count(_ parameter: FaultParameter) -> Int? {
    if case .count(let value) = values[parameter] { value } else { nil }
  }

  func text(_ parameter: FaultParameter) -> String? {
    if case .text(let value) = values[parameter] { value } else { nil }
  }

  var share: Double? {
    if case .share(let value) = values[.share] { value } else { nil }
  }

  /// Whether it happens to a request, apart from counting and chance.
  func concerns(_ request: RequestFacts) -> Bool {
    guard kind.concernsRequests else { return false }
    switch kind {
    case .cutWatch, .hangWatch: guard request.verb == .watch else { return false }
    case .expired: guard request.canExpire else { return false }
    case .cutBody, .hangBody, .garbage: guard request.verb != .watch else { return false }
    case .cutWrite, .loseAnswer: guard request.isWrite else { return false }
    default: break
    }
    if let verbs = text(.verb), !verbs.split(separator: "|").contains(where: request.does) {
      return false
    }
    if let path = text(.path), !request.target.contains(path) { return false }
    if let agent = text(.agent), !request.agent.contains(agent) { return false }
    return true
  }
}

/// What a request does, in the words of Kubernetes' authorization.
enum RequestVerb: String, Sendable {
  case get, list, watch, create, update, patch, delete
}

/// What of a request decides whether a fault happens to it.
struct RequestFacts: Sendable {
  var verb: RequestVerb
  /// Path and query.
  var target: String
  var agent: String
  /// A watch from a version, or a list that continues.
  var canExpire: Bool
  /// Whether it would change something: no dry run and no review.
  var isWrite: Bool

  func does(_ verb: Substring) -> Bool {
    switch verb {
    case "read": [.get, .list, .watch].contains(self.verb)
    case "write": isWrite
    default: self.verb.rawValue == verb
    }
  }
}
