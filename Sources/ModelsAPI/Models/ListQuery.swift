internal import HTTPTypes
package import ModelCore

/// What of a list is asked for.
package struct ListQuery: Equatable, Sendable {
  /// Any of these; empty is all.
  package var statuses: Set<ModelStatus> = []
  /// Only managed models, or only the others; `nil` is both.
  package var managed: Bool?
  /// All of these.
  package var tags: [String] = []
  /// So many at most.
  package var limit: Int?
  /// Only those whose name comes after this one.
  package var after: String?

  /// What `limit` may be.
  package static let limits = 1...1_000

  /// Asks for everything.
  package init() {}

  /// Reads the parameters. Throws ``AnswerNow`` with 400 for a value that is none.
  init(_ query: QueryParameters) throws {
    for text in query["status"] {
      guard let status = ModelStatus(rawValue: text) else {
        let words = ModelStatus.allCases.map(\.rawValue).joined(separator: ", ")
        throw Self.invalid("status \(Excerpt.quoted(text)) is none of \(words)")
      }
      statuses.insert(status)
    }
    for text in query["managed"] {
      switch text {
      case "true": managed = true
      case "false": managed = false
      default: throw Self.invalid("managed \(Excerpt.quoted(text)) is neither true nor false")
      }
    }
    tags = query["tag"]
    for text in query["limit"] {
      guard let number = Int(text), Self.limits.contains(number) else {
        throw Self.invalid("limit \(Excerpt.quoted(text)) is no number from 1 to 1000")
      }
      limit = number
    }
    after = query["after"].last
  }

  /// What it asks for, so that two that ask for the same have the same.
  var parts: [String] {
    [
      statuses.map(\.rawValue).sorted().joined(separator: ","),
      managed.map(String.init) ?? "", limit.map(String.init) ?? "",
      after.map { "after \($0)" } ?? "",
    ] + tags
  }

  private static func invalid(_ text: String) -> AnswerNow {
    AnswerNow(.badRequest, APIText.validationPrefix + text)
  }

  /// What is answered of these, which are in order, and how many there are without `limit` and `after`.
  func select(from models: [Model]) -> (models: [Model], total: Int) {
    let isFiltered = !statuses.isEmpty || managed != nil || !tags.isEmpty
    let fitting = isFiltered ? models.filter(matches) : models
    var page = fitting[...]
    if let after { page = page.drop { $0.name <= after } }
    if let limit { page = page.prefix(limit) }
    return (Array(page), fitting.count)
  }

  private func matches(_ model: Model) -> Bool {
    (statuses.isEmpty || statuses.contains(model.status))
      && (managed == nil || managed == model.isManaged) && tags.allSatisfy(model.tags.contains)
  }
}
