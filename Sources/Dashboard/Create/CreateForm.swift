import ModelCore
import TerminalUI

/// The create form: the texts of its fields, what is wrong with them, and where the focus is.
struct CreateForm: Sendable, Equatable {
  enum Focus: Hashable, Sendable {
    case field(CreateField)
    case create
    case cancel
  }

  /// The way of Tab through the form.
  static let order: [Focus] =
    FieldSpecification.all.map { .field($0.field) } + [.create, .cancel]

  private(set) var inputs: [CreateField: FormInput]
  private(set) var focus: Focus
  /// What is wrong with the request as it stands, in the order of the form.
  private(set) var findings: [Finding] = []
  /// What the server said to the last attempt; each stays until its field changes.
  private(set) var serverFindings: [Finding] = []
  /// Set while the model is being created.
  var operation: OperationID?
  /// The first row of the form on screen.
  var offset = 0

  /// Fields that still hold their default: what is typed first replaces it.
  private var untouched = Set(CreateField.allCases)
  /// Fields that were left once: from then on their findings are shown.
  private var visited: Set<CreateField> = []
  private var wasSubmitted = false

  init(context: ValidationContext) {
    inputs = Dictionary(
      uniqueKeysWithValues: FieldSpecification.all.map { ($0.field, FormInput($0)) })
    focus = .field(.name)
    check(in: context)
  }

  // MARK: Reading

  func text(_ field: CreateField) -> String { inputs[field]?.text ?? "" }

  /// Something was typed that would be lost.
  var isDirty: Bool {
    FieldSpecification.all.contains { text($0.field) != $0.defaultText }
  }

  var focusedField: CreateField? {
    if case .field(let field) = focus { field } else { nil }
  }

  /// All findings, the server's first.
  var allFindings: [Finding] { serverFindings + findings }
  var errors: Int { allFindings.count { $0.severity == .error } }
  var warnings: Int { allFindings.count { $0.severity == .warning } }

  /// What stands beside a field: nobody is told that a field is missing before they had a chance to fill it in.
  func shownFindings(_ field: CreateField?) -> [Finding] {
    allFindings.filter { finding in
      guard finding.field == field else { return false }
      guard let field else { return true }
      return wasSubmitted || visited.contains(field) || !untouched.contains(field)
    }
  }

  /// The request as it stands, and what is wrong with the texts themselves.
  var request: (request: CreateRequest, unreadable: [Finding]) {
    var request = CreateRequest()
    let unreadable = FieldSpecification.all.compactMap {
      request.set($0.field, to: text($0.field))
    }
    return (request, unreadable)
  }

  /// The name as it will be.
  var name: String { request.request.name }

  // MARK: Changing

  /// Takes what is typed or pasted into the focused field.
  ///
  /// - Returns: whether it was for the field.
  mutating func type(_ event: InputEvent, in context: ValidationContext) -> Bool {
    guard let field = focusedField, var input = inputs[field] else { return false }
    let before = input.text
    if untouched.contains(field), event.isText { input.set("") }
    let taken = event.command(for: field, over: input).map { input.set($0) } != nil
    guard taken || input.handle(event) else { return false }
    inputs[field] = input
    untouched.remove(field)
    if input.text != before { changed(field, in: context) }
    return true
  }

  /// Goes through the values that the cluster offers for the focused field.
  mutating func choose(_ step: Int, among choices: [String], in context: ValidationContext) {
    guard let field = focusedField, FieldSpecification[field].kind == .choice, !choices.isEmpty
    else { return }
    let values = [""] + choices
    let index = values.firstIndex(of: text(field)) ?? 0
    inputs[field]?.set(values[(index + step + values.count) % values.count])
    untouched.remove(field)
    changed(field, in: context)
  }

  private mutating func changed(_ field: CreateField, in context: ValidationContext) {
    // What was said about the whole request may hold no longer either.
    serverFindings.removeAll { $0.field == field || $0.field == nil }
    check(in: context)
  }

  mutating func check(in context: ValidationContext) {
    let (request, unreadable) = request
    // A field that cannot be read is not also said to be empty.
    let fields = Set(unreadable.map(\.field))
    let rest = request.findings(in: context).filter {
      $0.field == nil || !fields.contains($0.field)
    }
    let order = CreateField.allCases
    findings = (unreadable + rest).enumerated().sorted { a, b in
      let left = a.element.field.flatMap { order.firstIndex(of: $0) } ?? -1
      let right = b.element.field.flatMap { order.firstIndex(of: $0) } ?? -1
      return (left, a.offset) < (right, b.offset)
    }.map(\.element)
  }

  /// From now on every finding is shown, and the focus is on the first error.
  mutating func showErrors() {
    wasSubmitted = true
    guard let first = allFindings.first(where: { $0.severity == .error }) else { return }
    // What is about the whole request stands above the first field.
    setFocus(first.field.map { .field($0) } ?? Self.order[0])
  }

  /// What the server refused comes back beside its field.
  mutating func refuse(_ findings: [Finding], in context: ValidationContext) {
    operation = nil
    check(in: context)
    serverFindings = findings.filter { !self.findings.contains($0) }
    showErrors()
  }

  // MARK: Focus

  mutating func setFocus(_ new: Focus) {
    if case .field(let field) = focus, focus != new { visited.insert(field) }
    focus = new
  }

  mutating func moveFocus(by step: Int) {
    let order = Self.order
    let index = order.firstIndex(of: focus) ?? 0
    setFocus(order[(index + step + order.count) % order.count])
  }

  /// To the next field with a finding, round and round.
  mutating func focusNextFinding() {
    wasSubmitted = true
    let fields = CreateField.allCases.filter { field in
      allFindings.contains { $0.field == field }
    }
    guard !fields.isEmpty else { return }
    let current = focusedField.flatMap { CreateField.allCases.firstIndex(of: $0) } ?? -1
    let next = fields.first { field in
      CreateField.allCases.firstIndex(of: field).map { $0 > current } ?? false
    }
    setFocus(.field(next ?? fields[0]))
  }
}

extension InputEvent {
  /// It puts text in; keys that only move or delete do not.
  fileprivate var isText: Bool {
    switch self {
    case .paste: true
    case .key(let chord):
      if case .character = chord.key { chord.modifiers.isEmpty } else { false }
    case .mouse, .resize: false
    }
  }

  /// A shell line that is pasted into an empty command: its words, one on a line.
  fileprivate func command(for field: CreateField, over input: FormInput) -> String? {
    guard field == .command, case .paste(let text) = self, text.count <= input.maxLength,
      input.text.allSatisfy(\.isWhitespace),
      let words = try? CommandText.arguments(of: text), words.count > 1
    else { return nil }
    // What needs a shell stays as it was written; so does what has its words on lines already.
    if words.count == 3, words[0] == "sh", words[1] == "-c" { return nil }
    return CommandText.text(of: words)
  }
}
