import ModelCore
import TerminalUI

/// How far a movement key moves.
enum Movement: Sendable {
  case lines(Int), pages(Int), halfPages(Int), first, last

  /// The new position of something that has so many, seen through so many rows.
  func applied(to position: Int, count: Int, page: Int) -> Int {
    let target: Int
    switch self {
    case .lines(let number): target = position + number
    case .pages(let number): target = position + number * max(1, page - 1)
    case .halfPages(let number): target = position + number * max(1, page / 2)
    case .first: target = 0
    case .last: target = count - 1
    }
    return min(max(0, target), max(0, count - 1))
  }
}

extension DashboardState {
  mutating func move(_ movement: Movement) -> [Effect] {
    switch layers.last {
    case nil:
      let page = ScreenLayout(self).rows.rows
      table.select(
        index: movement.applied(to: table.selectedIndex ?? 0, count: table.count, page: page))
    case .details(var state):
      state.offset = movement.applied(
        to: state.offset, count: scrollCount(DetailsView.lines(self, state).count), page: bodyRows)
      layers[layers.count - 1] = .details(state)
    case .help(var state):
      state.offset = movement.applied(
        to: state.offset, count: scrollCount(HelpView.lines(self, state).count), page: bodyRows)
      layers[layers.count - 1] = .help(state)
    case .messages(var state):
      state.offset = movement.applied(
        to: state.offset, count: scrollCount(MessagesView.lines(self).count), page: bodyRows)
      layers[layers.count - 1] = .messages(state)
    case .statusMenu(var state):
      state.selected = movement.applied(
        to: state.selected, count: StatusMenuState.choices.count, page: 4)
      layers[layers.count - 1] = .statusMenu(state)
    }
    return []
  }

  /// The rows of a full-screen layer's text: without its title, the message line and the footer.
  var bodyRows: Int { max(0, size.rows - 3) }

  /// The number of offsets at which a text of so many lines still fills the screen.
  private func scrollCount(_ lines: Int) -> Int { max(1, lines - bodyRows + 1) }

  mutating func closeLayer() -> [Effect] {
    guard let layer = layers.popLast() else { return [] }
    if case .details = layer { return [.showDetails(nil)] }
    return []
  }

  mutating func openHelp() -> [Effect] {
    layers.append(.help(HelpState(origin: context)))
    return []
  }

  mutating func openMessages() -> [Effect] {
    log.markRead()
    if case .messages = layers.last { return [] }
    layers.append(.messages(MessagesState(offset: .max)))
    return []
  }

  mutating func relist() -> [Effect] {
    log.add("Listing everything again.", .information, at: now)
    return [.relist]
  }

  /// What must hold after every message: offsets within their bounds, the selection on screen.
  mutating func settle() {
    let rows = ScreenLayout(self).rows.rows
    let last = max(0, table.count - max(1, rows))
    if let selected = table.selectedIndex {
      if selected < table.offset { table.offset = selected }
      if selected >= table.offset + rows { table.offset = selected - max(1, rows) + 1 }
    }
    table.offset = min(max(0, table.offset), last)
    if !layers.isEmpty, context != .statusMenu { _ = move(.lines(0)) }
  }

  // MARK: Mouse

  mutating func handle(_ event: MouseEvent) -> [Effect] {
    switch event.action {
    case .scrollUp: return move(.lines(-3))
    case .scrollDown: return move(.lines(3))
    case .press:
      guard layers.isEmpty else { return [] }
      let layout = ScreenLayout(self)
      if layout.rows.contains(event.point) {
        let index = table.offset + event.point.row - layout.rows.row
        if index < table.count { table.select(index: index) }
      } else if layout.heading.contains(event.point) {
        sort(byColumnAt: event.point.column)
      }
      return []
    }
  }
}
