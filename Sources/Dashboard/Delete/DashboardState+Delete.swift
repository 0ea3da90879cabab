import ModelCore
import TerminalUI

extension DashboardState {
  mutating func openDeleteDialog() -> [Effect] {
    guard let model = subjects.first else { return [] }
    var dialog = DeleteDialog(model)
    dialog.details = detailsState?.details
    layers.append(.delete(dialog))
    let details: [Effect] = detailsState == nil ? [.showDetails(model.id)] : []
    // Who serves nobody has no requests.
    return details
      + (model.readyReplicas > 0 ? [.readRequests(model.id, port: model.port)] : [])
  }

  /// What the model's servers told about their requests, where that is still asked.
  mutating func take(_ requests: RequestsInFlight?, of model: ModelID) {
    for index in layers.indices {
      guard case .delete(var dialog) = layers[index], dialog.model.id == model else { continue }
      dialog.requests = requests.map { .known($0) } ?? .unknown
      layers[index] = .delete(dialog)
    }
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
    if let refusal = offerRefusal("delete-keep") {
      log.add("Keeping the volume: \(refusal)", .warning, at: now)
      return []
    }
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
    // The help or the kubectl commands may be above it.
    for index in layers.indices {
      guard case .delete(var dialog) = layers[index] else { continue }
      dialog.follow(table.model(dialog.model.id))
      layers[index] = .delete(dialog)
    }
  }

  var deleteDialog: DeleteDialog? {
    get { if case .delete(let dialog) = layers.last { dialog } else { nil } }
    set {
      guard let newValue, deleteDialog != nil else { return }
      layers[layers.count - 1] = .delete(newValue)
    }
  }
}
