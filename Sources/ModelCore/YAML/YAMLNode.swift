package import Kubernetes

/// A place in a text: lines and columns count from 1, columns in Unicode scalars.
package struct YAMLPosition: Hashable, Sendable, Comparable {
  /// From 1 on.
  package var line: Int
  /// From 1 on, in Unicode scalars.
  package var column: Int

  /// Both from 1 on.
  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// In the order of the text.
  package static func < (a: YAMLPosition, b: YAMLPosition) -> Bool {
    (a.line, a.column) < (b.line, b.column)
  }
}

/// A value of a YAML text, with where it stands.
package struct YAMLNode: Sendable, Equatable {
  /// The three kinds of a value; aliases have been replaced by what they stand for.
  package indirect enum Content: Sendable, Equatable {
    /// `text` is what was written, before it became a number or a boolean; `isPlain` without quotes.
    case scalar(JSONValue, text: String, isPlain: Bool)
    case sequence([YAMLNode])
    case mapping([Member])
  }

  /// A key of a mapping with its value.
  package struct Member: Sendable, Equatable {
    package var key: String
    /// Where the key stands.
    package var keyPosition: YAMLPosition
    /// A null where nothing stands behind the colon.
    package var value: YAMLNode
  }

  /// Where the value begins.
  package var position: YAMLPosition
  package var content: Content
  /// Written in braces or brackets: lines cannot be added to it.
  package var isFlow: Bool
  /// Stands behind the dash of a list: nothing can be put in before its first member, which shares its line with the dash.
  package var isEntry = false

  /// The value as the API server will get it.
  package var json: JSONValue {
    switch content {
    case .scalar(let value, _, _): value
    case .sequence(let elements): .array(elements.map(\.json))
    case .mapping(let members):
      .object(Dictionary(members.map { ($0.key, $0.value.json) }) { first, _ in first })
    }
  }

  /// In the order of the text; none where it is no mapping.
  package var members: [Member] {
    if case .mapping(let members) = content { members } else { [] }
  }

  /// In the order of the text; none where it is no list.
  package var elements: [YAMLNode] {
    if case .sequence(let elements) = content { elements } else { [] }
  }

  /// Also one without members.
  package var isMapping: Bool { if case .mapping = content { true } else { false } }

  /// The text of a scalar that is a string.
  package var string: String? {
    if case .scalar(.string(let text), _, _) = content { text } else { nil }
  }

  /// Nothing: `null`, `~` or no text at all.
  package var isNull: Bool {
    if case .scalar(.null, _, _) = content { true } else { false }
  }

  /// The first member with that key; `nil` also where it is no mapping.
  package func member(_ key: String) -> Member? { members.first { $0.key == key } }

  /// The value at a path of keys; `nil` where a part of it is missing.
  package subscript(path: String...) -> YAMLNode? {
    var node: YAMLNode? = self
    for key in path { node = node?.member(key)?.value }
    return node
  }

  /// Where the member of a path stands, or the deepest of its parents that is there.
  package func position(of path: String...) -> YAMLPosition {
    var node = self
    var position = node.position
    for key in path {
      guard let member = node.member(key) else { break }
      position = member.keyPosition
      node = member.value
    }
    return position
  }
}
