import ModelCore
import TerminalUI

/// The screens and dialogs of what is done with models that are there.
enum ActionLayer: Sendable {
  case menu(ActionMenuState)
  case dialog(ActionDialog)
  case bulk(BulkScreen)
  case kubectl(KubectlState)
  case edit(EditForm)
  case threeWay(ThreeWayState)
  case undo(UndoState)
  case journal(JournalState)

  var context: Binding.Context {
    switch self {
    case .menu: .actionMenu
    case .dialog: .action
    case .bulk: .bulk
    case .kubectl: .kubectl
    case .edit: .edit
    case .threeWay: .threeWay
    case .undo: .undo
    case .journal: .journal
    }
  }

  /// It leaves what is under it on screen.
  var isDialog: Bool {
    switch self {
    case .menu, .dialog, .undo: true
    case .bulk, .kubectl, .edit, .threeWay, .journal: false
    }
  }

  /// The title and the text of a screen that is only read; `nil` for others.
  func text(_ state: DashboardState) -> (title: String, lines: [StyledLine])? {
    switch self {
    case .menu, .dialog, .edit, .undo: nil
    case .bulk(let screen):
      state.bulks.indices.contains(screen.number)
        ? (
          state.bulks[screen.number].title,
          BulkView.lines(state, state.bulks[screen.number])
        ) : nil
    case .kubectl(let kubectl):
      ("kubectl: \(kubectl.title)", KubectlView.lines(state, kubectl))
    case .threeWay(let view): (ThreeWayView.title(view), ThreeWayView.lines(state, view))
    case .journal(let journal):
      (JournalView.title(state, journal), JournalView.lines(state, journal))
    }
  }

  /// The first line on screen of a text.
  var offset: Int {
    get {
      switch self {
      case .menu, .dialog, .edit, .undo: 0
      case .bulk(let state): state.offset
      case .kubectl(let state): state.offset
      case .threeWay(let state): state.offset
      case .journal(let state): state.offset
      }
    }
    set {
      switch self {
      case .menu, .dialog, .edit, .undo: break
      case .bulk(var state):
        state.offset = newValue
        self = .bulk(state)
      case .kubectl(var state):
        state.offset = newValue
        self = .kubectl(state)
      case .threeWay(var state):
        state.offset = newValue
        self = .threeWay(state)
      case .journal(var state):
        state.offset = newValue
        self = .journal(state)
      }
    }
  }
}

extension DashboardState {
  /// Moves in what is on top.
  mutating func move(_ movement: Movement, in layer: ActionLayer) {
    var layer = layer
    if case .menu(var menu) = layer {
      menu.selected = movement.applied(
        to: menu.selected, count: menuBindings.count, page: bodyRows)
      layer = .menu(menu)
    } else if case .undo(var undo) = layer {
      undo.selected = movement.applied(
        to: undo.selected, count: undoEntries.count, page: bodyRows)
      layer = .undo(undo)
    } else if case .dialog(var dialog) = layer {
      dialog.offset = ActionDialogView.text(dialog, self).offset(after: movement)
      layer = .dialog(dialog)
    } else if let text = layer.text(self) {
      layer.offset = movement.applied(
        to: layer.offset, count: scrollCount(text.lines.count), page: bodyRows)
    } else {
      return
    }
    layers[layers.count - 1] = .action(layer)
  }
}

enum ActionLayerView {
  static func drawScreen(
    _ layer: ActionLayer, _ state: DashboardState, into frame: inout Frame, theme: Theme
  ) {
    if case .edit(let form) = layer {
      EditFormView.draw(form, state, into: &frame, theme: theme)
    } else if let text = layer.text(state) {
      drawText(
        text.title.printable, text.lines, offset: layer.offset, state, into: &frame, theme: theme)
    }
  }

  static func drawDialog(
    _ layer: ActionLayer, _ state: DashboardState, into frame: inout Frame, theme: Theme
  ) {
    switch layer {
    case .menu: ActionMenuView.draw(state, into: &frame, theme: theme)
    case .dialog(let dialog): ActionDialogView.draw(dialog, state, into: &frame, theme: theme)
    case .undo(let undo): UndoView.draw(undo, state, into: &frame, theme: theme)
    case .bulk, .kubectl, .edit, .threeWay, .journal: break
    }
  }
}
