import ModelCore
import TerminalUI

extension Binding {
  private static let models: Set<Context> = [.table, .details]

  private static func action(
    _ action: ModelAction, _ key: Character, _ title: String, _ help: String, footer: Int? = nil
  ) -> Binding {
    Binding(
      action.rawValue, [.character(key)], title, help: help, in: models, footer: footer,
      disabledReason: { $0.refusal(of: action) },
      missingRight: { $0.missingRight(for: action) },
      action: { $0.openAction(action) })
  }

  /// What is done with models that are there: each asks first.
  static let actions: [Binding] = [
    Binding(
      "actions", [.character("x")], "actions",
      help: "everything that can be done, with its key, and why not where it cannot", in: models,
      footer: 3,
      action: { $0.openActionMenu() }),
    Binding(
      "edit", [.character("e")], "edit",
      help: "change display name, description and tags; no pod restarts", in: models, footer: 12,
      disabledReason: { $0.editRefusal }, missingRight: { $0.missingRightToEdit },
      action: { $0.openEditForm(.texts) }),
    Binding(
      "redeploy", [.character("R")], "redeploy",
      help: "change image, command, GPUs, delay or storage; the pods are replaced, after a plan",
      in: models, disabledReason: { $0.redeployRefusal },
      missingRight: { $0.missingRightToEdit },
      action: { $0.openEditForm(.redeploy) }),
    action(.scale, "S", "scale", "set the number of replicas, after a question"),
    action(.stop, "0", "stop", "zero replicas, after a question; GPUs are returned"),
    action(.start, "1", "start", "as many replicas as before it was stopped, after a question"),
    action(.restart, "r", "restart", "new pods one after the other, after a question"),
    action(.tag, "#", "tags", "put tags on and take tags off; no pod restarts"),
    Binding(
      "undo", [.character("U")], "undo delete",
      help: "make a model again that was deleted from here in the last ten minutes", in: models,
      disabledReason: { $0.undoRefusal }, missingRight: { $0.missingRightToCreate },
      action: { $0.openUndo() }),
    Binding(
      "kubectl", [.init(.function(4))], "kubectl",
      help: "the kubectl commands that do the same",
      in: [.table, .details, .action, .delete, .edit, .plan, .form],
      action: { $0.openKubectl() }),
  ]

  static let actionScreens: [Binding] = [
    Binding(
      "menu-choose", [.init(.enter)], "choose", help: "do this; the key of an entry works, too",
      in: [.actionMenu], footer: 1, action: { $0.chooseAction() }),
    Binding(
      "undo-choose", [.init(.enter)], "make again", help: "make this model again", in: [.undo],
      footer: 1, action: { $0.chooseUndo() }),
    Binding(
      "action-press", [.init(.enter), .character(" ")], "press",
      help: "press what has the focus: Cancel at first", in: [.action], footer: 1,
      action: { $0.pressInAction() }),
    Binding(
      "action-next", [.init(.tab), .init(.right), .init(.down)], "next",
      help: "next field or button",
      in: [.action], footer: 2, action: { $0.moveActionFocus(by: 1) }),
    Binding(
      "action-previous", [.init(.backTab), .init(.left), .init(.up)], "previous",
      help: "previous field or button", in: [.action], action: { $0.moveActionFocus(by: -1) }),
    Binding(
      "action-keep", [.init(.function(2))], "keep volumes",
      help: "when deleting, keep the volumes and what is on them, or not", in: [.action],
      action: { $0.toggleInAction(.keepVolume) }),
    Binding(
      "action-surprise", [.init(.function(3))], "stop at a surprise",
      help: "of several, begin no other after the first that does not succeed, or go on",
      in: [.action], action: { $0.toggleInAction(.stopAtSurprise) }),
    Binding(
      "action-cancel", [.init(.escape)], "cancel", help: "do nothing", in: [.action], footer: 3,
      action: { $0.closeLayer() }),
    Binding(
      "edit-apply", [.init(.function(10)), .control("x")], "update",
      help: "update; a redeploy shows its plan first", in: [.edit], footer: 1,
      titleNow: { $0.editForm?.kind == .redeploy ? "plan" : nil },
      action: { $0.submitEditForm() }),
    Binding(
      "edit-next", [.init(.tab), .init(.down), .init(.right)], "next",
      help: "next field; the arrows within a text move in it", in: [.edit], footer: 2,
      action: { $0.moveEditFocus(by: 1) }),
    Binding(
      "edit-previous", [.init(.backTab), .init(.up), .init(.left)], "previous",
      help: "previous field", in: [.edit], action: { $0.moveEditFocus(by: -1) }),
    Binding(
      "edit-press", [.init(.enter), .character(" ")], "press",
      help: "next field, a new line in a text, or press the button", in: [.edit],
      action: { $0.pressInEditForm() }),
    Binding(
      "edit-back", [.init(.escape)], "back", help: "go back; asks when something was changed",
      in: [.edit], footer: 3, action: { $0.leaveEditForm() }),
    Binding(
      "three-apply", [.init(.function(10)), .control("x")], "write",
      help: "write what is chosen", in: [.threeWay], footer: 1, action: { $0.applyThreeWay() }),
    Binding(
      "three-mine", [.character("m")], "mine", help: "take my value of this field",
      in: [.threeWay], footer: 2, action: { $0.chooseInThreeWay(.mine) }),
    Binding(
      "three-theirs", [.character("t")], "theirs", help: "take their value of this field",
      in: [.threeWay], footer: 3, action: { $0.chooseInThreeWay(.theirs) }),
    Binding(
      "three-both", [.character("b")], "both", help: "take both, where they can be put together",
      in: [.threeWay], footer: 4, action: { $0.chooseInThreeWay(.both) }),
    Binding(
      "three-cycle", [.character(" "), .init(.enter)], "next value", help: "the next value",
      in: [.threeWay], action: { $0.cycleInThreeWay() }),
    Binding(
      "three-down", [.character("j"), .init(.down), .init(.tab)], "down",
      help: "the next field that both changed", in: [.threeWay],
      action: { $0.moveInThreeWay(by: 1) }),
    Binding(
      "three-up", [.character("k"), .init(.up), .init(.backTab)], "up",
      help: "the field above that both changed", in: [.threeWay],
      action: { $0.moveInThreeWay(by: -1) }),
    Binding(
      "three-back", [.init(.escape)], "back", help: "back to the form; nothing is written",
      in: [.threeWay], footer: 5, action: { $0.closeLayer() }),
  ]
}
