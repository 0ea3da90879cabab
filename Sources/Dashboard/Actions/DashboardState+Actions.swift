import ModelCore
import TerminalUI

extension DashboardState {
  // MARK: The dialog

  var actionDialog: ActionDialog? {
    get { if case .action(.dialog(let dialog)) = layers.last { dialog } else { nil } }
    set {
      guard let newValue, actionDialog != nil else { return }
      layers[layers.count - 1] = .action(.dialog(newValue))
    }
  }

  mutating func openAction(_ action: ModelAction) -> [Effect] {
    let models = subjects
    // One model is deleted through the dialog that shows all that goes with it.
    if action == .delete, models.count == 1 { return openDeleteDialog() }
    let able = models.filter { refusal(of: action, for: $0) == nil }
    let skipped = models.compactMap { model in
      refusal(of: action, for: model).map { (name: model.name, reason: $0) }
    }
    layers.append(
      .action(
        .dialog(
          ActionDialog(
            action, able, skipped: skipped,
            guards: configuration.guards))))
    return []
  }

  /// - Returns: whether the event was for a text of the dialog.
  mutating func typeIntoAction(_ event: InputEvent) -> Bool {
    guard var dialog = actionDialog else { return false }
    let isInput = dialog.focus == .input
    // Space presses and Left and Right go between the buttons, where no text has the focus.
    if dialog.focus != .input, dialog.focus != .confirmation {
      if event == .key(.character(" ")), dialog.confirmation?.contains(" ") != true {
        return false
      }
      if case .key(let chord) = event, [.left, .right].contains(chord.key) { return false }
    }
    let isTaken =
      isInput
      ? dialog.input.handle(event) : dialog.confirmation != nil && dialog.typed.handle(event)
    if isTaken { actionDialog = dialog }
    return isTaken
  }

  mutating func moveActionFocus(by step: Int) -> [Effect] {
    actionDialog?.moveFocus(by: step)
    return []
  }

  mutating func toggleInAction(_ option: ActionDialog.Focus) -> [Effect] {
    guard let dialog = actionDialog, dialog.order.contains(option) else { return [] }
    if option == .keepVolume {
      if let refusal = offerRefusal("action-keep") {
        log.add("Keeping the volumes: \(refusal)", .warning, at: now)
        return []
      }
      let rights = dialog.models.flatMap { ModelRights.keepingVolume(in: $0.namespace) }
      if !dialog.keepsVolume, let refusal = access.refusal(of: rights) {
        log.add("The volumes cannot be kept: \(refusal)", .warning, at: now)
        return []
      }
      actionDialog?.keepsVolume.toggle()
    } else {
      actionDialog?.stopsAtSurprise.toggle()
    }
    return []
  }

  mutating func pressInAction() -> [Effect] {
    guard let dialog = actionDialog else { return [] }
    switch dialog.focus {
    case .input:
      // Typed and Enter: on to what is missing, else to the button, which Enter presses then.
      actionDialog?.focus = dialog.confirmation == nil ? .apply : .confirmation
      return []
    case .confirmation:
      actionDialog?.focus = dialog.obstacle == nil ? .apply : .cancel
      return []
    case .keepVolume, .stopAtSurprise: return toggleInAction(dialog.focus)
    case .cancel: return closeLayer()
    case .apply: return apply(dialog)
    }
  }

  mutating func clickAction(_ point: Point) -> [Effect] {
    guard let dialog = actionDialog,
      let focus = ActionDialogView.focus(dialog, self, at: point)
    else { return [] }
    actionDialog?.focus = focus
    if focus == .input || focus == .confirmation { return [] }
    return pressInAction()
  }

  private mutating func apply(_ dialog: ActionDialog) -> [Effect] {
    if let obstacle = dialog.obstacle {
      log.add(obstacle, .warning, at: now)
      return []
    }
    layers.removeLast()
    let writes = dialog.writes
    marks.clear()
    guard dialog.isBulk else { return writes.first.map { perform($0) } ?? [] }
    return performAll(
      writes, title: dialog.title, stopsAtSurprise: dialog.stopsAtSurprise)
  }

  /// The dialog is about what is there now.
  mutating func followAction() {
    for index in layers.indices {
      guard case .action(.dialog(var dialog)) = layers[index] else { continue }
      dialog.follow { table.model($0) }
      layers[index] = .action(.dialog(dialog))
    }
  }

  // MARK: Writing

  /// Starts one write; what it comes to is told on the message line.
  mutating func perform(_ write: ModelWrite) -> [Effect] {
    let id = start(.write(write.verb, write.id(in: namespace)))
    operations[id]?.write = write
    return [.write(id, write)]
  }

  /// Starts several, with a screen that shows what each comes to.
  mutating func performAll(
    _ writes: [ModelWrite], title: String, stopsAtSurprise: Bool
  ) -> [Effect] {
    var run = BulkState(title: title, stopsAtSurprise: stopsAtSurprise)
    var numbered: [NumberedWrite] = []
    for write in writes {
      let model = write.id(in: namespace)
      let id = start(.write(write.verb, model))
      operations[id]?.write = write
      run.items.append(BulkState.Item(operation: id, model: model))
      numbered.append(NumberedWrite(id: id, write: write))
    }
    bulks.append(run)
    layers.append(.action(.bulk(BulkScreen(number: bulks.count - 1))))
    return [.writeAll(numbered, stopsAtSurprise: stopsAtSurprise)]
  }
}

extension ModelWrite {
  /// The model that it is about.
  ///
  /// - Parameter namespace: where what is new is made.
  func id(in namespace: String) -> ModelID {
    switch self {
    case .recreate(let kept): kept.id
    default: target?.id ?? ModelID(namespace: namespace, name: name)
    }
  }
}
