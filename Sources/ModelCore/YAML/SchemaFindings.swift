internal import Kubernetes

/// Fields that an object does not have, values of the wrong type, and what is missing: what a strict API server would
/// refuse, told at its place while somebody types.
struct SchemaFindings {
  private(set) var findings: [YAMLFinding] = []

  /// What other rules speak about: not looked into here.
  private static let handled: [String: Set<String>] = [
    "ObjectMeta": [
      "finalizers", "managedFields", "ownerReferences", "selfLink", "clusterName",
    ]
  ]

  /// The findings of an object; of kinds without a table those of its metadata.
  static func findings(of object: ManifestBundle.Object) -> [YAMLFinding] {
    var schema = SchemaFindings()
    let kind = object.kind.kind
    let hasTable =
      object.kind.group != "autoscaling" || object.kind.version == "v1"
    if hasTable, SchemaCatalog.type(kind) != nil {
      schema.walkObject(object.node, kind, key: kind, isRoot: true)
    } else {
      for member in object.node.members
      where !["apiVersion", "kind", "metadata", "spec", "status"].contains(member.key) {
        schema.addUnknown(
          member, in: kind, known: ["apiVersion", "kind", "metadata", "spec"])
      }
      if let metadata = object.node["metadata"] {
        schema.walkObject(metadata, "ObjectMeta", key: "metadata")
      }
      schema.expect(object.node, "spec", isA: { $0.isMapping }, "a mapping")
    }
    return schema.findings
  }

  private mutating func expect(
    _ node: YAMLNode, _ key: String, isA test: (YAMLNode) -> Bool, _ what: String
  ) {
    guard let member = node.member(key) else {
      findings.append(YAMLFinding(node.position, "\(key) is missing", advice: "Write it."))
      return
    }
    if !test(member.value) { mismatch(member.value, member.key, what) }
  }

  // MARK: Types

  private mutating func walk(_ node: YAMLNode, _ schema: Schema, key: String) {
    // An explicit null is the same as leaving the field out.
    if node.isNull { return }
    switch schema {
    case .any: break
    case .object(let type, _): walkObject(node, type, key: key)
    case .map(let item, _):
      guard node.isMapping else { return mismatch(node, key, "a mapping of names and values") }
      for member in node.members { walk(member.value, item, key: member.key) }
    case .list(let item, _):
      guard case .sequence(let elements) = node.content else {
        return mismatch(node, key, "a list: each entry begins with '- '")
      }
      for element in elements { walk(element, item, key: key) }
    default: walkScalar(node, schema, key: key)
    }
  }

  private mutating func walkScalar(_ node: YAMLNode, _ schema: Schema, key: String) {
    guard case .scalar(let value, let text, _) = node.content else {
      return mismatch(node, key, Self.words(schema))
    }
    switch (schema, value) {
    case (.string, .string), (.bool, .bool), (.number, .integer), (.number, .double),
      (.intOrString, .string), (.intOrString, .integer), (.int64, .integer), (.time, .string),
      (.microTime, .string):
      break
    case (.int32, .integer(let number)) where Int32(exactly: number) != nil: break
    case (.quantity, .string), (.quantity, .integer), (.quantity, .double):
      guard Quantity(text) == nil else { return }
      findings.append(
        YAMLFinding(
          node.position, "\(shown(key)) is no quantity: \(Excerpt.line(text, limit: 40))",
          advice: "Write e.g. 2, 500m or 20Gi."))
    case (.bytes, .string(let text)):
      guard let offset = Base64.firstIllegalByte(in: text) else { return }
      findings.append(
        YAMLFinding(
          node.position, "\(shown(key)) is not base64: see its character \(offset + 1)",
          advice: "Write plain text under stringData."))
    case (.string, _), (.quantity, _), (.time, _):
      findings.append(
        YAMLFinding(
          node.position,
          "\(shown(key)) has to be text, and \(Excerpt.line(text, limit: 40)) is read as "
            + Self.words(value), advice: "Put quotes around it.",
          fix: node.replacement(quoting: text, "quote \(Excerpt.line(text, limit: 40))")))
    default: mismatch(node, key, Self.words(schema))
    }
  }

  private mutating func mismatch(_ node: YAMLNode, _ key: String, _ what: String) {
    findings.append(
      YAMLFinding(
        node.position, "\(shown(key)) has to be \(what)",
        advice: "It is \(Self.words(node)) now."))
  }

  // MARK: Objects

  private mutating func walkObject(
    _ node: YAMLNode, _ type: String, key: String, isRoot: Bool = false
  ) {
    guard let schema = SchemaCatalog.type(type) else { return }
    guard node.isMapping else {
      return mismatch(node, key, "a mapping of fields: \(Self.example(schema))")
    }
    let handled = Self.handled[type] ?? []
    for member in node.members where !handled.contains(member.key) {
      if isRoot, ["apiVersion", "kind", "status"].contains(member.key) { continue }
      guard let field = schema.fields[member.key] else {
        addUnknown(member, in: key, known: Array(schema.fields.keys))
        continue
      }
      walk(member.value, field.schema, key: member.key)
    }
    let present = Set(node.members.lazy.filter { !$0.value.isNull }.map(\.key))
    for (name, field) in schema.fields.sorted(by: { $0.key < $1.key })
    where field.isRequired && !present.contains(name) {
      // These two have rules of their own, which say more.
      if type == "PodSpec" || type == "DeploymentSpec" { continue }
      findings.append(
        YAMLFinding(
          node.position, "\(name) is missing in \(shown(key))", advice: "Write it."))
    }
  }

  private mutating func addUnknown(_ member: YAMLNode.Member, in owner: String, known: [String]) {
    let nearest = Spelling.nearest(to: member.key, among: known)
    findings.append(
      YAMLFinding(
        member.keyPosition,
        "\(shown(owner)) has no field \(Excerpt.quoted(member.key, limit: 60))",
        advice: nearest.map { "Is \($0) meant?" } ?? "Check the spelling and the indentation.",
        fix: nearest.map {
          YAMLEdit(
            "write \($0)", .replace(member.keyPosition, old: member.key, new: $0))
        }))
  }

  // MARK: Words

  private func shown(_ key: String) -> String { Excerpt.line(key, limit: 80) }

  private static func example(_ schema: ObjectSchema) -> String {
    (schema.fields.first { $0.value.isRequired }?.key ?? schema.fields.keys.min() ?? "name")
      + ": ..."
  }

  private static func words(_ schema: Schema) -> String {
    switch schema {
    case .string, .bytes, .quantity: "text"
    case .int32, .int64: "a whole number"
    case .number: "a number"
    case .bool: "true or false"
    case .intOrString: "a whole number or text"
    case .time, .microTime: "a time such as 2024-01-15T10:30:00Z"
    case .any: "a value"
    case .map, .object: "a mapping"
    case .list: "a list"
    }
  }

  private static func words(_ value: JSONValue) -> String {
    switch value {
    case .bool: "a boolean"
    case .integer, .double: "a number"
    case .null: "nothing"
    case .string, .array, .object: "something else"
    }
  }

  private static func words(_ node: YAMLNode) -> String {
    switch node.content {
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .scalar(.string, _, _): "text"
    case .scalar(let value, _, _): words(value)
    }
  }
}

/// Which of the known words somebody may have meant.
enum Spelling {
  static func nearest(to word: String, among known: [String]) -> String? {
    let letters = Array(word.lowercased().utf8.prefix(64))
    guard letters.count > 2, letters.count < 64 else { return nil }
    let most = letters.count < 5 ? 1 : 2
    return
      known
      .map { (distance(letters, Array($0.lowercased().utf8)), $0) }
      .filter { $0.0 <= most }
      .min { ($0.0, $0.1) < ($1.0, $1.1) }?.1
  }

  /// Letters to be put in, left out or changed, two neighbours changed in places counting two.
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    guard abs(a.count - b.count) <= 2 else { return .max }
    var row = Array(0...b.count)
    for (i, left) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, right) in b.enumerated() {
        let changed = diagonal + (left == right ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(changed, row[j + 1] + 1, row[j] + 1)
      }
    }
    return row[b.count]
  }
}
