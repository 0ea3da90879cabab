/// How a command writes its data: the value of `-o`.
package enum OutputFormat: Equatable, Sendable {
  case table, wide, json, yaml, name
  case jsonPath(JSONPath)

  /// Reads `table`, `wide`, `json`, `yaml`, `name` or `jsonpath=TEMPLATE`. Throws with what is allowed.
  package init(_ text: String) throws(ScriptingError) {
    switch text {
    case "table": self = .table
    case "wide": self = .wide
    case "json": self = .json
    case "yaml": self = .yaml
    case "name": self = .name
    default:
      guard text.hasPrefix("jsonpath=") else {
        throw ScriptingError(
          "there is no output format '\(text)': use \(Self.allowed.joined(separator: ", "))")
      }
      self = .jsonPath(try JSONPath(String(text.dropFirst("jsonpath=".count))))
    }
  }

  /// What `-o` takes, for help and errors.
  package static let allowed = ["table", "wide", "json", "yaml", "name", "jsonpath=TEMPLATE"]

  /// Whether it is for people, and may change from one version to the next.
  package var isTable: Bool { self == .table || self == .wide }
}

/// Input that cannot be used, in words for a person.
package struct ScriptingError: Error, Equatable, Sendable, CustomStringConvertible {
  package var description: String
  package init(_ description: String) { self.description = description }
}
