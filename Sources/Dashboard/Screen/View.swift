import ModelCore
package import TerminalUI

/// The screen that shows a state. Pure; the work is bounded by the size of the screen.
package func view(_ state: DashboardState, theme: Theme) -> Frame {
  var frame = Frame(size: state.size, style: theme[.text])
  guard !state.isTooSmall else {
    drawTooSmall(state, into: &frame, theme: theme)
    return frame
  }
  // Dialogs leave what is under them on screen; screens hide it.
  let firstScreen = state.layers.lastIndex { !$0.isDialog }
  if let details = state.detailsBeside {
    drawMain(state, into: &frame, theme: theme)
    frame.anchor = nil
    DetailsView.drawBeside(
      state, details, into: &frame, rect: ScreenLayout(state).side, theme: theme)
  } else if let firstScreen {
    drawScreen(state.layers[firstScreen], state, into: &frame, theme: theme)
  } else {
    drawMain(state, into: &frame, theme: theme)
  }
  for layer in state.layers[((firstScreen ?? -1) + 1)...] {
    frame.cursor = nil
    drawDialog(layer, state, into: &frame, theme: theme)
    // What just happened and the keys that work now are those of the dialog.
    let bottom = frame.bounds.split(.vertical, [.fill(), .fixed(1), .fixed(1)])
    frame.fill(bottom[1], style: theme[.text])
    switch layer {
    case .command(let line): CommandLineView.draw(line, state, into: &frame, theme: theme)
    case .yamlFile(let prompt): YAMLFileView.draw(prompt, state, into: &frame, theme: theme)
    case .yamlFind(let prompt): YAMLFindView.draw(prompt, state, into: &frame, theme: theme)
    default: MessagesView.drawLine(state, into: &frame, rect: bottom[1], theme: theme)
    }
    FooterView.draw(state, into: &frame, rect: bottom[2], theme: theme)
  }
  return frame
}

private func drawTooSmall(_ state: DashboardState, into frame: inout Frame, theme: Theme) {
  let size = state.size
  let minimum = DashboardState.minimumSize
  let text =
    "terminal too small: \(size.columns)x\(size.rows), needs \(minimum.columns)x\(minimum.rows); q quits"
  for (row, line) in text.wrapped(to: max(1, size.columns)).prefix(size.rows).enumerated() {
    frame.write(line, at: Point(row: row, column: 0), style: theme[.text])
  }
}

private func drawMain(_ state: DashboardState, into frame: inout Frame, theme: Theme) {
  let layout = ScreenLayout(state)
  HeaderView.draw(state, into: &frame, layout: layout, theme: theme)
  if state.table.count > 0 {
    TableView.draw(state, into: &frame, layout: layout, theme: theme)
    InfoView.draw(state, into: &frame, layout: layout, theme: theme)
    if let selected = state.table.selectedIndex {
      frame.anchor = Point(row: layout.rows.row + selected - state.table.offset, column: 0)
    }
  } else {
    EmptyView.draw(state, into: &frame, rect: layout.rows, theme: theme)
  }
  FilterLine.draw(state, into: &frame, rect: layout.filter, theme: theme)
  MessagesView.drawLine(state, into: &frame, rect: layout.message, theme: theme)
  FooterView.draw(state, into: &frame, rect: layout.footer, theme: theme)
}

private func drawScreen(
  _ layer: Layer, _ state: DashboardState, into frame: inout Frame, theme: Theme
) {
  switch layer {
  case .details(let details):
    drawText(
      DetailsView.title(state, details), DetailsView.lines(state, details),
      offset: details.offset, state, into: &frame, theme: theme)
  case .help(let help):
    let version = state.configuration.version
    drawText(
      "Keys" + (version.isEmpty ? "" : " - modeldeck \(version)"), HelpView.lines(state, help),
      offset: help.offset, state, into: &frame, theme: theme)
  case .messages(let messages):
    drawText(
      "Messages", MessagesView.lines(state), offset: messages.offset, state, into: &frame,
      theme: theme)
  case .create(let form):
    CreateFormView.draw(form, state, into: &frame, theme: theme)
  case .findings(let offset):
    let lines = state.createForm.map {
      CreateFormView.findingLines($0, columns: state.size.columns)
    }
    drawText("What to fix", lines ?? [], offset: offset, state, into: &frame, theme: theme)
  case .fit(let offset):
    if let form = state.createForm {
      FitView.draw(form, offset: offset, state, into: &frame, theme: theme)
    }
  case .plan(let plan):
    PlanView.draw(plan, state, into: &frame, theme: theme)
  case .action(let layer):
    ActionLayerView.drawScreen(layer, state, into: &frame, theme: theme)
  case .yaml(let form): YAMLFormView.draw(form, state, into: &frame, theme: theme)
  case .yamlFindings(let selected):
    drawFindings(selected: selected, state, into: &frame, theme: theme)
  case .statusMenu, .delete, .confirmation, .command, .contexts, .yamlFields, .yamlFile,
    .yamlFind:
    break
  }
}

/// The list of what is wrong with a text, scrolled to the selected one.
private func drawFindings(
  selected: Int, _ state: DashboardState, into frame: inout Frame, theme: Theme
) {
  guard let form = state.yamlForm else { return }
  let (lines, range) = YAMLFormView.findingLines(
    form, selected: selected, columns: state.size.columns)
  let height = max(1, state.size.rows - 3)
  let offset = Scrolling.offset(
    current: Scrolling.offset(
      current: 0, selected: range.upperBound - 1, count: lines.count, height: height),
    selected: range.lowerBound, count: lines.count, height: height)
  drawText("What is wrong", lines, offset: offset, state, into: &frame, theme: theme)
}

private func drawDialog(
  _ layer: Layer, _ state: DashboardState, into frame: inout Frame, theme: Theme
) {
  switch layer {
  case .statusMenu(let menu): StatusMenuView.draw(state, menu, into: &frame, theme: theme)
  case .delete(let dialog): DeleteDialogView.draw(dialog, state, into: &frame, theme: theme)
  case .confirmation(let confirmation):
    ConfirmationView.draw(confirmation, state, into: &frame, theme: theme)
  case .contexts(let menu): ContextMenuView.draw(state, menu, into: &frame, theme: theme)
  case .yamlFields(let field): YAMLFieldsView.draw(field, state, into: &frame, theme: theme)
  // In the place of the message line, which is drawn after this.
  case .command, .yamlFile, .yamlFind: break
  case .action(let layer):
    ActionLayerView.drawDialog(layer, state, into: &frame, theme: theme)
  case .create, .details, .findings, .fit, .help, .messages, .plan, .yaml, .yamlFindings: break
  }
}

/// A full screen of text that scrolls, with a title, the message line and the keys.
func drawText(
  _ title: String, _ lines: [StyledLine], offset: Int, _ state: DashboardState,
  into frame: inout Frame, theme: Theme
) {
  let parts = ScreenParts(state.size)
  parts.draw(title, state, into: &frame, theme: theme)
  let body = parts.body
  let start = min(max(0, offset), max(0, lines.count - 1))
  let end = min(lines.count, start + body.rows)
  for (row, line) in lines[min(start, end)..<end].enumerated() {
    frame.write(
      line, at: Point(row: body.row + row, column: 0), maxWidth: body.columns, theme: theme)
  }
  if lines.count > body.rows {
    let place = "\(start + 1)-\(end) of \(lines.count) "
    frame.write(
      place, at: Point(row: 0, column: max(0, frame.size.columns - place.displayWidth)),
      style: theme[.title])
  }
}
