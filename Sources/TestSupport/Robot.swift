package import Dashboard
package import FoundationEssentials
package import TerminalUI
package import Testing

/// Somebody at the terminal: presses keys, reads the screen, and sees what the dashboard wants done.
package struct Robot {
  /// What the dashboard knows and shows right now.
  package private(set) var state: DashboardState
  /// What was asked for since the robot started, in order.
  package private(set) var effects: [Effect] = []
  /// The colours that it is drawn in.
  package var theme: Theme

  package init(_ state: DashboardState, theme: Theme = .default) {
    self.state = state
    self.theme = theme
  }

  /// What is on the screen, drawn anew each time.
  package var frame: Frame { view(state, theme: theme) }
  /// The text on the screen, line by line.
  package var screen: String { frame.lines.joined(separator: "\n") }

  /// Tells the dashboard something. Returns what it wants done for it.
  @discardableResult
  package mutating func send(_ message: Message) -> [Effect] {
    let new = update(&state, message)
    effects += new
    return new
  }

  /// Presses keys, written as configuration writes them and separated by blanks: `j j enter ctrl+d f10`.
  @discardableResult
  package mutating func press(_ keys: String) -> [Effect] {
    keys.split(separator: " ").flatMap { key in
      guard let chord = KeyChord(String(key)) else {
        Issue.record("no key is written \(key)")
        return [Effect]()
      }
      return send(.input(.key(chord)))
    }
  }

  /// Types a text, one key a character.
  @discardableResult
  package mutating func type(_ text: String) -> [Effect] {
    text.flatMap { send(.input(.key(.character($0)))) }
  }

  /// Presses a key of the create form; where a plan is made of it, the server accepts that and it is approved.
  @discardableResult
  package mutating func submitForm(_ key: String = "f10") -> [Effect] {
    let asked = press(key)
    for case .plan(let id, _) in asked {
      send(.plan(id, PlanSheet(answer: .accepted("dry run of 4 objects"))))
      return press("f10")
    }
    return asked
  }

  /// Pastes a text, as the terminal hands it over in one piece.
  package mutating func paste(_ text: String) { send(.input(.paste(text))) }
  /// Makes the terminal another size, in cells.
  package mutating func resize(_ columns: Int, _ rows: Int) {
    send(.input(.resize(Size(rows: rows, columns: columns))))
  }
  /// Lets seconds pass on the dashboard's clock; returns what it wants done then. Nothing really waits.
  @discardableResult
  package mutating func wait(_ seconds: TimeInterval) -> [Effect] {
    send(.clock(state.now.addingTimeInterval(seconds)))
  }
  /// Presses the left button on a cell; row 0, column 0 is the top left corner.
  package mutating func click(row: Int, column: Int) {
    send(.input(.mouse(MouseEvent(.press, at: Point(row: row, column: column)))))
  }

  /// The screen shows this text on one line.
  package func expect(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
    if frame.lines.contains(where: { $0.contains(text) }) { return }
    Issue.record("no \"\(text)\" on:\n\(screen)", sourceLocation: sourceLocation)
  }

  /// The screen shows this text, wherever it is wrapped.
  package func expectText(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let words = frame.lines.flatMap { line in
      line.split { $0.isWhitespace || "│█|".contains($0) }
    }
    if words.joined(separator: " ").contains(text) { return }
    Issue.record("no \"\(text)\" on:\n\(screen)", sourceLocation: sourceLocation)
  }

  /// No line of the screen shows this text.
  package func expectNot(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
    guard frame.lines.contains(where: { $0.contains(text) }) else { return }
    Issue.record("\"\(text)\" is on:\n\(screen)", sourceLocation: sourceLocation)
  }

  /// The text is on the screen, and its first cell looks like that.
  package func expectStyle(
    of text: String, _ element: Theme.Element, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for (row, line) in frame.lines.enumerated() {
      guard let range = line.firstRange(of: text) else { continue }
      let column = String(line[..<range.lowerBound]).displayWidth
      #expect(frame[row, column].style == theme[element], sourceLocation: sourceLocation)
      return
    }
    Issue.record("no \"\(text)\" on:\n\(screen)", sourceLocation: sourceLocation)
  }
}
