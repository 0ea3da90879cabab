import ModelCore
import TerminalUI

/// The table: its heading and the rows on screen. The work is bounded by those rows.
enum TableView {
  /// The room left of the names: for the sign of the selected row, and of the marked ones where there are any.
  static func gutter(_ state: DashboardState) -> Int { state.marks.isEmpty ? 1 : 2 }

  /// The models on screen, in order.
  static func visible(_ state: DashboardState) -> [Model] {
    let start = max(0, state.table.offset)
    return state.table.models(in: start..<start + ScreenLayout(state).rows.rows)
  }

  /// The columns that fit, counted from the gutter's right edge.
  static func columns(_ state: DashboardState) -> [FittedColumn<Column.ID>] {
    columns(state, models: visible(state))
  }

  /// Widths follow the rows on screen, so that no row elsewhere takes room from them.
  static func columns(_ state: DashboardState, models: [Model]) -> [FittedColumn<Column.ID>] {
    let context = CellContext(state)
    let needs = Column.all.map { Need($0, models, context, sorted: state.table.sortColumn) }
    let width = state.tableColumns - gutter(state)
    let gap = state.tableColumns < 100 ? 1 : 2
    var candidates = needs
    while true {
      let fitted = ColumnFit.fit(candidates.map(\.spec), width: width, gap: gap)
      let widths = Dictionary(uniqueKeysWithValues: fitted.map { ($0.id, $0.width) })
      let last = candidates.filter { widths[$0.spec.id] != nil }
        .max { $0.spec.priority < $1.spec.priority }
      // A column does not come at the price of a cut one that matters more: on wide screens any,
      // else the name.
      let isComfortable = candidates.allSatisfy { need in
        let limit = last.map { $0.spec.priority >= Column.firstWidePriority ? $0.spec.priority : 1 }
        return need.spec.priority >= limit ?? 0
          || widths[need.spec.id, default: 0] >= need.spec.ideal
      }
      guard let last, last.spec.priority > 1, !isComfortable else {
        return stretched(fitted, candidates, width: width, gap: gap)
      }
      candidates.removeAll { $0.spec.priority >= last.spec.priority }
    }
  }

  /// Gives what comfort left over to the longest forms, most important column first.
  private static func stretched(
    _ fitted: [FittedColumn<Column.ID>], _ needs: [Need], width: Int, gap: Int
  ) -> [FittedColumn<Column.ID>] {
    var fitted = fitted
    guard let last = fitted.last else { return fitted }
    var spare = max(0, width - last.offset - last.width)
    let longest = Dictionary(uniqueKeysWithValues: needs.map { ($0.spec.id, $0.longest) })
    for index in fitted.indices.sorted(by: { fitted[$0].spec.priority < fitted[$1].spec.priority })
    {
      let more = min(spare, max(0, longest[fitted[index].id, default: 0] - fitted[index].width))
      fitted[index].width += more
      spare -= more
    }
    var offset = 0
    for index in fitted.indices {
      fitted[index].offset = offset
      offset += fitted[index].width + gap
    }
    return fitted
  }

  /// What the rows on screen need of a column.
  private struct Need {
    /// Its ideal is what is comfortable.
    var spec: ColumnSpec<Column.ID>
    /// The widest cell in its longest form, as far as the column allows it.
    var longest: Int

    init(_ column: Column, _ models: [Model], _ context: CellContext, sorted: Column.ID) {
      // One more for the arrow of the sorted column.
      let title = column.title.count + (column.id == sorted ? 1 : 0)
      var (longest, comfortable, shortest) = (0, 0, 0)
      for model in models {
        let widths = column.forms(model, context).map(\.displayWidth)
        longest = max(longest, widths.first ?? 0)
        let form = column.comfortableForm.map { widths[min($0, widths.count - 1)] }
        comfortable = max(comfortable, form ?? column.minimum)
        shortest = max(shortest, widths.last ?? 0)
      }
      self.longest = max(title, min(column.ideal, longest))
      spec = ColumnSpec(
        column.id, title: column.title, minimum: max(title, min(column.minimum, shortest)),
        ideal: max(title, min(column.ideal, comfortable)), priority: column.priority,
        alignment: column.alignment, keepsIdeal: column.id == .name,
        isRequired: column.id == .name)
    }
  }

  static func draw(
    _ state: DashboardState, into frame: inout Frame, layout: ScreenLayout, theme: Theme
  ) {
    let models = visible(state)
    let columns = columns(state, models: models)
    frame.fill(layout.heading, style: theme[.tableHeader])
    TableHeader(
      columns: columns, sorted: state.table.sortColumn, isDescending: state.table.isDescending,
      style: theme[.tableHeader], sortedStyle: theme[.tableSorted],
      glyphs: state.configuration.glyphs
    ).draw(into: &frame, rect: body(layout.heading, state))
    let selected = state.table.selectedID
    let forms = commonForms(columns, models, CellContext(state))
    for (index, model) in models.enumerated() {
      let row = Rect(
        row: layout.rows.row + index, column: 0, rows: 1, columns: layout.rows.columns)
      drawRow(
        model, isSelected: model.id == selected, state, columns, forms: forms, into: &frame,
        rect: row,
        theme: theme)
    }
  }

  private static func body(_ rect: Rect, _ state: DashboardState) -> Rect {
    let gutter = gutter(state)
    return Rect(
      row: rect.row, column: rect.column + gutter, rows: rect.rows, columns: rect.columns - gutter)
  }

  /// Which form the rows of a column that uses one have in common: the longest that fits them all.
  private static func commonForms(
    _ columns: [FittedColumn<Column.ID>], _ models: [Model], _ context: CellContext
  ) -> [Column.ID: Int] {
    var common: [Column.ID: Int] = [:]
    for fitted in columns where Column.column(fitted.id).usesOneForm {
      common[fitted.id] = models.reduce(0) { form, model in
        let forms = Column.column(fitted.id).forms(model, context)
        let fits = forms.firstIndex { $0.displayWidth <= fitted.width }
        return forms.count > 1 ? max(form, fits ?? forms.count - 1) : form
      }
    }
    return common
  }

  private static func drawRow(
    _ model: Model, isSelected: Bool, _ state: DashboardState,
    _ columns: [FittedColumn<Column.ID>], forms common: [Column.ID: Int],
    into frame: inout Frame, rect: Rect, theme: Theme
  ) {
    let context = CellContext(state)
    let element = rowElement(model, state)
    let style = isSelected ? theme[.tableSelected] : theme[element]
    let widths = Dictionary(uniqueKeysWithValues: columns.map { ($0.id, $0.width) })
    // A row that is greyed is so as a whole.
    let statusStyle =
      [.tableRow, .title].contains(element) ? theme[model.statusElement] : style
    frame.fill(rect, style: style)
    if isSelected { frame.write(context.glyphs.selection, at: rect.origin, style: style) }
    if state.marks.contains(model.id) {
      frame.write(
        "*", at: Point(row: rect.row, column: rect.column + 1),
        style: isSelected ? style : theme[.tableMarked])
    }
    TableRow(
      columns: columns, style: style, override: isSelected ? style : nil, glyphs: context.glyphs,
      cut: { Column.column($0).isCutInTheMiddle ? .middle : .end },
      cell: { id in
        let forms = Column.column(id).forms(model, context)
        let text =
          common[id].flatMap { $0 < forms.count ? forms[$0] : nil }
          ?? forms.first { $0.displayWidth <= widths[id, default: 0] } ?? forms.last
        return StyledText(text ?? "", id == .status ? statusStyle : style)
      }
    ).draw(into: &frame, rect: body(rect, state))
  }

  private static func rowElement(_ model: Model, _ state: DashboardState) -> Theme.Element {
    if state.isStale { return .stale }
    if model.isDeleting { return .dim }
    if state.table.changedAt[model.id] != nil { return .title }
    return .tableRow
  }
}

extension DashboardState {
  /// The rows on screen are not known to be true any more.
  var isStale: Bool {
    switch connection {
    case .live: false
    // Loading again after a gap: what is not confirmed yet is old.
    case .loading: hasBeenLive
    case .connecting, .disconnected, .forbidden: true
    }
  }
}

extension Model {
  /// Serving with fewer replicas than asked for.
  var isDegraded: Bool { status == .running && readyReplicas < desiredReplicas }

  var statusElement: Theme.Element {
    switch status {
    case .running: isDegraded ? .statusDegraded : .statusRunning
    case .creating: .statusCreating
    case .pending: .statusPending
    case .failed: .statusFailed
    case .stopped: .statusStopped
    case .crashLoopBackOff: .statusCrash
    }
  }
}
