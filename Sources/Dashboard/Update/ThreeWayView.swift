import ModelCore
import TerminalUI

/// Somebody changed the model while a form was open: field by field what it was, mine and theirs, and which is taken.
struct ThreeWayState: Sendable, Equatable {
  let target: ModelTarget
  let threeWay: ThreeWay
  /// For the fields that both changed, differently.
  private(set) var choices: [CreateField: ThreeWay.Choice] = [:]
  /// The conflict that has the focus.
  var selected = 0
  var offset = 0

  init(_ target: ModelTarget, _ threeWay: ThreeWay) {
    self.target = target
    self.threeWay = threeWay
  }

  var row: ThreeWay.Row? {
    threeWay.conflicts.indices.contains(selected) ? threeWay.conflicts[selected] : nil
  }

  mutating func choose(_ choice: ThreeWay.Choice) {
    guard let row, choice != .both || row.merged != nil else { return }
    choices[row.field] = choice
    if selected + 1 < threeWay.conflicts.count { selected += 1 }
  }

  /// The next value of the field in focus.
  mutating func cycle() {
    guard let row else { return }
    let all: [ThreeWay.Choice] = row.merged == nil ? [.mine, .theirs] : [.mine, .theirs, .both]
    let index = choices[row.field].flatMap { all.firstIndex(of: $0) } ?? -1
    choices[row.field] = all[(index + 1) % all.count]
  }

  /// Why it cannot be sent yet; `nil` when it can.
  var obstacle: String? {
    let left = threeWay.conflicts.filter { choices[$0.field] == nil }
    guard let first = left.first else { return nil }
    return "Choose for \(FieldSpecification[first.field].label): m is mine, t is theirs."
  }
}

extension DashboardState {
  var threeWay: ThreeWayState? {
    get { if case .action(.threeWay(let state)) = layers.last { state } else { nil } }
    set {
      guard let newValue, threeWay != nil else { return }
      layers[layers.count - 1] = .action(.threeWay(newValue))
    }
  }

  /// Above the form whose write met somebody else's.
  mutating func openThreeWay(_ threeWay: ThreeWay) {
    guard let target = editForm?.stored?.target else { return }
    layers.append(.action(.threeWay(ThreeWayState(target, threeWay))))
  }

  mutating func chooseInThreeWay(_ choice: ThreeWay.Choice) -> [Effect] {
    if choice == .both, threeWay?.row?.merged == nil {
      log.add("The two values cannot be put together: m is mine, t is theirs.", .warning, at: now)
      return []
    }
    threeWay?.choose(choice)
    showFocusInThreeWay()
    return []
  }

  mutating func cycleInThreeWay() -> [Effect] {
    threeWay?.cycle()
    return []
  }

  mutating func moveInThreeWay(by step: Int) -> [Effect] {
    guard let state = threeWay, !state.threeWay.conflicts.isEmpty else { return [] }
    threeWay?.selected = min(max(0, state.selected + step), state.threeWay.conflicts.count - 1)
    showFocusInThreeWay()
    return []
  }

  /// The field in focus is on screen, with its values.
  private mutating func showFocusInThreeWay() {
    guard var state = threeWay else { return }
    let focused = ThreeWayView.text(self, state).focused
    if focused.upperBound > state.offset + bodyRows { state.offset = focused.upperBound - bodyRows }
    if focused.lowerBound < state.offset { state.offset = focused.lowerBound }
    threeWay = state
  }

  /// Writes what was chosen, from what is there now on: should somebody be faster again, it is asked again.
  mutating func applyThreeWay() -> [Effect] {
    guard let state = threeWay else { return [] }
    if let obstacle = state.obstacle {
      log.add(obstacle, .warning, at: now)
      return []
    }
    let (change, base) = state.threeWay.resolved(state.choices)
    layers.removeLast()
    guard !change.isEmpty else {
      layers.removeAll { if case .action(.edit) = $0 { true } else { false } }
      log.add(
        "\(state.target.id.name) stays as they made it: nothing was sent.", .information, at: now)
      return []
    }
    return submit(.update(state.target, change, base: base))
  }
}

enum ThreeWayView {
  static func title(_ state: ThreeWayState) -> String {
    let who = state.threeWay.updatedBy.map { " by \($0)" } ?? ""
    return "\(state.target.id.name) was changed\(who) meanwhile: nothing was written yet"
  }

  static func lines(_ state: DashboardState, _ view: ThreeWayState) -> [StyledLine] {
    text(state, view).lines
  }

  /// The lines, and which of them are about the field in focus.
  static func text(
    _ state: DashboardState, _ view: ThreeWayState
  ) -> (lines: [StyledLine], focused: Range<Int>) {
    let width = max(20, state.size.columns - 13)
    let glyphs = state.configuration.glyphs
    var lines: [StyledLine] = []
    var focused = 0..<1
    for row in view.threeWay.rows {
      if !lines.isEmpty { lines.append(StyledLine()) }
      let start = lines.count
      let label = FieldSpecification[row.field].label
      let isFocused = view.row?.field == row.field && row.change == .both
      lines.append(
        StyledLine([
          (isFocused ? "> " : "  ", .key), (label, .formSection), ("  " + words(row), .dim),
        ]))
      func add(_ name: String, _ value: FieldValue?, _ choice: ThreeWay.Choice?) {
        let isChosen = choice != nil && view.choices[row.field] == choice
        let mark =
          row.change != .both || choice == nil
          ? "   " : isChosen ? glyphs.checked : glyphs.unchecked
        let text = value.map { $0.description.isEmpty ? "empty" : $0.description } ?? "as it was"
        for (index, part) in text.wrapped(to: width).enumerated() {
          let head =
            index == 0 ? "    \(mark) \(name.padded(to: 7))" : String(repeating: " ", count: 15)
          lines.append(
            StyledLine([(head, .headerLabel), (part, isChosen ? .success : .text)]))
        }
      }
      add("was", row.base, nil)
      if row.change != .theirs { add("mine", row.mine, .mine) }
      if row.change != .mine { add("theirs", row.theirs, .theirs) }
      if row.change == .both, let merged = row.merged { add("both", merged, .both) }
      if isFocused { focused = start..<lines.count }
    }
    lines.append(StyledLine())
    lines.append(
      view.obstacle.map { StyledLine("  " + $0, .warning) }
        ?? StyledLine("  F10 writes what is chosen; Esc goes back to the form.", .success))
    return (lines, focused)
  }

  private static func words(_ row: ThreeWay.Row) -> String {
    switch row.change {
    case .mine: "changed by you: it is written"
    case .theirs: "changed by them: it stays so"
    case .same: "changed alike by both"
    case .both: "changed by both: m mine, t theirs" + (row.merged == nil ? "" : ", b both")
    }
  }
}
