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

  /// On wide terminals details stand beside the table and not over it.
  private static let wide = Size(rows: 16, columns: 140)

  /// The details that stand beside the table: the topmost screen, where there is room for both.
  var detailsBeside: DetailsState? {
    guard size.columns >= Self.wide.columns, size.rows >= Self.wide.rows,
      case .details(let details) = layers.last(where: { !$0.isDialog })
    else { return nil }
    return details
  }

  /// The columns that the table has.
  var tableColumns: Int { detailsBeside == nil ? size.columns : size.columns * 11 / 20 }

  /// The columns that the details have.
  var detailsColumns: Int {
    detailsBeside == nil ? size.columns : size.columns - tableColumns - 1
  }

  /// The rows that the details' text has.
  var detailsRows: Int {
    detailsBeside == nil ? bodyRows : max(0, ScreenLayout(self).side.rows - 1)
  }

  /// Why a model's pods are not known; `nil` where they are.
  func podsUnread(of model: Model) -> String? {
    unread.why(.pods, in: model.namespace) ?? unread.why(.replicaSets, in: model.namespace)
  }

  /// Its URL, or why there is none.
  func endpointText(of model: Model) -> String {
    if let endpoint = model.endpoint { return endpoint }
    if let why = unread.why(.services, in: model.namespace) { return "not known: \(why)" }
    return "none: there is no Service"
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
