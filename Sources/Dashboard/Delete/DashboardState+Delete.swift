import ModelCore
import TerminalUI

extension DashboardState {
  /// Why the model in focus cannot be deleted from here, as a sentence; `nil` when it can.
  var deleteRefusal: String? {
    guard let model = modelInFocus else { return "No model is selected." }
    if let refusal = writeRefusal { return refusal }
    if let refusal = configuration.guards.deleteRefusal { return refusal.message }
    if !model.isOurs {
      if let organization = model.organization, organization != configuration.organization {
        return "\(model.name) belongs to organization \(organization), not to "
          + "\(configuration.organization)."
      }
      return "\(model.name) is not managed by modeldeck: delete it where it was made."
    }
    if detailsState?.isGone == true { return "\(model.name) is gone already." }
    let isRunning = operations.values.contains {
      $0.kind == .delete(model.id) && $0.context == nil
    }
    if model.isDeleting || isRunning { return "\(model.name) is being deleted already." }
    return nil
  }

  /// Which right is missing to delete the model in focus; `nil` where none is known to be.
  var missingRightToDelete: String? {
    guard let model = modelInFocus, model.isOurs, !configuration.isWriteProtected else {
      return nil
    }
    return access.refusal(of: ModelRights.deleting(in: model.namespace))
  }

  /// The model of the details that are open, else the selected one.
  private var modelInFocus: Model? { detailsState?.model ?? table.selected }

  mutating func openDeleteDialog() -> [Effect] {
    guard let model = modelInFocus else { return [] }
    var dialog = DeleteDialog(model)
    dialog.details = detailsState?.details
    layers.append(.delete(dialog))
    return detailsState == nil ? [.showDetails(model.id)] : []
  }

  mutating func closeDeleteDialog() -> [Effect] {
    layers.removeLast()
    return detailsState == nil ? [.showDetails(nil)] : []
  }

  /// - Returns: whether the event was for the name that is typed.
  mutating func typeIntoDeleteDialog(_ event: InputEvent) -> Bool {
    guard var dialog = deleteDialog else { return false }
    // Names have no blanks: Space is for the toggle.
    if event == .key(.character(" ")) { return false }
    // Left and Right go between the buttons.
    if case .key(let chord) = event, [.left, .right].contains(chord.key) { return false }
    let isTaken = dialog.typed.handle(event)
    if isTaken { deleteDialog = dialog }
    return isTaken
  }

  mutating func moveDeleteFocus(by step: Int) -> [Effect] {
    deleteDialog?.moveFocus(by: step)
    return []
  }

  mutating func toggleKeepVolume() -> [Effect] {
    guard let dialog = deleteDialog else { return [] }
    let rights = ModelRights.keepingVolume(in: dialog.model.namespace)
    if !dialog.keepsVolume, let refusal = access.refusal(of: rights) {
      log.add("The volume cannot be kept: \(refusal)", .warning, at: now)
      return []
    }
    deleteDialog?.keepsVolume.toggle()
    return []
  }

  mutating func pressInDeleteDialog() -> [Effect] {
    guard let dialog = deleteDialog else { return [] }
    switch dialog.focus {
    case .cancel: return closeDeleteDialog()
    case .keepVolume: return toggleKeepVolume()
    case .delete: return confirmDelete(dialog)
    }
  }

  mutating func clickDeleteDialog(_ point: Point) -> [Effect] {
    guard let dialog = deleteDialog,
      let focus = DeleteDialogView.focus(dialog, self, at: point)
    else { return [] }
    deleteDialog?.focus = focus
    return pressInDeleteDialog()
  }

  private mutating func confirmDelete(_ dialog: DeleteDialog) -> [Effect] {
    guard dialog.isConfirmed else {
      let reason = dialog.obstacle ?? "Type \(dialog.model.name) to delete it."
      log.add(reason, .warning, at: now)
      return []
    }
    var effects = closeDeleteDialog()
    let id = start(.delete(dialog.model.id))
    effects.append(
      .delete(id, dialog.model.id, uid: dialog.uid, keepVolume: dialog.keepsVolume))
    return effects
  }

  /// The dialog does not outlive what it is about.
  mutating func followDeleteDialog() {
    guard var dialog = deleteDialog else { return }
    if let model = table.model(dialog.model.id) {
      dialog.obstacle =
        model.uid == dialog.uid
        ? nil : "It was replaced by another of that name meanwhile: look again."
    } else {
      dialog.obstacle = "It is gone already."
    }
    deleteDialog = dialog
  }

  var deleteDialog: DeleteDialog? {
    get { if case .delete(let dialog) = layers.last { dialog } else { nil } }
    set {
      guard let newValue, deleteDialog != nil else { return }
      layers[layers.count - 1] = .delete(newValue)
    }
  }
}
