import ModelCore
import TerminalUI

/// The line in which a word of the text is looked for.
struct FindPrompt: Sendable, Equatable {
  var input: TextInputState
  /// Where the cursor was when it was opened: what is typed is looked for from there.
  let origin: EditorPlace
  /// Where it was found; `nil` where it is not in the text, or where there is nothing to look for.
  var found: EditorPlace?
}

extension DashboardState {
  private var findPrompt: FindPrompt? {
    get { if case .yamlFind(let prompt) = layers.last { prompt } else { nil } }
    set {
      guard let newValue, case .yamlFind = layers.last else { return }
      layers[layers.count - 1] = .yamlFind(newValue)
      guard let form = yamlForm else { return }
      yamlForm?.sought = newValue.input.text
      yamlForm?.editor.move(to: newValue.found ?? form.editor.cursor)
    }
  }

  /// With what was looked for last, so that Enter goes on.
  mutating func openYAMLFind() -> [Effect] {
    guard let form = yamlForm else { return [] }
    var input = TextInputState(maxLength: 256)
    input.set(form.sought)
    var prompt = FindPrompt(input: input, origin: form.editor.cursor)
    layers.append(.yamlFind(prompt))
    prompt.found = form.editor.place(of: form.sought, from: prompt.origin)
    findPrompt = prompt
    return []
  }

  /// - Returns: whether the event was for what is looked for.
  mutating func typeYAMLFind(_ event: InputEvent) -> Bool {
    guard var prompt = findPrompt, let form = yamlForm else { return false }
    if case .key(let chord) = event, chord == .control("f") { return false }
    let before = prompt.input.text
    guard prompt.input.handle(event) else { return false }
    guard prompt.input.text != before else {
      findPrompt = prompt
      return true
    }
    prompt.found = form.editor.place(of: prompt.input.text, from: prompt.origin)
    if prompt.found == nil { yamlForm?.editor.move(to: prompt.origin) }
    findPrompt = prompt
    return true
  }

  mutating func findYAML(isBackwards: Bool = false) -> [Effect] {
    guard var prompt = findPrompt, let form = yamlForm else { return [] }
    var start = form.editor.cursor
    if !isBackwards { start.column += 1 }
    prompt.found = form.editor.place(of: prompt.input.text, from: start, isBackwards: isBackwards)
    findPrompt = prompt
    return []
  }
}

/// The line itself, in the place of the message line.
enum YAMLFindView {
  static func draw(
    _ prompt: FindPrompt, _ state: DashboardState, into frame: inout Frame, theme: Theme
  ) {
    let line = Rect(state.size).split(.vertical, [.fill(), .fixed(1), .fixed(1)])[1]
    frame.fill(line, style: theme[.text])
    let label = "Find: "
    let isMissing = prompt.found == nil && !prompt.input.isEmpty
    let answer = isMissing ? " not in the text" : ""
    let field = Rect(
      row: line.row, column: line.column + label.displayWidth, rows: 1,
      columns: max(0, line.columns - label.displayWidth - answer.displayWidth))
    frame.write(label, at: line.origin, style: theme[.key])
    frame.write(
      answer, at: Point(row: line.row, column: field.endColumn), style: theme[.warning],
      maxWidth: answer.displayWidth)
    TextInput(
      prompt.input, isFocused: true, placeholder: "a word of the text", style: theme[.text],
      placeholderStyle: theme[.formPlaceholder], glyphs: state.configuration.glyphs
    ).draw(into: &frame, rect: field)
  }

  /// What was found, for the editor: the place of a mark and its columns.
  static func mark(_ state: DashboardState, theme: Theme) -> (row: Int, mark: Editor.Mark)? {
    guard case .yamlFind(let prompt) = state.layers.last, let found = prompt.found else {
      return nil
    }
    let end = found.column + prompt.input.text.unicodeScalars.count
    return (found.row, Editor.Mark(">", theme[.match], columns: Array(found.column..<end)))
  }
}
