import ModelCore
import TerminalUI

/// The rows of the create form, one under the other, before they are scrolled.
struct CreateFormLayout {
  struct Item {
    enum Content {
      case field(CreateField)
      case line(StyledLine)
      case buttons
    }
    var content: Content
    var rect: Rect
  }

  private(set) var items: [Item] = []
  private(set) var rows = 0
  /// The rows of the focused field with what stands under it.
  private(set) var focused = 0..<1
  private let columns: Int

  init(_ form: CreateForm, _ state: DashboardState) {
    columns = state.size.columns
    // A text of many lines leaves room for what stands under it.
    let mostRows = max(1, CreateFormView.parts(state).body.rows - 2)
    for finding in form.shownFindings(nil) { add(finding) }
    for specification in FieldSpecification.all {
      let field = specification.field
      let start = rows
      add(.field(field), rows: min(mostRows, Self.height(form.inputs[field], specification)))
      if form.focus == .field(field) {
        for note in Self.notes(form, specification, state) { add(note, .hint) }
      }
      for finding in form.shownFindings(field) { add(finding) }
      if form.focus == .field(field) { focused = start..<rows }
    }
    rows += 1
    let start = rows
    add(.buttons, rows: 1)
    if form.focusedField == nil { focused = start..<rows }
  }

  private static func height(_ input: FormInput?, _ specification: FieldSpecification) -> Int {
    guard case .area(let area) = input else { return 1 }
    return FormLines.height(area, isParagraph: specification.kind == .paragraph)
  }

  private mutating func add(_ content: Item.Content, rows count: Int) {
    items.append(
      Item(content: content, rect: Rect(row: rows, column: 0, rows: count, columns: columns)))
    rows += count
  }

  private mutating func add(_ finding: Finding) {
    add(FormLines.words(finding), FormLines.element(finding))
  }

  private mutating func add(_ text: String, _ element: Theme.Element) {
    for line in FormLines.lines(text, element, columns: columns) { add(.line(line), rows: 1) }
  }

  /// What is known about the focused field beyond its help.
  private static func notes(
    _ form: CreateForm, _ specification: FieldSpecification, _ state: DashboardState
  ) -> [String] {
    switch specification.field {
    case .storageClass, .tags, .huggingFaceToken: return FormChoices.notes(form, state)
    case .gpuCount: return FitView.notes(form, state)
    case .command:
      let words = form.request.command
      guard !words.isEmpty else { return [] }
      var notes = ["\(words.count) argument\(words.count == 1 ? "" : "s")"]
      if words.count == 3, words[0] == "sh", words[1] == "-c" { notes = ["a shell runs it: sh -c"] }
      if ServedNameOffer.text(form) != nil {
        notes.append("F7 puts --served-model-name \(form.name) in")
      }
      return notes
    default:
      return []
    }
  }
}
