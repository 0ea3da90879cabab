import TerminalUI

extension Binding {
  // MARK: The plan

  static let plan: [Binding] = [
    Binding(
      "plan-apply", [.init(.function(10)), .control("x")], "apply",
      help: "do what the plan says", in: [.plan], footer: 1,
      disabledReason: { $0.plan?.refusal }, action: { $0.applyPlan() }),
    Binding(
      "plan-press", [.init(.enter), .character(" ")], "press",
      help: "press the button in focus", in: [.plan], footer: 2,
      action: { $0.pressInPlan() }),
    Binding(
      "plan-next", [.init(.tab), .init(.right)], "next", help: "next button", in: [.plan],
      footer: 4, action: { $0.movePlanFocus(by: 1) }),
    Binding(
      "plan-previous", [.init(.backTab), .init(.left)], "previous", help: "previous button",
      in: [.plan], action: { $0.movePlanFocus(by: -1) }),
    Binding(
      "plan-back", [.init(.escape), .character("q")], "back",
      help: "go back and do nothing; nothing that was typed is lost", in: [.plan], footer: 3,
      action: { $0.closePlan() }),
  ]
}
