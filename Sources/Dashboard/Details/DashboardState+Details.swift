import ModelCore
import TerminalUI

extension DashboardState {
  mutating func openDetails() -> [Effect] {
    guard let model = table.selected else { return [] }
    layers.append(.details(DetailsState(id: model.id, model: model)))
    return [.showDetails(model.id)]
  }

  /// Goes on to another model of the table without closing the details.
  mutating func moveDetails(by step: Int) -> [Effect] {
    guard case .details = layers.last else { return [] }
    table.moveSelection(by: step)
    guard let model = table.selected, detailsState?.id != model.id else { return [] }
    layers[layers.count - 1] = .details(DetailsState(id: model.id, model: model))
    return [.showDetails(model.id)]
  }

  mutating func moveSection(by step: Int) -> [Effect] {
    guard var details = detailsState else { return [] }
    let starts = DetailsView.sectionStarts(DetailsView.lines(self, details))
    let next =
      step > 0
      ? starts.first { $0 > details.offset } ?? starts.first
      : starts.last { $0 < details.offset } ?? starts.last
    details.offset = next ?? 0
    detailsState = details
    return []
  }

  mutating func take(_ details: ModelDetails) {
    if var dialog = deleteDialog, dialog.model.id == details.id {
      dialog.details = details
      deleteDialog = dialog
    }
    guard var state = detailsState, state.id == details.id else { return }
    state.details = details
    detailsState = state
  }

  /// The model in the details is the one in the table; when that is gone, the last of it stays.
  mutating func followDetails() {
    guard var state = detailsState else { return }
    if let model = table.model(state.id) {
      state.model = model
      state.isGone = false
    } else {
      state.isGone = true
    }
    detailsState = state
  }

  /// The details that are open, wherever they are among the layers.
  var detailsState: DetailsState? {
    get {
      for case .details(let details) in layers { return details }
      return nil
    }
    set {
      guard let newValue else { return }
      let index = layers.firstIndex {
        if case .details = $0 { true } else { false }
      }
      if let index { layers[index] = .details(newValue) }
    }
  }
}
