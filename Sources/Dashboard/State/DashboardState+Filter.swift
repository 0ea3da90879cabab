import ModelCore
import TerminalUI

extension DashboardState {
  /// Longer is no filter: what is pasted by mistake is cut.
  static let filterLength = 200

  // MARK: Typing

  mutating func startFiltering() -> [Effect] {
    filterInput = TextInputState(table.filter.text, maxLength: Self.filterLength)
    return []
  }

  mutating func stopFiltering() -> [Effect] {
    filterInput = nil
    return []
  }

  mutating func cancelFiltering() -> [Effect] {
    filterInput = nil
    table.setFilter { $0.text = "" }
    return []
  }

  /// - Returns: whether the event was for the filter's text.
  mutating func typeFilter(_ event: InputEvent) -> Bool {
    guard var input = filterInput, input.handle(event) else { return false }
    filterInput = input
    if input.text != table.filter.text { table.setFilter { $0.text = input.text } }
    return true
  }

  // MARK: Status, managed, organizations

  mutating func openStatusMenu() -> [Effect] {
    let selected = StatusMenuState.choices.firstIndex(of: table.filter.status) ?? 0
    layers.append(.statusMenu(StatusMenuState(selected: selected)))
    return []
  }

  mutating func chooseStatus() -> [Effect] {
    guard case .statusMenu(let menu) = layers.last else { return [] }
    layers.removeLast()
    table.setFilter { $0.status = StatusMenuState.choices[menu.selected] }
    return []
  }

  mutating func cycleManagedFilter() -> [Effect] {
    table.setFilter { $0.managed = $0.managed.next }
    return []
  }

  mutating func toggleOrganizations() -> [Effect] {
    table.setFilter { $0.showsOtherOrganizations.toggle() }
    return []
  }

  mutating func clearFilter() -> [Effect] {
    table.setFilter { filter in
      let shows = filter.showsOtherOrganizations
      filter = RowFilter()
      filter.showsOtherOrganizations = shows
    }
    return []
  }

  // MARK: Sorting

  mutating func moveSort(by step: Int) -> [Effect] {
    let columns = TableView.columns(self).map(\.id)
    guard !columns.isEmpty else { return [] }
    let target: Column.ID
    if let index = columns.firstIndex(of: table.sortColumn) {
      target = columns[(index + step + columns.count) % columns.count]
    } else {
      target = columns[0]
    }
    table.sort(by: target, isDescending: Column.column(target).sortsDescending)
    return []
  }

  mutating func invertSort() -> [Effect] {
    table.sort(by: table.sortColumn, isDescending: !table.isDescending)
    return []
  }

  mutating func sort(byColumnAt position: Int) {
    let columns = TableView.columns(self)
    guard let hit = columns.last(where: { $0.offset + TableView.gutter(self) <= position }) else {
      return
    }
    if hit.id == table.sortColumn {
      _ = invertSort()
    } else {
      table.sort(by: hit.id, isDescending: Column.column(hit.id).sortsDescending)
    }
  }
}
