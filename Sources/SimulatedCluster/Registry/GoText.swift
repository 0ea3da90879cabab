internal import Kubernetes

// Values as Go's `%#v` prints them, because the API server's errors quote them so.
extension JSONValue {
  /// A value of no particular type.
  var goText: String {
    switch self {
    case .null: "null"
    case .string(let text): "\"\(text)\""
    case .object, .array: jsonText
    default: text ?? ""
    }
  }
}

enum GoText {
  /// `map[string]string{"a":"b"}`
  static func map(_ value: JSONValue?) -> String {
    guard let members = value?.objectValue, !members.isEmpty else {
      return "map[string]string(nil)"
    }
    let pairs = members.strings.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }
    return "map[string]string{\(pairs.joined(separator: ", "))}"
  }

  /// `[]string{"a", "b"}`
  static func list(_ values: [String]) -> String {
    "[]string{\(values.map { "\"\($0)\"" }.joined(separator: ", "))}"
  }

  /// `v1.LabelSelector{...}`
  static func selector(_ value: JSONValue?) -> String {
    let type = "v1.LabelSelectorRequirement"
    let requirements = (value?["matchExpressions"]?.arrayValue ?? []).map { item in
      let values = item.items("values").compactMap(\.stringValue)
      return
        "\(type){Key:\"\(item.string("key"))\", Operator:\"\(item.string("operator"))\", Values:"
        + (values.isEmpty ? "[]string(nil)" : list(values)) + "}"
    }
    let text =
      requirements.isEmpty
      ? "[]\(type)(nil)" : "[]\(type){\(requirements.joined(separator: ", "))}"
    return "v1.LabelSelector{MatchLabels:\(map(value?["matchLabels"])), MatchExpressions:\(text)}"
  }
}
