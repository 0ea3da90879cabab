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

  /// `map[image:x]`: a value as Go's `%v` prints it.
  static func value(_ value: JSONValue) -> String {
    switch value {
    case .object(let members):
      let pairs = members.sorted { $0.key < $1.key }.map { "\($0.key):\(Self.value($0.value))" }
      return "map[\(pairs.joined(separator: " "))]"
    case .array(let items): return "[\(items.map(Self.value).joined(separator: " "))]"
    case .null: return "<nil>"
    default: return value.text ?? ""
    }
  }

  /// `[]string{"a", "b"}`
  static func list(_ values: [String]) -> String {
    "[]string{\(values.map { "\"\($0)\"" }.joined(separator: ", "))}"
  }

  /// A port of a service as the error about its twin shows it.
  static func servicePort(_ port: JSONValue) -> String {
    "core.ServicePort{Name:\"\", Protocol:\"\(port.string("protocol"))\", "
      + "AppProtocol:(*string)(nil), Port:\(port.integer("port") ?? 0), "
      + "TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:\"\"}, NodePort:0}"
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
