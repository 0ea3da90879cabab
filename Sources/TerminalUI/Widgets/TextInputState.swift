/// A line of text that is being edited: the value behind a form's field, a filter, a prompt.
package struct TextInputState: Hashable, Sendable {
  package private(set) var text: String
  /// Characters before the cursor.
  package private(set) var cursor: Int
  /// The most characters that go in; more is cut.
  package let maxLength: Int
  /// A secret: drawn as bullets, and left out of every description.
  package let isMasked: Bool

  /// - Parameter cursor: characters before the cursor; at the end without it.
  package init(
    _ text: String = "", cursor: Int? = nil, maxLength: Int = 4096, isMasked: Bool = false
  ) {
    self.maxLength = maxLength
    self.isMasked = isMasked
    self.text = String(text.prefix(maxLength))
    let end = self.text.count
    self.cursor = max(0, min(cursor ?? end, end))
  }

  /// Nothing was typed yet.
  package var isEmpty: Bool { text.isEmpty }

  /// Replaces the text and puts the cursor at its end.
  package mutating func set(_ text: String) {
    self.text = String(text.prefix(maxLength))
    cursor = self.text.count
  }

  /// Applies a key or a paste.
  ///
  /// - Returns: whether the event was for the text. Enter, Tab, Escape and the vertical keys are not.
  package mutating func handle(_ event: InputEvent) -> Bool {
    switch event {
    case .paste(let pasted):
      insert(String(String.UnicodeScalarView(pasted.unicodeScalars.filter { !$0.isNewline })))
      return true
    case .key(let chord):
      guard let edit = LineEdit(chord) else { return false }
      apply(edit)
      return true
    case .mouse, .resize: return false
    }
  }

  private mutating func apply(_ edit: LineEdit) {
    switch edit {
    case .insert(let character): insert(String(character))
    case .move(let motion): cursor = motion.target(in: text, from: cursor)
    case .delete(let motion):
      let target = motion.target(in: text, from: cursor)
      remove(min(cursor, target)..<max(cursor, target))
    }
  }

  /// Puts text in at the cursor, without control characters.
  package mutating func insert(_ new: String) {
    let clean = String(String.UnicodeScalarView(new.unicodeScalars.compactMap(\.typed)))
    let room = maxLength - text.count
    guard !clean.isEmpty else { return }
    let head = text.prefix(cursor) + clean.prefix(max(0, room))
    let tail = text.dropFirst(cursor)
    // A combining mark joins the character before it, so the cursor is counted, not added up.
    cursor = head.count
    text = String(head + tail)
    cursor = min(cursor, text.count)
  }

  private mutating func remove(_ range: Range<Int>) {
    let start = text.index(text.startIndex, offsetBy: range.lowerBound)
    let end = text.index(text.startIndex, offsetBy: range.upperBound)
    text.removeSubrange(start..<end)
    cursor = min(range.lowerBound, text.count)
  }
}

extension TextInputState: CustomStringConvertible, CustomReflectable {
  /// Never the text of a secret: descriptions end up in logs and test reports.
  package var description: String {
    isMasked
      ? "<secret, \(text.count) characters>" : "\(text.prefix(cursor))|\(text.dropFirst(cursor))"
  }

  /// Says no more than the description does: a dump must not show a secret either.
  package var customMirror: Mirror { Mirror(self, children: ["text": description]) }
}

extension Unicode.Scalar {
  var isNewline: Bool {
    switch value {
    case 0x0A...0x0D, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }

  /// The scalar as it may stand in a field: no control characters, a blank for a tab.
  var typed: Unicode.Scalar? {
    if value == 0x09 { return " " }
    return value < 0x20 || (0x7F..<0xA0).contains(value) ? nil : self
  }
}
