import ModelCore
import TerminalUI

extension DashboardState {
  // MARK: Opening and leaving

  /// Why nothing can be written at all; `nil` when it can.
  var writeRefusal: String? {
    if configuration.isReadOnly {
      return "This is a read-only session: nothing can be created or deleted."
    }
    return configuration.guards.writeRefusal?.message
  }

  /// Which right is missing to create any model here; `nil` where none is known to be.
  var missingRightToCreate: String? {
    access.refusal(of: ModelRights.creating(in: namespace))
  }

  /// Where models are made: where only one namespace is seen, in that.
  var namespace: String { scope ?? configuration.namespace }

  var validation: ValidationContext {
    var context = creation?.validation ?? ValidationContext()
    if case .names(let names) = choices?.secrets { context.secrets = Set(names) }
    return context
  }

  /// A draft that did not make it comes back; else a new form.
  mutating func openCreateForm() -> [Effect] {
    guard var form = takeDraft() else {
      let form = CreateForm(draft: newDraftName(), place: draftPlace, context: validation)
      layers.append(.create(form))
      return [.readChoices]
    }
    tellDraft(form)
    form.place = draftPlace
    if form.operation == nil { form.check(in: validation) }
    layers.append(.create(form))
    return [.readChoices]
  }

  mutating func leaveCreateForm() -> [Effect] {
    guard let form = createForm else { return [] }
    if form.operation != nil {
      // It goes on without the form; the draft is there in case it fails.
      layers.removeLast()
      shelf.forms.append(form)
      return []
    }
    layers.removeLast()
    guard form.isDirty else { return [] }
    shelf.forms.append(form)
    let name =
      form.name.isEmpty ? "What was typed" : "The draft of \(Excerpt.line(form.name, limit: 63))"
    log.add("\(name) is kept: c continues it.", .information, at: now)
    return []
  }

  /// Why the namespace cannot be changed now, as a sentence; `nil` when it can.
  var namespaceRefusal: String? {
    if createForm?.operation != nil { return "The model is being created." }
    return configuration.isSimulated
      ? "In modeldeck demo models are made in \(configuration.namespace) only." : nil
  }

  /// F8: the command line with `namespace` in it, and what can be chosen.
  mutating func openNamespaceLine() -> [Effect] {
    let effects = openCommandLine()
    commandLine?.begin(with: "namespace ")
    return effects
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
    guard let form = createForm else { return [] }
    let values = FormChoices.values(form, self)
    let context = validation
    createForm?.choose(step, among: values, in: context)
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
    let request = form.request
    if let refusal = access.refusal(of: ModelRights.creating(request, in: namespace)) {
      log.add("Nothing was sent: \(refusal)", .error, at: now)
      return []
    }
    createForm = form
    return openPlan(
      title: "create \(request.name) \(isRemote ? "on" : "in") \(creationPlace)",
      applyTitle: "Create", of: ModelID(namespace: namespace, name: request.name),
      ask: { .plan($0, .create(request)) }, apply: { $0.createFromForm() })
  }

  /// The plan was approved.
  private mutating func createFromForm() -> [Effect] {
    guard var form = createForm, form.operation == nil else { return [] }
    let request = form.request
    let id = start(.create(ModelID(namespace: namespace, name: request.name)))
    form.operation = id
    form.setFocus(.cancel)
    createForm = form
    return [.create(id, request)]
  }

  /// F7: the name that Aibrix routes by goes into the command.
  mutating func putServedName() -> [Effect] {
    guard let form = createForm, form.operation == nil, let text = ServedNameOffer.text(form) else {
      log.add(
        "There is nothing to put in: the command has the name, or is one where it has to be written by hand.",
        .warning, at: now)
      return []
    }
    let context = validation
    createForm?.set(.command, to: text, in: context)
    log.add("--served-model-name \(form.name) is in the command.", .information, at: now)
    return []
  }

  /// The form of a create that ended, on screen or not.
  ///
  /// - Parameters:
  ///   - findings: what was refused; `nil` when the model is there.
  ///   - unsettled: the model of which it is not known yet whether it is there.
  mutating func finishForm(
    _ id: OperationID, refused findings: [Finding]?, unsettled: ModelID? = nil
  ) {
    let context = validation
    if var form = createForm, form.operation == id {
      if let findings {
        form.refuse(findings, in: context)
        form.unsettled = unsettled.map { .init(model: $0, revision: form.revision) }
        createForm = form
      } else {
        closeFormLayers()
      }
      return
    }
    guard let index = shelf.forms.firstIndex(where: { $0.operation == id }) else { return }
    var draft = shelf.forms.remove(at: index)
    guard let findings else { return }
    draft.refuse(findings, in: context)
    draft.unsettled = unsettled.map { .init(model: $0, revision: draft.revision) }
    shelf.forms.append(draft)
    log.add("The draft of \(draft.name) is kept: c opens it again.", .warning, at: now)
  }

  private mutating func closeFormLayers() {
    layers.removeAll { layer in
      switch layer {
      case .create, .findings, .fit: true
      case .confirmation(let confirmation): confirmation.isAboutDraft
      default: false
      }
    }
  }

  /// A create of which nobody knew what it came to: what it was made from goes with success, unless it was changed meanwhile.
  mutating func take(_ settlement: Settlement) {
    log.add(settlement.message, settlement.isDone ? .information : .error, at: now)
    guard settlement.isDone else { return }
    let settled = { (unsettled: UnsettledCreate?, revision: Int) in
      unsettled == UnsettledCreate(model: settlement.model, revision: revision)
    }
    shelf.forms.removeAll { $0.operation == nil && settled($0.unsettled, $0.revision) }
    if let draft = yamlDraft, draft.operation == nil, settled(draft.unsettled, draft.revision) {
      yamlDraft = nil
    }
    let isForm = createForm.map { $0.operation == nil && settled($0.unsettled, $0.revision) }
    let isText = yamlForm.map { $0.operation == nil && settled($0.unsettled, $0.revision) }
    guard isForm == true || isText == true else { return }
    awaited = settlement.model
    // A plan to make it once more is about what is there now.
    if let plan { operations[plan.question] = nil }
    layers.removeAll { if case .plan = $0 { true } else { false } }
    if isForm == true { closeFormLayers() }
    if isText == true { closeYAMLLayers() }
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
