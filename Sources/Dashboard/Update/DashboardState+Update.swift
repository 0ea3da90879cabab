import ModelCore
import TerminalUI

extension DashboardState {
  // MARK: Opening and leaving

  /// Why a model cannot be changed by a form, as a sentence; `nil` when it can.
  var editRefusal: String? {
    guard detailsState != nil || marks.isEmpty || marks.count == 1 else {
      return "A form changes one model: # puts tags on several."
    }
    guard let model = subjects.first else { return "No model is selected." }
    return refusal(ofWritingTo: model)
  }

  /// Why a model cannot be deployed anew by a form.
  var redeployRefusal: String? {
    if let editRefusal { return editRefusal }
    guard let model = subjects.first, !model.isManaged else { return nil }
    return "\(model.name) was made from YAML: its objects are changed where its YAML is kept."
  }

  var missingRightToEdit: String? {
    guard let model = subjects.first, model.isOurs, !configuration.isWriteProtected else {
      return nil
    }
    return access.refusal(of: ModelRights.changing(in: model.namespace))
  }

  mutating func openEditForm(_ kind: EditForm.Kind) -> [Effect] {
    subjects.first.map { openEditForm(kind, of: $0) } ?? []
  }

  /// - Parameter conflict: what somebody else made of the same fields: it is asked about as soon as the form is filled.
  private mutating func openEditForm(
    _ kind: EditForm.Kind, of model: Model, conflict: ThreeWay? = nil
  ) -> [Effect] {
    operationCount += 1
    let question = OperationID(operationCount)
    var form = EditForm(
      kind, model, question: question,
      confirmsByTyping: configuration.guards.confirmsByTyping)
    form.conflict = conflict
    layers.append(.action(.edit(form)))
    return [.readStored(question, model.id)]
  }

  mutating func takeStored(_ id: OperationID, _ result: Result<StoredModel, OperationFailure>) {
    guard var form = editForm, form.question == id else { return }
    form.fill(result, in: validation)
    takeUpEdit(&form)
    let conflict = form.conflict
    form.conflict = nil
    editForm = form
    if let conflict { openThreeWay(conflict) }
  }

  mutating func leaveEditForm() -> [Effect] {
    guard let form = editForm else { return [] }
    if form.operation != nil {
      keepLeftEdit(form)
      return closeLayer()
    }
    guard form.isDirty else { return closeLayer() }
    layers.append(.confirmation(.discardEdit(name: form.model.name)))
    return []
  }

  /// The form that is open, wherever it is among the layers.
  var editForm: EditForm? {
    get {
      for case .action(.edit(let form)) in layers { return form }
      return nil
    }
    set {
      guard let newValue else { return }
      let index = layers.firstIndex { if case .action(.edit) = $0 { true } else { false } }
      if let index { layers[index] = .action(.edit(newValue)) }
    }
  }

  /// What the form on top would write.
  var editWrite: ModelWrite? {
    guard case .action(.edit(let form)) = layers.last else { return nil }
    return form.write
  }

  /// What somebody else made of the texts since the form was opened; `nil` where nothing.
  func changedMeanwhile(_ form: EditForm) -> String? {
    guard let base = form.stored?.fields, form.operation == nil else { return nil }
    guard let model = table.model(form.model.id), model.uid == form.model.uid else {
      return
        "\(form.model.name) is gone, or is another one of that name now: nothing can be written."
    }
    let current = ModelFields(model)
    var fields = ModelChange.metadataFields.filter { current[$0] != base[$0] }
    if let image = base.image, image != model.image { fields.append(.image) }
    if let command = base.command, command != model.command { fields.append(.command) }
    if let count = base.gpuCount, count != model.gpu.perReplica { fields.append(.gpuCount) }
    guard !fields.isEmpty else { return nil }
    let names = fields.map { FieldSpecification[$0].label.lowercased() }.joined(separator: ", ")
    return "Somebody changed \(names) meanwhile. What you did not change stays as they made it; "
      + "where both did, F10 asks."
  }

  // MARK: Editing

  mutating func typeIntoEditForm(_ event: InputEvent) -> Bool {
    guard var form = editForm, form.operation == nil else { return false }
    let isTaken = form.type(event, in: validation)
    if isTaken { editForm = form }
    return isTaken
  }

  mutating func moveEditFocus(by step: Int) -> [Effect] {
    editForm?.moveFocus(by: step)
    return []
  }

  mutating func pressInEditForm() -> [Effect] {
    guard let form = editForm else { return [] }
    switch form.focus {
    case .field, .confirmation: return moveEditFocus(by: 1)
    case .apply: return submitEditForm()
    case .cancel: return leaveEditForm()
    }
  }

  mutating func clickEditForm(_ point: Point) -> [Effect] {
    guard let form = editForm else { return [] }
    let body = CreateFormView.parts(self).body
    guard body.contains(point) else { return [] }
    let row = point.row - body.row + form.offset
    guard
      let item = EditFormLayout(form, self).items.first(where: {
        row >= $0.rect.row && row < $0.rect.endRow
      })
    else { return [] }
    switch item.content {
    case .field(let field): editForm?.focus = .field(field)
    case .confirmation: editForm?.focus = .confirmation
    case .line: break
    case .buttons:
      let places = EditFormView.buttons(form, theme: .default).places(in: item.rect)
      let hit = Point(row: row, column: point.column)
      guard let index = places.firstIndex(where: { $0.contains(hit) }) else { return [] }
      editForm?.focus = index == 0 ? .apply : .cancel
      return pressInEditForm()
    }
    return []
  }

  /// What has the focus is on screen.
  mutating func settleEditForm() {
    guard var form = editForm else { return }
    let layout = EditFormLayout(form, self)
    let height = CreateFormView.parts(self).body.rows
    if layout.focused.upperBound > form.offset + height {
      form.offset = layout.focused.upperBound - height
    }
    if layout.focused.lowerBound < form.offset { form.offset = layout.focused.lowerBound }
    form.offset = Scrolling.clamped(form.offset, count: layout.rows, height: height)
    if form != editForm { editForm = form }
  }

  // MARK: Writing

  mutating func submitEditForm() -> [Effect] {
    guard var form = editForm else { return [] }
    form.check(in: validation)
    if let obstacle = form.obstacle {
      form.showFirstError()
      if form.confirmation != nil, form.errors == 0, !form.change.isEmpty {
        form.focus = .confirmation
      }
      editForm = form
      log.add(obstacle, .warning, at: now)
      return []
    }
    editForm = form
    return form.write.map { submit($0) } ?? []
  }

  /// Texts are written at once; a redeploy shows first what it would do.
  mutating func submit(_ write: ModelWrite) -> [Effect] {
    guard let form = editForm else { return [] }
    guard form.kind == .redeploy else { return send(write) }
    return openPlan(
      title: "Redeploy \(form.model.name) in \(form.model.namespace)", applyTitle: "Redeploy",
      isDanger: true, of: form.model.id, ask: { .plan($0, write) },
      apply: { $0.send(write) })
  }

  /// Writes for the form that is open: what it comes to is shown there.
  mutating func send(_ write: ModelWrite) -> [Effect] {
    let effects = perform(write)
    if case .write(let id, _)? = effects.first {
      editForm?.operation = id
      editForm?.focus = .cancel
    }
    return effects
  }

  /// A change of texts and tags that was asked for outside of a form, and that met somebody else's.
  struct EditConflict {
    var model: ModelID
    var threeWay: ThreeWay
    /// It is one of several, or of another cluster.
    var isApart: Bool
  }

  /// Keeps what was asked for, for the form in which both are seen; `nil` where there is no such conflict.
  mutating func keepConflict(
    _ operation: Operation, _ id: OperationID, _ result: OperationResult
  ) -> EditConflict? {
    guard case .failed(let failure) = result, let threeWay = failure.threeWay,
      !threeWay.conflicts.isEmpty, editForm?.operation != id, operation.context == nil,
      // What comes of a form that was left is kept already.
      !leftEdits.contains(where: { $0.operation == id }),
      let write = operation.write, let edit = EditDraft(write, place: draftPlace)
    else { return nil }
    leftEdits.append(edit)
    return EditConflict(
      model: edit.model, threeWay: threeWay, isApart: bulkNumber(of: id) != nil)
  }

  /// Opens the form with both; who is in the middle of something else is not torn away.
  mutating func askAboutConflict(_ conflict: EditConflict) -> [Effect] {
    let isFree = layers.allSatisfy { if case .details = $0 { true } else { false } }
    guard !conflict.isApart, isFree, filterInput == nil,
      detailsState == nil || detailsState?.id == conflict.model,
      let model = table.model(conflict.model)
    else { return [] }
    return openEditForm(.texts, of: model, conflict: conflict.threeWay)
  }

  /// The form of an update that ended: it closes, or says what is wrong.
  mutating func finishEditForm(_ id: OperationID, _ result: OperationResult) {
    guard var form = editForm, form.operation == id else { return }
    form.operation = nil
    switch result {
    case .failed where result.isPartial, .succeeded:
      layers.removeAll { layer in
        switch layer {
        case .action(.edit), .action(.threeWay): true
        default: false
        }
      }
      return
    case .failed(let failure):
      if let threeWay = failure.threeWay {
        editForm = form
        openThreeWay(threeWay)
        return
      }
      form.refuse([Finding(field: failure.field, message: failure.message, fix: "")])
    case .invalid(let findings): form.refuse(findings)
    case .outcomeUnknown(let text):
      form.refuse([
        Finding(field: nil, message: text, fix: "Look at the table before trying again.")
      ])
    }
    editForm = form
  }
}
