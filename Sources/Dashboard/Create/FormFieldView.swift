import TerminalUI

/// One field of a form: a mark, its label, and its input.
enum FormFieldView {
  /// Where the inputs begin.
  static let labelWidth = 20

  /// - Parameter mark: one character before the label of a field that has not the focus.
  static func draw(
    _ label: String, _ input: FormInput?, isFocused: Bool, mark: String = " ",
    placeholder: String, into frame: inout Frame, rect: Rect, theme: Theme, glyphs: Glyphs
  ) {
    frame.write(
      (isFocused ? glyphs.selection : mark) + label.cut(to: labelWidth - 2, glyphs),
      at: rect.origin, style: theme[isFocused ? .formLabelFocused : .formLabel])
    let style = theme[isFocused ? .formFieldFocused : .formField]
    let place = Rect(
      row: rect.row, column: labelWidth, rows: rect.rows,
      columns: max(1, rect.columns - labelWidth - 1))
    switch input {
    case .line(let state):
      TextInput(
        state, isFocused: isFocused, placeholder: placeholder, style: style,
        placeholderStyle: theme[.formPlaceholder], glyphs: glyphs
      ).draw(into: &frame, rect: place)
    case .area(let state):
      TextArea(
        state, isFocused: isFocused, placeholder: placeholder, style: style,
        placeholderStyle: theme[.formPlaceholder], glyphs: glyphs
      ).draw(into: &frame, rect: place)
    case nil: break
    }
  }
}
