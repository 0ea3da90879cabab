internal import Kubernetes

// The fixes that can be made to a text without moving what else is in it.

extension YAMLNode {
  /// Another value in the place of this scalar; `nil` where it is not written on one line as it is.
  func replacement(with value: String, _ summary: String) -> YAMLEdit? {
    guard case .scalar(_, let text, let isPlain) = content, isPlain, !text.isEmpty,
      !text.contains("\n")
    else { return nil }
    return YAMLEdit(summary, .replace(position, old: text, new: Self.quoted(value)))
  }

  /// The same text in quotes.
  func replacement(quoting text: String, _ summary: String) -> YAMLEdit? {
    guard case .scalar(_, let old, true) = content, old == text, !text.isEmpty,
      !text.contains("\n")
    else { return nil }
    return YAMLEdit(summary, .replace(position, old: text, new: "\"\(text)\""))
  }

  /// Lines that are put in before the first member of a mapping in block style.
  func insertion(_ lines: [String], _ summary: String) -> YAMLEdit? {
    guard !isFlow, !isEntry, let first = members.map(\.keyPosition).min() else { return nil }
    let indent = String(repeating: " ", count: first.column - 1)
    return YAMLEdit(summary, .insert(after: first.line - 1, lines.map { indent + $0 }))
  }

  /// A member that is added to a mapping in block style, as its first.
  func addition(_ key: String, _ value: String, _ summary: String) -> YAMLEdit? {
    insertion(["\(key): \(Self.quoted(value))"], summary)
  }

  /// A member that is a mapping of one entry, below a member that is there.
  func addition(
    of parent: String, _ key: String, _ value: String, below member: String, _ summary: String
  ) -> YAMLEdit? {
    guard !isFlow, let found = self.member(member), isOneLine(found) else { return nil }
    let indent = String(repeating: " ", count: found.keyPosition.column - 1)
    return YAMLEdit(
      summary,
      .insert(
        after: found.keyPosition.line,
        [indent + "\(parent):", indent + "  \(key): \(Self.quoted(value))"]))
  }

  /// A line behind a member that has one of its own.
  func addition(below key: String, _ line: String, _ summary: String) -> YAMLEdit? {
    guard !isFlow, let found = member(key), isOneLine(found) else { return nil }
    let indent = String(repeating: " ", count: found.keyPosition.column - 1)
    return YAMLEdit(summary, .insert(after: found.keyPosition.line, [indent + line]))
  }

  /// The removal of a member that has lines of its own.
  func removal(of key: String, _ summary: String) -> YAMLEdit? {
    guard !isFlow, let index = members.firstIndex(where: { $0.key == key }),
      case let member = members[index]
    else { return nil }
    if index == 0 {
      guard !isEntry, position == member.keyPosition else { return nil }
    } else {
      guard members[index - 1].keyPosition.line < member.keyPosition.line else { return nil }
    }
    let last = member.value.lastLine(from: member.keyPosition.line)
    if index + 1 < members.count, members[index + 1].keyPosition.line <= last { return nil }
    return YAMLEdit(summary, .remove(lines: member.keyPosition.line...last))
  }

  private func isOneLine(_ member: Member) -> Bool {
    guard case .scalar(_, let text, _) = member.value.content else { return false }
    return !text.contains("\n") && member.value.position.line == member.keyPosition.line
  }

  /// The last line on which something of this value begins; text over several lines counts its lines.
  private func lastLine(from line: Int) -> Int {
    switch content {
    case .scalar(_, let text, _):
      let own = max(line, position.line)
      return text.contains("\n") ? own + text.split(separator: "\n").count : own
    case .sequence(let elements):
      return elements.map { $0.lastLine(from: $0.position.line) }.max() ?? max(line, position.line)
    case .mapping(let members):
      return members.map { $0.value.lastLine(from: $0.keyPosition.line) }.max()
        ?? max(line, position.line)
    }
  }

  /// Quoted where the plain text would be something else than a string.
  private static func quoted(_ text: String) -> String {
    let isText = YAMLScalar.value(text, isPlain: true).stringValue != nil
    return isText ? text : "\"\(text)\""
  }
}
