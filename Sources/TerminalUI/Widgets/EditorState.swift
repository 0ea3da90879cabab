/// A text of many lines that is being edited, with its history.
///
/// The work of a key is that of its line; the work of a frame that of the rows on the screen.
package struct EditorState: Sendable {
  private(set) var text: EditorText
  package private(set) var cursor = EditorPlace(row: 0, column: 0)
  /// The first row and the first scalar of a line on the screen.
  private(set) var top = 0
  private(set) var left = 0
  /// Raised by every change of the text.
  package private(set) var version = 0
  /// The most scalars, line breaks included; what is too much of a paste is left out.
  package let maxLength: Int
  /// What the last paste left out, in scalars; 0 for nothing.
  package private(set) var leftOut = 0
  /// The column that moving up and down aims at.
  private var aim = 0
  private var page = 20
  private var undoStack: [Change] = []
  private var redoStack: [Change] = []
  /// The next change does not join the last one.
  private var isGroupClosed = true

  /// The cursor is at the beginning. The text is taken whole, also where it is longer than `maxLength`.
  package init(_ text: String = "", maxLength: Int = 2 << 20) {
    self.text = EditorText(text)
    self.maxLength = maxLength
  }

  /// All of the text, with line feeds for its line ends.
  package var string: String { text.string }
  /// Scalars, line breaks included.
  package var length: Int { text.length }
  /// At least 1: an empty text is one empty line.
  package var lineCount: Int { text.lines.count }
  /// There is nothing in it, not even a line break.
  package var isEmpty: Bool { text.length == 0 }

  /// A line of the text; empty where there is none.
  package func line(_ row: Int) -> String {
    text.lines.indices.contains(row) ? EditorText.string(text.lines[row]) : ""
  }

  // MARK: History

  /// What one step of undoing takes back.
  private struct Change: Sendable {
    enum Kind: Sendable { case typing, deleting, other }
    var kind: Kind
    var start: EditorPlace
    var old: [EditorText.Line]
    var new: [EditorText.Line]
    /// The cursor before it.
    var cursor: EditorPlace

    /// Where a text of those lines ends when it begins at the start.
    func end(of lines: [EditorText.Line]) -> EditorPlace {
      let last = lines[lines.count - 1].count
      return lines.count == 1
        ? EditorPlace(row: start.row, column: start.column + last)
        : EditorPlace(row: start.row + lines.count - 1, column: last)
    }
  }

  private static let mostChanges = 1_000

  /// The one way in which the text changes.
  private mutating func change(
    _ start: EditorPlace, _ end: EditorPlace, to new: [EditorText.Line],
    _ kind: Change.Kind = .other
  ) {
    let lines = new.isEmpty ? [[]] : new
    guard start != end || lines != [[]] else { return }
    let before = cursor
    let (old, last) = text.replace(start, end, with: lines)
    version += 1
    redoStack = []
    place(last)
    if !join(start, old, lines, kind) {
      undoStack.append(Change(kind: kind, start: start, old: old, new: lines, cursor: before))
      if undoStack.count > Self.mostChanges { undoStack.removeFirst() }
    }
    isGroupClosed = kind == .other
  }

  /// Letters that are typed one after the other, and characters that are deleted so, are one step.
  private mutating func join(
    _ start: EditorPlace, _ old: [EditorText.Line], _ new: [EditorText.Line], _ kind: Change.Kind
  ) -> Bool {
    guard !isGroupClosed, var last = undoStack.last, last.kind == kind else { return false }
    switch kind {
    case .other: return false
    case .typing:
      guard last.end(of: last.new) == start, old == [[]], new.count == 1, last.new.count == 1,
        !(last.new[0].last == " " && new[0].first != " ")
      else { return false }
      last.new[0] += new[0]
    case .deleting:
      guard new == [[]], old.count == 1, last.old.count == 1, last.new == [[]] else { return false }
      if last.start == start {
        last.old[0] += old[0]
      } else if EditorPlace(row: start.row, column: start.column + old[0].count) == last.start {
        last.old[0] = old[0] + last.old[0]
        last.start = start
      } else {
        return false
      }
    }
    undoStack[undoStack.count - 1] = last
    return true
  }

  /// Takes the last step back; false where there is none.
  @discardableResult
  package mutating func undo() -> Bool {
    guard let change = undoStack.popLast() else { return false }
    _ = text.replace(change.start, change.end(of: change.new), with: change.old)
    version += 1
    place(text.clamped(change.cursor))
    redoStack.append(change)
    isGroupClosed = true
    return true
  }

  /// Makes the last step that was taken back again; false where there is none.
  @discardableResult
  package mutating func redo() -> Bool {
    guard let change = redoStack.popLast() else { return false }
    let (_, end) = text.replace(change.start, change.end(of: change.old), with: change.new)
    version += 1
    place(end)
    undoStack.append(change)
    isGroupClosed = true
    return true
  }

  /// Another text in the place of this one, as one step that can be undone. What is alike at both ends stays.
  package mutating func replaceAll(_ new: String) {
    let old = text.lines
    let fresh = EditorText.lines(of: new)
    let shorter = min(old.count, fresh.count)
    var head = 0
    while head < shorter, old[head] == fresh[head] { head += 1 }
    guard head < old.count || head < fresh.count else { return }
    var tail = 0
    while tail < shorter - head, old[old.count - 1 - tail] == fresh[fresh.count - 1 - tail] {
      tail += 1
    }
    let goal = cursor
    // Whole lines, with the break that separates them from what stays.
    if head > 0 {
      let start = EditorPlace(row: head - 1, column: old[head - 1].count)
      let last = old.count - tail - 1
      change(
        start, EditorPlace(row: last, column: old[last].count),
        to: [[]] + fresh[head..<fresh.count - tail])
    } else if tail > 0 {
      change(
        EditorPlace(row: 0, column: 0), EditorPlace(row: old.count - tail, column: 0),
        to: fresh[..<(fresh.count - tail)] + [[]])
    } else {
      change(EditorPlace(row: 0, column: 0), text.end, to: fresh)
    }
    place(text.clamped(goal))
  }

  // MARK: Typing

  /// Applies a key or a paste.
  ///
  /// - Returns: whether the event was for the text.
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
    case (.enter, []): breakLine()
    case (.tab, []): insertBlanks()
    case (.backTab, []): outdent()
    // It looks for something in the text, which is the screen's.
    case (.character("f"), .control): return false
    case (.up, []), (.character("p"), .control): moveLines(by: -1)
    case (.down, []), (.character("n"), .control): moveLines(by: 1)
    case (.pageUp, []): moveLines(by: -page)
    case (.pageDown, []): moveLines(by: page)
    case (.home, []): moveHome()
    case (.home, .control): move(to: EditorPlace(row: 0, column: 0))
    case (.end, .control): move(to: text.end)
    default:
      guard let edit = LineEdit(chord) else { return false }
      apply(edit)
    }
    return true
  }

  private mutating func apply(_ edit: LineEdit) {
    switch edit {
    case .insert(let character):
      let scalars = Array(String(character).unicodeScalars)
      guard text.length + scalars.count <= maxLength else {
        leftOut = scalars.count
        return
      }
      change(cursor, cursor, to: [scalars], .typing)
    case .move(let motion): move(to: target(of: motion))
    case .delete(let motion):
      let goal = motion == .back ? backspaceTarget : target(of: motion, isDeleting: true)
      change(min(goal, cursor), max(goal, cursor), to: [[]], .deleting)
    }
  }

  /// Puts text in at the cursor as one step; what is too much is left out, see ``leftOut``.
  package mutating func insert(_ new: String) {
    let room = max(0, maxLength - text.length)
    // A break of two characters counts as the one that it becomes.
    var lines = EditorText.lines(of: new)
    leftOut = max(0, lines.reduce(lines.count - 1) { $0 + $1.count } - room)
    if leftOut > 0 {
      lines = EditorText.lines(of: EditorText.string(lines.joined(separator: ["\n"]).prefix(room)))
    }
    change(cursor, cursor, to: lines)
  }

  /// A new line that begins where the content of this one does, deeper behind what opens a block.
  private mutating func breakLine() {
    let line = text.lines[cursor.row].prefix(cursor.column)
    var indent = line.prefix { $0 == " " }.count
    var rest = line.dropFirst(indent)
    let content = rest.reversed().drop { $0 == " " }
    let opens = [":", "|", ">", "-"].contains { content.first == $0 }
    let isEntry = rest.starts(with: ["-", " "])
    while rest.starts(with: ["-", " "]) {
      rest = rest.dropFirst(2)
      // Behind the dash of a mapping its other members come; behind that of a word the next dash.
      if rest.contains(":") { indent += 2 }
    }
    if opens, !(isEntry && content.first == "-") { indent += 2 }
    indent = min(indent, cursor.column)
    guard text.length + indent < maxLength else { return }
    change(cursor, cursor, to: [[], Array(repeating: " ", count: indent)])
  }

  private mutating func insertBlanks() {
    let count = 2 - cursor.column % 2
    guard text.length + count <= maxLength else { return }
    change(cursor, cursor, to: [Array(repeating: " ", count: count)], .typing)
  }

  private mutating func outdent() {
    let line = text.lines[cursor.row]
    let count = min(2, line.prefix { $0 == " " }.count)
    guard count > 0 else { return }
    let goal = EditorPlace(row: cursor.row, column: max(0, cursor.column - count))
    change(
      EditorPlace(row: cursor.row, column: 0), EditorPlace(row: cursor.row, column: count), to: [[]]
    )
    move(to: goal)
  }

  /// Where nothing but blanks is before the cursor, Backspace goes back one level.
  private var backspaceTarget: EditorPlace {
    let before = text.lines[cursor.row].prefix(cursor.column)
    if cursor.column > 1, before.allSatisfy({ $0 == " " }) {
      return EditorPlace(row: cursor.row, column: (cursor.column - 1) / 2 * 2)
    }
    return target(of: .back)
  }

  // MARK: Moving

  private func target(of motion: LineMotion, isDeleting: Bool = false) -> EditorPlace {
    let line = text.lines[cursor.row]
    var column = cursor.column
    switch motion {
    case .start: column = 0
    case .end:
      column = line.count
      // Ctrl-K at the end of a line takes its break away.
      if isDeleting, column == cursor.column { return nextLine }
    case .back:
      if column == 0 { return previousLine }
      column -= 1
      while column > 0, line[column].joinsCellBefore { column -= 1 }
    case .forward:
      if column == line.count { return nextLine }
      column += 1
      while column < line.count, line[column].joinsCellBefore { column += 1 }
    case .wordBack:
      if column == 0 { return previousLine }
      while column > 0, !line[column - 1].isOfWord { column -= 1 }
      while column > 0, line[column - 1].isOfWord { column -= 1 }
    case .wordForward:
      if column == line.count { return nextLine }
      while column < line.count, !line[column].isOfWord { column += 1 }
      while column < line.count, line[column].isOfWord { column += 1 }
    }
    return EditorPlace(row: cursor.row, column: column)
  }

  private var previousLine: EditorPlace {
    guard cursor.row > 0 else { return cursor }
    return EditorPlace(row: cursor.row - 1, column: text.lines[cursor.row - 1].count)
  }

  private var nextLine: EditorPlace {
    cursor.row + 1 < text.lines.count ? EditorPlace(row: cursor.row + 1, column: 0) : cursor
  }

  /// To the first letter of the line, and from there to its start.
  private mutating func moveHome() {
    let first = text.lines[cursor.row].prefix { $0 == " " }.count
    move(to: EditorPlace(row: cursor.row, column: cursor.column == first ? 0 : first))
  }

  private mutating func moveLines(by count: Int) {
    let aim = aim
    move(to: EditorPlace(row: cursor.row + count, column: aim))
    self.aim = aim
  }

  /// Puts the cursor there, or as near as can be.
  package mutating func move(to place: EditorPlace) {
    isGroupClosed = true
    self.place(text.clamped(place))
  }

  private mutating func place(_ place: EditorPlace) {
    cursor = place
    // Never between a letter and its marks.
    let line = text.lines[cursor.row]
    while cursor.column > 0, cursor.column < line.count, line[cursor.column].joinsCellBefore {
      cursor.column -= 1
    }
    aim = place.column
  }

  // MARK: What is on the screen

  /// Scrolls so that the cursor is on the screen, and no further than it must.
  package mutating func settle(rows: Int, columns: Int) {
    page = max(1, rows - 1)
    top = Scrolling.offset(
      current: top, selected: cursor.row, count: text.lines.count, height: rows, margin: 2)
    let width = max(1, columns)
    let line = text.lines[cursor.row]
    if cursor.column < width, EditorText.string(line[..<cursor.column]).displayWidth < width {
      left = 0
      return
    }
    // In steps of half the width, so that the text stands still while the cursor moves.
    let step = max(1, width / 2)
    if cursor.column < left { left = max(0, cursor.column - step) }
    left = max(left, cursor.column - width)
    while EditorText.string(line[left..<cursor.column]).displayWidth >= width {
      left = min(cursor.column, left + step)
    }
  }

  /// Scrolls without more than the cursor having to follow.
  package mutating func scroll(by lines: Int) {
    move(to: EditorPlace(row: cursor.row + lines, column: aim))
  }
}

extension Unicode.Scalar {
  /// It has no cell of its own.
  var joinsCellBefore: Bool {
    guard value >= 0x300 else { return false }
    return treatment == .mark || treatment == .dropped
  }

  fileprivate var isOfWord: Bool { properties.isAlphabetic || properties.numericType != nil }
}
