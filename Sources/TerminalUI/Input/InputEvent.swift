/// A key without modifiers.
package enum Key: Hashable, Sendable {
  case character(Character)
  case enter, tab, backTab, escape, backspace, delete, insert
  case up, down, left, right, home, end, pageUp, pageDown
  case function(Int)
}

/// A key with its modifiers: what a binding is bound to.
package struct KeyChord: Hashable, Sendable {
  /// The keys that are held down with another.
  package struct Modifiers: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let control = Modifiers(rawValue: 1)
    package static let alt = Modifiers(rawValue: 2)
    /// Only with keys that are no characters; Shift-Tab is ``Key/backTab``.
    package static let shift = Modifiers(rawValue: 4)
  }

  /// A letter as it was typed: Shift has made it a capital already.
  package var key: Key
  /// Empty for the key alone.
  package var modifiers: Modifiers

  /// A key, alone unless modifiers are given.
  package init(_ key: Key, _ modifiers: Modifiers = []) {
    self.key = key
    self.modifiers = modifiers
  }

  /// The key of a character, without modifiers.
  package static func character(_ character: Character) -> KeyChord {
    KeyChord(.character(character))
  }
  /// A character with Ctrl: the letter in lower case, as the parser tells it.
  package static func control(_ character: Character) -> KeyChord {
    KeyChord(.character(character), .control)
  }
}

/// Something that the mouse did, and where.
package struct MouseEvent: Hashable, Sendable {
  /// What is reported: the left button going down, and the wheel by one step.
  package enum Action: Hashable, Sendable { case press, scrollUp, scrollDown }
  package var action: Action
  /// The cell under the pointer, counted from 0.
  package var point: Point
  package init(_ action: Action, at point: Point) {
    self.action = action
    self.point = point
  }
}

/// What comes from the terminal.
package enum InputEvent: Hashable, Sendable {
  case key(KeyChord)
  /// Text that was pasted as a whole (bracketed paste).
  case paste(String)
  case mouse(MouseEvent)
  case resize(Size)
}
