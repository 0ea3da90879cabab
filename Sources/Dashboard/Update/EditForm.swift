import ModelCore
import TerminalUI

/// The form that changes a model that is there: what it started from, what was typed, and what is wrong with that.
struct EditForm: Sendable, Equatable {
  enum Kind: String, Sendable, Equatable {
    /// What restarts no pod.
    case texts
    /// What makes new pods.
    case redeploy

    /// The key that opens it.
    var key: String { self == .texts ? "e" : "R" }
  }

  enum Focus: Hashable, Sendable {
    case field(CreateField)
    /// The name has to be typed: the context is guarded.
    case confirmation
    case apply
    case cancel
  }

  let kind: Kind
  /// As it was when the form was opened.
  let model: Model
  /// The question for what the cluster keeps about it.
  let question: OperationID
  /// What the form started from; `nil` until it was read.
  private(set) var stored: StoredModel?
  /// Why it could not be read, or cannot be changed here.
  private(set) var problem: String?
  private(set) var inputs: [CreateField: FormInput] = [:]
  /// As they were before anybody typed: a text that a form cannot hold as it is, with control characters say, is no change.
  private var untouched: [CreateField: FormInput] = [:]
  /// `nil` where a button is enough.
  var confirmation: TextInputState?
  var focus = Focus.cancel
  private(set) var findings: [Finding] = []
  /// What the server said to the last attempt; each stays until its field changes.
  private(set) var serverFindings: [Finding] = []
  /// Set while it is being written.
  var operation: OperationID?
  /// What is asked about as soon as the form is filled.
  var conflict: ThreeWay?
  var offset = 0

  init(_ kind: Kind, _ model: Model, question: OperationID, confirmsByTyping: Bool) {
    self.kind = kind
    self.model = model
    self.question = question
    if confirmsByTyping, kind == .redeploy { confirmation = TextInputState(maxLength: 63) }
  }

  // MARK: What it starts from

  /// The fields of this form, in its order.
  var fields: [CreateField] {
    guard let stored else { return [] }
    switch kind {
    case .texts: return [.displayName, .description, .tags]
    case .redeploy:
      // A volume that is not there cannot grow.
      let hasVolume = (stored.fields.storageSize ?? 0) > 0
      return [.image, .command, .gpuCount, .initialDelaySeconds] + (hasVolume ? [.storageSize] : [])
    }
  }

  mutating func fill(_ result: Result<StoredModel, OperationFailure>, in context: ValidationContext)
  {
    switch result {
    case .failure(let failure): problem = failure.message
    case .success(let stored):
      guard stored.uid == model.uid else {
        problem = "It was deleted and made again since you looked: go back and look again."
        return
      }
      if kind == .redeploy, stored.request == nil {
        problem =
          stored.unreadable.map { "What it was asked to be cannot be read: \($0)." }
          ?? "It was made from YAML: its objects are changed where its YAML is kept."
        return
      }
      self.stored = stored
      for field in fields {
        inputs[field] = Self.input(Self.text(stored.fields[field], of: field), of: field)
      }
      untouched = inputs
      focus = fields.first.map { .field($0) } ?? .cancel
      check(in: context)
    }
  }

  /// What was typed into an earlier form for the same model, with what that one started from: should somebody else have
  /// changed a field meanwhile, it is asked about.
  mutating func takeUp(_ earlier: EditDraft, in context: ValidationContext) {
    var base = stored?.request ?? CreateRequest(name: model.name)
    for field in fields {
      if let text = earlier.texts[field] { inputs[field]?.set(text) }
      guard let text = earlier.base[field], base.set(field, to: text) == nil else { continue }
      stored?.fields.set(field, from: ModelFields(base))
      untouched[field] = Self.input(text, of: field)
    }
    focus = fields.first.map { .field($0) } ?? .cancel
    check(in: context)
  }

  /// As they are typed.
  var texts: [CreateField: String] { inputs.mapValues(\.text) }
  /// What the form started from, in the same way.
  var baseTexts: [CreateField: String] {
    var texts: [CreateField: String] = [:]
    for field in fields { texts[field] = Self.text(stored?.fields[field], of: field) }
    return texts
  }

  private static func input(_ text: String, of field: CreateField) -> FormInput {
    var input = FormInput(FieldSpecification[field])
    input.set(text)
    return input
  }

  /// A value as it is typed.
  static func text(_ value: FieldValue?, of field: CreateField) -> String {
    switch value {
    case nil: ""
    case .text(let text): text
    case .number(let number): String(number)
    case .list(let list):
      field == .command ? CommandText.text(of: list) : list.joined(separator: ", ")
    }
  }

  // MARK: What was typed

  private func text(_ field: CreateField) -> String { inputs[field]?.text ?? "" }

  /// The request as it would be, and what of it cannot be read.
  private var request: (request: CreateRequest, unreadable: [Finding]) {
    var request = stored?.request ?? CreateRequest(name: model.name)
    let unreadable = fields.compactMap { request.set($0, to: text($0)) }
    return (request, unreadable)
  }

  /// What is to change; only what differs from what the form started with.
  var change: ModelChange {
    var change = ModelChange()
    guard let stored else { return change }
    let mine = ModelFields(request.request)
    for field in fields
    where inputs[field]?.text != untouched[field]?.text && mine[field] != stored.fields[field] {
      change[field] = mine[field]
    }
    return change
  }

  var isDirty: Bool { !change.isEmpty || findings.contains { $0.severity == .error } }

  var allFindings: [Finding] { serverFindings + findings }
  var errors: Int { allFindings.count { $0.severity == .error } }

  var write: ModelWrite? {
    guard let stored, !change.isEmpty else { return nil }
    return .update(stored.target, change, base: stored.fields)
  }

  /// Field by field, what it was and what it is to be.
  var changesInWords: [PlanSheet.Change] {
    let change = change
    return change.changed.map { field in
      PlanSheet.Change(
        field: FieldSpecification[field].label,
        before: stored?.fields[field]?.description ?? "",
        after: change[field]?.description ?? "")
    }
  }

  /// Why it cannot be sent yet, as a sentence; `nil` when it can.
  var obstacle: String? {
    if let problem { return problem }
    if stored == nil { return "The model is being read." }
    if operation != nil { return "The model is being updated." }
    let count = findings.count { $0.severity == .error }
    if count > 0 {
      return "Nothing was sent: there \(count == 1 ? "is 1 error" : "are \(count) errors")."
    }
    if change.isEmpty { return "Nothing was changed yet." }
    if let confirmation, confirmation.text != model.name {
      return "This context is guarded: type \(model.name) to confirm."
    }
    return nil
  }

  // MARK: Changing

  /// - Returns: whether the event was for the focused text.
  mutating func type(_ event: InputEvent, in context: ValidationContext) -> Bool {
    switch focus {
    case .confirmation: return confirmation?.handle(event) ?? false
    case .apply, .cancel: return false
    case .field(let field):
      guard var input = inputs[field] else { return false }
      let before = input.text
      guard input.handle(event) else { return false }
      inputs[field] = input
      if input.text != before {
        serverFindings.removeAll { $0.field == field || $0.field == nil }
        check(in: context)
      }
      return true
    }
  }

  mutating func check(in context: ValidationContext) {
    let (_, unreadable) = request
    let fields = Set(unreadable.map(\.field))
    let rest =
      stored?.request.map { change.findings(for: $0, in: context) } ?? change.metadataFindings()
    findings = unreadable + rest.filter { $0.field == nil || !fields.contains($0.field) }
  }

  mutating func refuse(_ findings: [Finding]) {
    operation = nil
    serverFindings = findings
    let field = findings.first { $0.severity == .error }?.field
    if let field, inputs[field] != nil { focus = .field(field) }
  }

  mutating func showFirstError() {
    if let field = findings.first(where: { $0.severity == .error })?.field, inputs[field] != nil {
      focus = .field(field)
    }
  }

  // MARK: Focus

  var order: [Focus] {
    fields.map { .field($0) } + (confirmation == nil ? [] : [.confirmation]) + [.apply, .cancel]
  }

  mutating func moveFocus(by step: Int) {
    let order = order
    let index = order.firstIndex(of: focus) ?? 0
    focus = order[(index + step + order.count) % order.count]
  }
}
