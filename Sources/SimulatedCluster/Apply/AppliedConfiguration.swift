internal import Kubernetes

/// Checks a manifest that is applied against the type of its kind: fields that do not exist, wrong types and doubled list items have no owner, so
/// apply refuses them where other writes look away.
enum AppliedConfiguration {
  /// What is wrong first; `nil` where nothing is.
  static func problem(
    _ value: JSONValue, _ schema: Schema, path: String = ""
  ) -> String? {
    switch (schema, value) {
    case (.any, _), (_, .null): return nil
    case (.object(let type, _), .object(let members)):
      return fields(members, of: type, path: path)
    case (.map(let item, _), .object(let members)):
      for (name, member) in members.sorted(by: { $0.key < $1.key }) {
        if let found = problem(member, item, path: "\(path).\(name)") { return found }
      }
      return nil
    case (.list(let item, let kind), .array(let items)):
      return list(items, item, kind, path: path)
    case (.object, _), (.map, _): return "\(path): expected map, got \(goText(value))"
    case (.list, _): return "\(path): expected list, got \(goText(value))"
    case (.string, .string), (.bytes, .string), (.time, .string), (.microTime, .string),
      (.quantity, _), (.intOrString, _), (.int32, .integer), (.int64, .integer), (.bool, .bool),
      (.number, .integer), (.number, .double):
      return nil
    default: return "\(path): expected \(name(of: schema)), got \(goText(value))"
    }
  }

  private static func fields(
    _ members: [String: JSONValue], of type: String, path: String
  ) -> String? {
    let fields = SchemaCatalog.type(type)?.fields ?? [:]
    for (name, member) in members.sorted(by: { $0.key < $1.key }) {
      if path.isEmpty, name == "kind" || name == "apiVersion" { continue }
      guard let field = fields[name] else {
        return "\(path).\(name): field not declared in schema"
      }
      if let found = problem(member, field.schema, path: "\(path).\(name)") { return found }
    }
    return nil
  }

  private static func list(
    _ items: [JSONValue], _ schema: Schema, _ kind: Schema.ListKind, path: String
  ) -> String? {
    var seen: Set<FieldPathElement> = []
    for (index, item) in items.enumerated() {
      let element: FieldPathElement? =
        switch kind {
        case .atomic: nil
        case .set: .value(item)
        case .map(let keys): .key(FieldTree.key(of: item, keys))
        }
      if let element, !seen.insert(element).inserted {
        return "\(path): duplicate entries for key \(element.path)"
      }
      let place = path + (element?.path ?? "[\(index)]")
      if let found = problem(item, schema, path: place) { return found }
    }
    return nil
  }

  private static func name(of schema: Schema) -> String {
    switch schema {
    case .bool: "boolean"
    case .int32, .int64, .number: "numeric"
    default: "string"
    }
  }

  private static func goText(_ value: JSONValue) -> String {
    "&value.valueUnstructured{Value:\(value.goText)}"
  }
}
