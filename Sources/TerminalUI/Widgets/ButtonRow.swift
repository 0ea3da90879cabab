/// Buttons side by side, one of them focused.
package struct ButtonRow {
  /// One of the buttons.
  package struct Button: Sendable {
    /// Without its brackets.
    package var label: String
    /// It destroys something: it has colours of its own.
    package var isDanger: Bool
    /// Else it is drawn dimmed; what it does when it is chosen is the owner's business.
    package var isEnabled: Bool

    /// An enabled, harmless button, unless it is said otherwise.
    package init(_ label: String, isDanger: Bool = false, isEnabled: Bool = true) {
      self.label = label
      self.isDanger = isDanger
      self.isEnabled = isEnabled
    }
  }

  /// Left to right.
  package var buttons: [Button]
  /// The focused button, if the focus is in the row.
  package var focused: Int?
  /// Where the row stands in a rectangle that is wider.
  package var alignment: Alignment
  package var theme: Theme

  /// `focused` is an index into the buttons; `nil` where the focus is elsewhere.
  package init(
    _ buttons: [Button], focused: Int?, alignment: Alignment = .center, theme: Theme = .default
  ) {
    self.buttons = buttons
    self.focused = focused
    self.alignment = alignment
    self.theme = theme
  }

  /// Where each button stands in the rectangle: for the mouse.
  package func places(in rect: Rect) -> [Rect] {
    let widths = buttons.map { $0.label.displayWidth + 4 }
    let total = widths.reduce(0, +) + 2 * max(0, buttons.count - 1)
    var column =
      switch alignment {
      case .leading: rect.column
      case .center: rect.column + max(0, rect.columns - total) / 2
      case .trailing: rect.column + max(0, rect.columns - total)
      }
    return widths.map { width in
      defer { column += width + 2 }
      return Rect(row: rect.row, column: column, rows: 1, columns: width).intersection(rect)
    }
  }

  /// Draws into the first row of the rectangle. The focused button has other brackets, so that it is
  /// not told by colour alone, and the terminal's cursor is parked on it.
  package func draw(into frame: inout Frame, rect: Rect) {
    guard !rect.isEmpty else { return }
    for (index, place) in places(in: rect).enumerated() where !place.isEmpty {
      let button = buttons[index]
      let isFocused = index == focused
      frame.write(
        isFocused ? "[>\(button.label)<]" : "[ \(button.label) ]", at: place.origin,
        style: style(button, isFocused: isFocused), maxWidth: place.columns)
      if isFocused {
        frame.anchor = Point(row: place.row, column: min(place.column + 2, place.endColumn - 1))
      }
    }
  }

  private func style(_ button: Button, isFocused: Bool) -> Style {
    if !button.isEnabled {
      return isFocused ? theme[.buttonDisabled].adding(.reverse) : theme[.buttonDisabled]
    }
    switch (button.isDanger, isFocused) {
    case (true, true): return theme[.buttonDangerFocused]
    case (true, false): return theme[.buttonDanger]
    case (false, true): return theme[.buttonFocused]
    case (false, false): return theme[.button]
    }
  }
}
