import FoundationEssentials
import ModelCore
import TerminalUI

/// A create that ended without anybody knowing whether the model is there.
struct UnsettledCreate: Sendable, Equatable {
  var model: ModelID
  /// Of the form as it was sent: what was typed since is not what was created.
  var revision: Int
}

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

  /// Under what name its draft is kept, here and on disk.
  let draft: String
  /// When it was kept last, where it came back from an earlier session.
  private(set) var draftDate: Date?
  /// It was begun for this place; another may be on screen.
  var place: DraftPlace
  /// How many billions of parameters the model has, where somebody said so: for the estimate of memory alone.
  var billions: TextInputState
  /// Counts what changed, so that a draft is kept when there is something new.
  private(set) var revision = 0
  /// Something was typed that would be lost.
  private(set) var isDirty = false
  /// The request as it stands, and what is wrong with the texts themselves.
  private(set) var request = CreateRequest()
  private(set) var unreadable: [Finding] = []

  /// What the field held before one of its choices was put in; `nil` after anything else.
  private(set) var choiceStem: String?
  private(set) var inputs: [CreateField: FormInput]
  private(set) var focus: Focus
  /// What is wrong with the request as it stands, in the order of the form.
  private(set) var findings: [Finding] = []
  /// What the server said to the last attempt; each stays until its field changes.
  private(set) var serverFindings: [Finding] = []
  /// Set while the model is being created.
  var operation: OperationID?
  /// Set where nobody knows yet what the last attempt came to.
  var unsettled: UnsettledCreate?
  /// The first row of the form on screen.
  var offset = 0

  /// Fields that still hold their default: what is typed first replaces it.
  private var untouched = Set(CreateField.allCases)
  /// Fields that were left once: from then on their findings are shown.
  private var visited: Set<CreateField> = []
  private var wasSubmitted = false

  init(draft: String, place: DraftPlace, context: ValidationContext) {
    self.draft = draft
    self.place = place
    billions = TextInputState(maxLength: 8)
    inputs = Dictionary(
      uniqueKeysWithValues: FieldSpecification.all.map { ($0.field, FormInput($0)) })
    focus = .field(.name)
    read()
    check(in: context)
  }

  /// A form that is filled in already: what another model was made from.
  init(draft: String, place: DraftPlace, cloning request: CreateRequest, context: ValidationContext)
  {
    self.init(draft: draft, place: place, context: context)
    for specification in FieldSpecification.all {
      let text = request.text(of: specification.field)
      guard !text.isEmpty else { continue }
      put(text, into: specification.field)
    }
    settle(in: context)
  }

  /// What was kept of a form that was left.
  init(_ kept: Draft, context: ValidationContext) {
    self.init(draft: kept.id, place: kept.place, context: context)
    draftDate = kept.savedAt
    for specification in FieldSpecification.all where specification.kind != .secret {
      guard let text = kept.fields[specification.field.rawValue] else { continue }
      put(text, into: specification.field)
    }
    if let text = kept.fields[Draft.tokenSecretKey], TokenSecret(text) != nil {
      put(text, into: .huggingFaceToken)
    }
    billions.set(kept.billions)
    settle(in: context)
  }

  private mutating func put(_ text: String, into field: CreateField) {
    inputs[field]?.set(text)
    if text != FieldSpecification[field].defaultText { untouched.remove(field) }
  }

  private mutating func settle(in context: ValidationContext) {
    read()
    check(in: context)
  }

  // MARK: Reading

  func text(_ field: CreateField) -> String { inputs[field]?.text ?? "" }

  var focusedField: CreateField? {
    if case .field(let field) = focus { field } else { nil }
  }

  /// All findings, the server's first.
  var allFindings: [Finding] { serverFindings + findings }
  func hasError(_ field: CreateField) -> Bool {
    allFindings.contains { $0.field == field && $0.severity == .error }
  }
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

  /// The name as it will be.
  var name: String { request.name }

  /// A new form that nobody has typed into yet takes what is typed instead of its defaults; a token alone is something typed.
  private mutating func read() {
    var request = CreateRequest()
    unreadable = FieldSpecification.all.compactMap { request.set($0.field, to: text($0.field)) }
    self.request = request
    isDirty =
      !billions.isEmpty || FieldSpecification.all.contains { text($0.field) != $0.defaultText }
  }

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

  /// Goes through the values that are offered for the focused field.
  mutating func choose(_ step: Int, among values: [String], in context: ValidationContext) {
    guard let field = focusedField, !values.isEmpty else { return }
    let text = text(field)
    let stem = choiceStem ?? text
    let current = values.firstIndex(of: text) ?? (step > 0 ? -1 : values.count)
    set(field, to: values[(current + step + values.count) % values.count], in: context)
    choiceStem = stem
  }

  /// Puts a text in place of what a field holds.
  mutating func set(_ field: CreateField, to text: String, in context: ValidationContext) {
    inputs[field]?.set(text)
    untouched.remove(field)
    changed(field, in: context)
  }

  /// What somebody says about the size of the model.
  ///
  /// - Returns: whether the event was for it.
  mutating func typeSize(_ event: InputEvent, in context: ValidationContext) -> Bool {
    let before = billions.text
    guard billions.handle(event) else { return false }
    billions.set(billions.text.filter { $0.isASCII && ($0.isNumber || $0 == ".") })
    guard billions.text != before else { return true }
    revision += 1
    settle(in: context)
    return true
  }

  private mutating func changed(_ field: CreateField, in context: ValidationContext) {
    // What was said about the whole request may hold no longer either.
    serverFindings.removeAll { $0.field == field || $0.field == nil }
    choiceStem = nil
    revision += 1
    settle(in: context)
  }

  mutating func check(in context: ValidationContext) {
    var context = context
    context.billionsOfParameters = Double(billions.text)
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
    if case .field(let field) = focus, focus != new {
      visited.insert(field)
      choiceStem = nil
    }
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
