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
        to: state.offset,
        count: scrollCount(DetailsView.lines(self, state).count, rows: detailsRows),
        page: detailsRows)
      layers[layers.count - 1] = .details(state)
    case .help(var state):
      state.offset = movement.applied(
        to: state.offset, count: scrollCount(HelpView.lines(self, state).count), page: bodyRows)
      layers[layers.count - 1] = .help(state)
    case .messages(var state):
      state.offset = movement.applied(
        to: state.offset, count: scrollCount(MessagesView.lines(self).count), page: bodyRows)
      layers[layers.count - 1] = .messages(state)
    case .findings(let offset):
      let lines = createForm.map { CreateFormView.findingLines($0, columns: size.columns) } ?? []
      layers[layers.count - 1] = .findings(
        offset: movement.applied(to: offset, count: scrollCount(lines.count), page: bodyRows))
    case .fit(let offset):
      let lines = createForm.map { FitView.lines($0, self) } ?? []
      let rows = max(0, size.rows - 4)
      layers[layers.count - 1] = .fit(
        offset: movement.applied(
          to: offset, count: scrollCount(lines.count, rows: rows), page: rows))
    case .plan(var state):
      let rows = PlanView.parts(size).body.rows
      state.offset = movement.applied(
        to: state.offset, count: scrollCount(PlanView.lines(state, self).count, rows: rows),
        page: rows)
      layers[layers.count - 1] = .plan(state)
    case .delete(var dialog):
      dialog.offset = DeleteDialogView.text(dialog, self).offset(after: movement)
      layers[layers.count - 1] = .delete(dialog)
    case .create, .confirmation, .command: break
    case .action(let layer): move(movement, in: layer)
    case .yaml, .yamlFields, .yamlFile, .yamlFind: break
    case .yamlFindings(let selected):
      layers[layers.count - 1] = .yamlFindings(
        selected: movement.applied(
          to: selected, count: yamlForm?.check.findings.count ?? 0, page: max(1, bodyRows / 3)))
    case .contexts(var state):
      state.selected = movement.applied(
        to: state.selected, count: contexts?.count ?? 0, page: bodyRows)
      layers[layers.count - 1] = .contexts(state)
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
  func scrollCount(_ lines: Int, rows: Int? = nil) -> Int {
    max(1, lines - (rows ?? bodyRows) + 1)
  }

  mutating func closeLayer() -> [Effect] {
    if deleteDialog != nil { return closeDeleteDialog() }
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
    if !layers.isEmpty, context != .statusMenu, context != .contexts { _ = move(.lines(0)) }
    settleForm()
    settleYAML()
    settleEditForm()
  }

  /// The field in focus is on screen, with what stands under it.
  private mutating func settleForm() {
    guard var form = createForm else { return }
    let layout = CreateFormLayout(form, self)
    let height = CreateFormView.parts(self).body.rows
    let focused = layout.focused
    if focused.upperBound > form.offset + height { form.offset = focused.upperBound - height }
    if focused.lowerBound < form.offset { form.offset = focused.lowerBound }
    // What is about the whole request stands above the first field.
    if form.focus == CreateForm.order[0], focused.upperBound <= height { form.offset = 0 }
    form.offset = Scrolling.clamped(form.offset, count: layout.rows, height: height)
    if form != createForm { createForm = form }
  }

  // MARK: Mouse

  private mutating func scroll(by lines: Int) -> [Effect] {
    if context == .yaml { return scrollYAML(by: lines) }
    if context == .form { return moveFormFocus(by: lines.signum()) }
    return move(.lines(lines))
  }

  mutating func handle(_ event: MouseEvent) -> [Effect] {
    switch event.action {
    case .scrollUp: return scroll(by: -3)
    case .scrollDown: return scroll(by: 3)
    case .press:
      switch layers.last {
      case .create: return clickForm(event.point)
      case .yaml: return clickYAML(event.point)
      case .delete: return clickDeleteDialog(event.point)
      case .action(.dialog): return clickAction(event.point)
      case .action(.menu): return clickMenu(event.point)
      case .action(.edit): return clickEditForm(event.point)
      case .plan: return clickPlan(event.point)
      case .confirmation(let confirmation):
        guard
          let index = ConfirmationView.answer(confirmation, size, at: event.point)
        else { return [] }
        _ = moveAnswer(by: index - confirmation.focused)
        return answer()
      case nil: break
      default: return []
      }
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
