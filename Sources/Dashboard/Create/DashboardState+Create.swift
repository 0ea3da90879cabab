import ModelCore
import TerminalUI

extension DashboardState {
  // MARK: Opening and leaving

  /// Why nothing can be written at all; `nil` when it can.
  var writeRefusal: String? {
    configuration.isReadOnly
      ? "This is a read-only session: nothing can be created or deleted." : nil
  }

  /// Which right is missing to create any model here; `nil` where none is known to be.
  var missingRightToCreate: String? {
    access.refusal(of: ModelRights.creating(in: namespace))
  }

  /// Where models are made: where only one namespace is seen, in that.
  var namespace: String { scope ?? configuration.namespace }

  var validation: ValidationContext { creation?.validation ?? ValidationContext() }

  /// A draft that did not make it comes back; else a new form.
  mutating func openCreateForm() -> [Effect] {
    var form = drafts.popLast() ?? CreateForm(context: validation)
    if form.operation == nil { form.check(in: validation) }
    layers.append(.create(form))
    return []
  }

  mutating func leaveCreateForm() -> [Effect] {
    guard let form = createForm else { return [] }
    if form.operation != nil {
      // It goes on without the form; the draft is there in case it fails.
      layers.removeLast()
      drafts.append(form)
      return []
    }
    guard form.isDirty else { return closeLayer() }
    layers.append(.confirmation(.discardDraft(name: form.name)))
    return []
  }

  // MARK: Editing

  /// - Returns: whether the event was for the form's text.
  mutating func typeIntoForm(_ event: InputEvent) -> Bool {
    guard var form = createForm, form.focusedField != nil else { return false }
    guard form.operation == nil else {
      guard event.isEditing else { return false }
      log.add(
        "The model is being created: Esc goes back and lets it go on.", .warning, at: now)
      return true
    }
    let context = validation
    if case .paste(let text) = event, let field = form.focusedField,
      let input = form.inputs[field], text.count + input.text.count > input.maxLength
    {
      log.add(
        "The pasted text was cut: \(FieldSpecification[field].label) holds at most "
          + "\(input.maxLength) characters.", .warning, at: now)
    }
    let isTaken = form.type(event, in: context)
    if isTaken { createForm = form }
    return isTaken
  }

  mutating func moveFormFocus(by step: Int) -> [Effect] {
    createForm?.moveFocus(by: step)
    return []
  }

  mutating func focusForm(_ focus: CreateForm.Focus) -> [Effect] {
    createForm?.setFocus(focus)
    return []
  }

  mutating func focusNextFinding() -> [Effect] {
    createForm?.focusNextFinding()
    return []
  }

  mutating func openFindings() -> [Effect] {
    guard createForm != nil else { return [] }
    layers.append(.findings(offset: 0))
    return []
  }

  mutating func chooseFormValue(_ step: Int) -> [Effect] {
    guard createForm?.operation == nil else { return [] }
    let choices = creation?.storageClasses.map(\.name) ?? []
    let context = validation
    createForm?.choose(step, among: choices, in: context)
    return []
  }

  /// Enter: on to the next field, or what the button says.
  mutating func pressInForm() -> [Effect] {
    guard let form = createForm else { return [] }
    switch form.focus {
    case .field: return moveFormFocus(by: 1)
    case .create: return submitForm()
    case .cancel: return leaveCreateForm()
    }
  }

  mutating func clickForm(_ point: Point) -> [Effect] {
    guard let form = createForm else { return [] }
    let body = CreateFormView.parts(self).body
    guard body.contains(point) else { return [] }
    let row = point.row - body.row + form.offset
    let layout = CreateFormLayout(form, self)
    guard let item = layout.items.first(where: { row >= $0.rect.row && row < $0.rect.endRow })
    else { return [] }
    switch item.content {
    case .field(let field): return focusForm(.field(field))
    case .line: return []
    case .buttons:
      let places = CreateFormView.buttons(form, theme: .default).places(in: item.rect)
      let hit = Point(row: row, column: point.column)
      guard let index = places.firstIndex(where: { $0.contains(hit) }) else { return [] }
      createForm?.setFocus(index == 0 ? .create : .cancel)
      return pressInForm()
    }
  }

  /// What the server refused before anything was sent comes back beside its field.
  mutating func refuseForm(_ findings: [Finding]) {
    let context = validation
    createForm?.refuse(findings, in: context)
  }

  // MARK: Creating

  mutating func submitForm() -> [Effect] {
    guard var form = createForm, form.operation == nil else { return [] }
    if let refusal = writeRefusal {
      log.add(refusal, .warning, at: now)
      return []
    }
    form.check(in: validation)
    guard form.findings.allSatisfy({ $0.severity != .error }) else {
      form.showErrors()
      let count = form.findings.count { $0.severity == .error }
      log.add(
        count == 1
          ? "Nothing was sent: there is 1 error."
          : "Nothing was sent: there are "
            + "\(count) errors.", .warning, at: now)
      createForm = form
      return []
    }
    let request = form.request.request
    if let refusal = access.refusal(of: ModelRights.creating(request, in: namespace)) {
      log.add("Nothing was sent: \(refusal)", .error, at: now)
      return []
    }
    let id = start(.create(ModelID(namespace: namespace, name: request.name)))
    form.operation = id
    form.setFocus(.cancel)
    createForm = form
    return [.create(id, request)]
  }

  /// The form of a create that ended, on screen or not.
  ///
  /// - Parameter findings: what was refused; `nil` when the model is there.
  mutating func finishForm(_ id: OperationID, refused findings: [Finding]?) {
    let context = validation
    if var form = createForm, form.operation == id {
      if let findings {
        form.refuse(findings, in: context)
        createForm = form
      } else {
        layers.removeAll { layer in
          switch layer {
          case .create, .findings: true
          case .confirmation(let confirmation): confirmation.isAboutDraft
          default: false
          }
        }
      }
      return
    }
    guard let index = drafts.firstIndex(where: { $0.operation == id }) else { return }
    var draft = drafts.remove(at: index)
    guard let findings else { return }
    draft.refuse(findings, in: context)
    drafts.append(draft)
    log.add("The draft of \(draft.name) is kept: c opens it again.", .warning, at: now)
  }

  /// The cluster changed under the form: names, classes and sizes are checked anew.
  mutating func recheckForm() {
    guard var form = createForm, form.operation == nil else { return }
    form.check(in: validation)
    createForm = form
  }

  /// The form that is open, wherever it is among the layers.
  var createForm: CreateForm? {
    get {
      for case .create(let form) in layers { return form }
      return nil
    }
    set {
      guard let newValue else { return }
      let index = layers.firstIndex { if case .create = $0 { true } else { false } }
      if let index { layers[index] = .create(newValue) }
    }
  }
}

extension InputEvent {
  /// It would change a text.
  fileprivate var isEditing: Bool {
    switch self {
    case .paste: true
    case .key(let chord):
      switch chord.key {
      case .character: chord.modifiers.isEmpty
      case .backspace, .delete: true
      default: false
      }
    case .mouse, .resize: false
    }
  }
}
