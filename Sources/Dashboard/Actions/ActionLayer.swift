import ModelCore
import TerminalUI

/// The screens and dialogs of what is done with models that are there.
enum ActionLayer: Sendable {
  case journal(JournalState)

  var context: Binding.Context {
    switch self {
    case .journal: .journal
    }
  }

  /// It leaves what is under it on screen.
  var isDialog: Bool {
    switch self {
    case .journal: false
    }
  }
}

extension DashboardState {
  /// The screens and dialogs of this kind that are open, the topmost last.
  var actionLayers: [ActionLayer] {
    layers.compactMap { if case .action(let layer) = $0 { layer } else { nil } }
  }

  /// Moves in what is on top.
  mutating func move(_ movement: Movement, in layer: ActionLayer) {
    switch layer {
    case .journal(var journal):
      journal.offset = movement.applied(
        to: journal.offset, count: scrollCount(JournalView.lines(self, journal).count),
        page: bodyRows)
      layers[layers.count - 1] = .action(.journal(journal))
    }
  }
}

enum ActionLayerView {
  static func drawScreen(
    _ layer: ActionLayer, _ state: DashboardState, into frame: inout Frame, theme: Theme
  ) {
    switch layer {
    case .journal(let journal):
      drawText(
        JournalView.title(state, journal), JournalView.lines(state, journal),
        offset: journal.offset, state, into: &frame, theme: theme)
    }
  }

  static func drawDialog(
    _ layer: ActionLayer, _ state: DashboardState, into frame: inout Frame, theme: Theme
  ) {
    switch layer {
    case .journal: break
    }
  }
}
