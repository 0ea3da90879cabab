/// Reads the tables of types.
///
/// A type is `s` string, `i` 32-bit integer, `l` 64-bit integer, `b` boolean, `n` number, `q` quantity,
/// `x` integer or string, `t` time, `T` time with microseconds, `y` base64 bytes, `any`, the name of another type,
/// `{type}` a map, or `[type]` a list. `=` after an object or a map makes it atomic. A list is atomic; `/` after it makes
/// it a set, `/key,key` a list with keys.
enum SchemaParser {
  static func parse(_ text: String) -> [ObjectSchema] {
    var types: [ObjectSchema] = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      let isContinued = line.hasPrefix(" ")
      guard let first = words.first else { continue }
      if !isContinued { types.append(ObjectSchema(name: String(first), fields: [:])) }
      for word in words.dropFirst(isContinued ? 0 : 1) {
        guard let (name, field) = field(word) else { continue }
        types[types.count - 1].fields[name] = field
      }
    }
    return types
  }

  private static func field(_ word: Substring) -> (String, ObjectSchema.Field)? {
    guard let colon = word.firstIndex(of: ":") else { return nil }
    var name = word[..<colon]
    let isRequired = name.last == "*"
    if isRequired { name = name.dropLast() }
    return (
      String(name),
      ObjectSchema.Field(schema: schema(word[word.index(after: colon)...]), isRequired: isRequired)
    )
  }

  private static let scalars: [Substring: Schema] = [
    "s": .string, "i": .int32, "l": .int64, "b": .bool, "n": .number, "q": .quantity,
    "x": .intOrString, "t": .time, "T": .microTime, "y": .bytes, "any": .any,
  ]

  private static func schema(_ text: Substring) -> Schema {
    if let scalar = scalars[text] { return scalar }
    if text.first == "[", let end = text.lastIndex(of: "]") {
      let item = schema(text[text.index(after: text.startIndex)..<end])
      let rest = text[text.index(after: end)...]
      guard rest.first == "/" else { return .list(item, .atomic) }
      let keys = rest.dropFirst().split(separator: ",").map(String.init)
      return .list(item, keys.isEmpty ? .set : .map(keys: keys))
    }
    let isAtomic = text.last == "="
    let body = isAtomic ? text.dropLast() : text
    if body.first == "{" { return .map(schema(body.dropFirst().dropLast()), isAtomic: isAtomic) }
    return .object(String(body), isAtomic: isAtomic)
  }
}
