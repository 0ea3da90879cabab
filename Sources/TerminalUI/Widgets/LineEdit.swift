/// What a key does to a line of text: the same in every field.
enum LineEdit: Hashable {
  case insert(Character)
  case move(LineMotion)
  /// Deletes from the cursor to where the motion goes.
  case delete(LineMotion)

  init?(_ chord: KeyChord) {
    switch (chord.key, chord.modifiers) {
    case (.character(let character), []): self = .insert(character)
    case (.left, []), (.character("b"), .control): self = .move(.back)
    case (.right, []), (.character("f"), .control): self = .move(.forward)
    case (.home, []), (.character("a"), .control): self = .move(.start)
    case (.end, []), (.character("e"), .control): self = .move(.end)
    case (.left, .control), (.left, .alt), (.character("b"), .alt): self = .move(.wordBack)
    case (.right, .control), (.right, .alt), (.character("f"), .alt): self = .move(.wordForward)
    case (.backspace, []): self = .delete(.back)
    case (.delete, []): self = .delete(.forward)
    case (.character("w"), .control), (.backspace, .alt): self = .delete(.wordBack)
    case (.character("d"), .alt), (.delete, .control): self = .delete(.wordForward)
    case (.character("u"), .control): self = .delete(.start)
    case (.character("k"), .control): self = .delete(.end)
    default: return nil
    }
  }
}

/// A way for the cursor within a line.
enum LineMotion: Hashable {
  case back, forward, wordBack, wordForward, start, end

  /// Where the cursor comes to stand, in characters from the start.
  func target(in text: String, from cursor: Int) -> Int {
    switch self {
    case .back: return max(0, cursor - 1)
    case .forward: return min(text.count, cursor + 1)
    case .start: return 0
    case .end: return text.count
    case .wordBack:
      let before = text.prefix(cursor).reversed()
      return cursor - Self.word(before)
    case .wordForward:
      return cursor + Self.word(text.dropFirst(cursor))
    }
  }

  /// The length of what separates words and of the word behind it.
  private static func word(_ characters: some Sequence<Character>) -> Int {
    var length = 0
    var isInWord = false
    for character in characters {
      let isWord = character.isLetter || character.isNumber
      if isInWord, !isWord { break }
      isInWord = isWord
      length += 1
    }
    return length
  }
}

/// The part of a line that is on the screen when the cursor must be.
struct LineWindow {
  /// Characters left of the window.
  let start: Int
  /// The text in the window, cut to its width.
  let text: String
  /// The cursor's column in the window.
  let cursorColumn: Int

  /// Scrolls in steps of half the width, so that the text stands still while the cursor moves.
  init(_ characters: [Character], cursor: Int, width: Int) {
    let widths = characters.map(\.displayWidth)
    var start = 0
    var column = widths[..<cursor].reduce(0, +)
    // The cursor's own character is wholly visible.
    let under = cursor < widths.count ? max(1, widths[cursor]) : 1
    while column + under > width, start < cursor {
      var dropped = 0
      while start < cursor, dropped < max(1, width / 2) {
        dropped += widths[start]
        start += 1
      }
      column -= dropped
    }
    self.start = start
    cursorColumn = column
    text = String(characters[start...]).prefix(columns: max(0, width))
  }
}
