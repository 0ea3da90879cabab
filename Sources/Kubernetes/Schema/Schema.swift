/// The type of a field, as far as the API server looks at it: to check a body, to merge lists, to own fields.
package indirect enum Schema: Sendable, Hashable {
  case string, int32, int64, bool, number, quantity, intOrString, time, microTime, bytes
  /// Anything; lists in it are atomic, as the API server treats what it has no schema for.
  case any
  case map(Schema, isAtomic: Bool)
  case list(Schema, ListKind)
  /// A type of the catalog, by name.
  case object(String, isAtomic: Bool)

  /// How the items of a list are told apart when it is merged or owned.
  package enum ListKind: Sendable, Hashable {
    case atomic
    case set
    /// A list of objects with a key; the first key is also the one that a strategic merge patch uses.
    case map(keys: [String])
  }
}

/// The fields of a type of the catalog.
package struct ObjectSchema: Sendable {
  /// A field of a type.
  package struct Field: Sendable {
    package var schema: Schema
    /// Whether every object of the type must have it.
    package var isRequired: Bool
  }

  /// The name in the catalog, e.g. `PodSpec`.
  package var name: String
  /// By their names in JSON.
  package var fields: [String: Field]
}

/// The types of the kinds that are known, by name: Kubernetes 1.20 with what newer versions added.
package enum SchemaCatalog {
  /// Read once, when it is first asked for.
  package static let types: [String: ObjectSchema] = {
    var types: [String: ObjectSchema] = [:]
    for text in [MetaSchema.text, PodSpecSchema.text, CoreSchema.text, WorkloadSchema.text] {
      for type in SchemaParser.parse(text) { types[type.name] = type }
    }
    return types
  }()

  /// `nil` where the catalog has no type of that name.
  package static func type(_ name: String) -> ObjectSchema? { types[name] }
}

extension Schema {
  /// The type of a member of an object or a map; `nil` where the type has no such field.
  package func member(_ name: String) -> Schema? {
    switch self {
    case .object(let type, _):
      SchemaCatalog.type(type)?.fields[name]?.schema
    case .map(let value, _): value
    case .any: .any
    default: nil
    }
  }

  /// The type of the items of a list.
  package var item: Schema {
    if case .list(let item, _) = self { item } else { .any }
  }

  /// Whether the value is owned and replaced as a whole.
  package var isAtomic: Bool {
    switch self {
    case .map(_, let isAtomic), .object(_, let isAtomic): isAtomic
    case .list(_, let kind): kind == .atomic
    default: false
    }
  }
}
