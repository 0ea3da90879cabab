/// Several lines of text that are being edited, such as a command with one argument a line.
package struct TextAreaState: Hashable, Sendable {
  /// At least one line, none with a line break.
  package private(set) var lines: [String]
  package private(set) var row: Int
  /// Characters before the cursor in its line.
  package private(set) var column: Int
  /// The most characters, line breaks included; a paste is cut there.
  package let maxLength: Int
  /// The column that moving up and down aims at.
  private var aim: Int

  /// The cursor is at the end. What is given is taken whole, also where it is longer than `maxLength`.
  package init(_ lines: [String] = [], maxLength: Int = 1 << 16) {
    self.maxLength = maxLength
    self.lines = lines.isEmpty ? [""] : lines.flatMap { Self.split($0) }
    row = self.lines.count - 1
    column = self.lines.last?.count ?? 0
    aim = column
  }

  /// The same out of one text with line breaks.
  package init(text: String, maxLength: Int = 1 << 16) {
    self.init([text], maxLength: maxLength)
  }

  /// The lines with line feeds between them; none at the end.
  package var text: String { lines.joined(separator: "\n") }
  /// One line with nothing in it.
  package var isEmpty: Bool { lines == [""] }

  /// Applies a key or a paste.
  ///
  /// - Returns: whether the event was for the text. Tab, Escape, and moving up from the first or down
  ///   from the last line are not: they leave the field.
  package mutating func handle(_ event: InputEvent) -> Bool {
    switch event {
    case .paste(let pasted):
      insert(pasted)
      return true
    case .key(let chord): return handle(chord)
    case .mouse, .resize: return false
    }
  }

  private mutating func handle(_ chord: KeyChord) -> Bool {
    switch (chord.key, chord.modifiers) {
    case (.enter, []): insert("\n")
    case (.up, []): return moveLines(by: -1)
    case (.down, []): return moveLines(by: 1)
    case (.pageUp, []): return moveLines(by: -10)
    case (.pageDown, []): return moveLines(by: 10)
    case (.home, .control): place(row: 0, column: 0)
    case (.end, .control): place(row: lines.count - 1, column: lines[lines.count - 1].count)
    default:
      guard let edit = LineEdit(chord) else { return false }
      apply(edit)
    }
    return true
  }

  private mutating func apply(_ edit: LineEdit) {
    switch edit {
    case .insert(let character): insert(String(character))
    case .move(let motion):
      let target = motion.target(in: lines[row], from: column)
      if target != column {
        place(row: row, column: target)
      } else if motion.isBackward, motion != .start, row > 0 {
        place(row: row - 1, column: lines[row - 1].count)
      } else if !motion.isBackward, motion != .end, row + 1 < lines.count {
        place(row: row + 1, column: 0)
      }
    case .delete(let motion): delete(motion)
    }
  }

  /// Deletes within the line, or joins it with its neighbour at its end or start.
  private mutating func delete(_ motion: LineMotion) {
    let line = lines[row]
    let target = motion.target(in: line, from: column)
    if target != column {
      let kept = line.prefix(min(column, target))
      lines[row] = String(kept + line.dropFirst(max(column, target)))
      place(row: row, column: kept.count)
    } else if motion.isBackward, row > 0 {
      let end = lines[row - 1].count
      lines[row - 1] += lines.remove(at: row)
      place(row: row - 1, column: end)
    } else if !motion.isBackward, row + 1 < lines.count {
      lines[row] += lines.remove(at: row + 1)
      place(row: row, column: column)
    }
  }

  /// Puts text in at the cursor; its line breaks make new lines.
  package mutating func insert(_ new: String) {
    let room = maxLength - lines.reduce(lines.count - 1) { $0 + $1.count }
    var pieces = Self.split(String(new.prefix(max(0, room))))
    let line = lines[row]
    let tail = line.dropFirst(column)
    pieces[0] = line.prefix(column) + pieces[0]
    let last = pieces.count - 1
    let end = pieces[last].count
    pieces[last] += tail
    lines.replaceSubrange(row...row, with: pieces)
    place(row: row + last, column: end)
  }

  private mutating func moveLines(by count: Int) -> Bool {
    let target = max(0, min(lines.count - 1, row + count))
    guard target != row else { return false }
    row = target
    column = min(aim, lines[row].count)
    return true
  }

  private mutating func place(row: Int, column: Int) {
    self.row = row
    self.column = min(column, lines[row].count)
    aim = self.column
  }

  /// The lines of a text, without control characters; tabs are two blanks.
  private static func split(_ text: String) -> [String] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { line in
      String(String.UnicodeScalarView(line.unicodeScalars.compactMap(\.typed)))
    }
  }
}

extension LineMotion {
  var isBackward: Bool {
    switch self {
    case .back, .wordBack, .start: true
    case .forward, .wordForward, .end: false
    }
  }
}
