/// What the server said about rights. What it has not said is allowed: then its answer to the write decides.
package struct AccessBoard: Equatable, Sendable {
  private var answers: [AccessRight: Bool] = [:]

  /// Nothing was said yet.
  package init() {}

  /// What was said about exactly this right; `nil` for nothing.
  package subscript(right: AccessRight) -> Bool? {
    get { answers[right] }
    set { answers[right] = newValue }
  }

  /// Whether the server said no, for this place and for all of them together.
  package func isDenied(_ right: AccessRight) -> Bool {
    if answers[right.everywhere] == true { return false }
    return answers[right] == false
  }

  /// Whether anything is refused anywhere.
  package var hasDenials: Bool { answers.values.contains(false) }

  /// What is missing of these, as one sentence with what to ask for; `nil` where nothing is.
  package func refusal(of rights: [AccessRight]) -> String? {
    let missing = rights.filter(isDenied)
    guard let first = missing.first else { return nil }
    var verbs: [String] = []
    for right in missing where !verbs.contains(right.verb) { verbs.append(right.verb) }
    let parts = verbs.map { verb in
      let resources = missing.filter { $0.verb == verb }.map(\.qualifiedResource)
      return "\(verb) \(Self.listed(resources))"
    }
    let place = first.namespace.map { " in namespace \($0)" } ?? ""
    return "no permission to \(parts.joined(separator: " or to "))\(place) "
      + "(ask for the verb\(verbs.count == 1 ? "" : "s") \(Self.listed(verbs)))"
  }

  private static func listed(_ words: [String]) -> String {
    guard words.count > 1, let last = words.last else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " and " + last
  }
}
