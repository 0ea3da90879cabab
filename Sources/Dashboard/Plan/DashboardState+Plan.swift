package import ModelCore
import TerminalUI

extension DashboardState {
  /// Shows what a write would do before it is done.
  ///
  /// - Parameters:
  ///   - title: what is planned, e.g. `Create llama-7b in jan-models`.
  ///   - applyTitle: one word for the button, e.g. `Create`.
  ///   - model: what it is about.
  ///   - ask: the effect that makes the plan; its answer comes as `Message.plan` with this number.
  ///   - apply: what is done when the plan is approved; the plan is off the screen by then.
  package mutating func openPlan(
    title: String, applyTitle: String, isDanger: Bool = false, of model: ModelID,
    ask: (OperationID) -> Effect, apply: @escaping @Sendable (inout DashboardState) -> [Effect]
  ) -> [Effect] {
    let id = start(.plan(model))
    let effect = ask(id)
    let write: ModelWrite? = if case .plan(_, let write) = effect { write } else { nil }
    layers.append(
      .plan(
        PlanState(
          title: title, applyTitle: applyTitle, isDanger: isDanger, question: id, write: write,
          focused: isDanger ? 1 : 0, apply: apply)))
    return [effect]
  }

  /// The plan on screen, wherever it is among the layers.
  var plan: PlanState? {
    get {
      for case .plan(let plan) in layers { return plan }
      return nil
    }
    set {
      guard let newValue else { return }
      let index = layers.firstIndex { if case .plan = $0 { true } else { false } }
      if let index { layers[index] = .plan(newValue) }
    }
  }

  /// The answer to a question; one that nobody waits for any more is dropped.
  mutating func take(_ id: OperationID, _ sheet: PlanSheet) {
    guard let operation = operations.removeValue(forKey: id) else { return }
    guard plan?.question == id, operation.context == nil else { return }
    if let threeWay = sheet.threeWay, !threeWay.conflicts.isEmpty, editForm != nil {
      removePlan()
      openThreeWay(threeWay)
      return
    }
    plan?.sheet = sheet
    // What was typed, in the form's words, and then what comes of it.
    if let form = editForm { plan?.sheet?.changes.insert(contentsOf: form.changesInWords, at: 0) }
    if case .refused(let text, _) = sheet.answer {
      plan?.focused = 1
      log.add("\(operation.title): \(text)", .error, at: now)
    }
  }

  // MARK: Keys

  mutating func movePlanFocus(by step: Int) -> [Effect] {
    guard let focused = plan?.focused else { return [] }
    plan?.focused = (focused + step + 2) % 2
    return []
  }

  mutating func pressInPlan() -> [Effect] {
    plan?.focused == 0 ? applyPlan() : closePlan()
  }

  mutating func applyPlan() -> [Effect] {
    guard let plan else { return [] }
    if let refusal = plan.refusal {
      log.add(refusal, .warning, at: now)
      return []
    }
    removePlan()
    return plan.apply(&self)
  }

  /// Back to what is under it, with what the server refused beside its fields.
  mutating func closePlan() -> [Effect] {
    guard let plan else { return [] }
    removePlan()
    // Nobody waits for the answer any more.
    operations[plan.question] = nil
    if let findings = plan.sheet?.findings, !findings.isEmpty {
      refuseForm(findings)
      refuseYAML(findings)
      editForm?.refuse(findings)
    }
    return []
  }

  private mutating func removePlan() {
    layers.removeAll { if case .plan = $0 { true } else { false } }
  }

  mutating func clickPlan(_ point: Point) -> [Effect] {
    guard let plan else { return [] }
    let places = PlanView.buttons(plan, theme: .default).places(in: PlanView.parts(size).below)
    guard let index = places.firstIndex(where: { $0.contains(point) }) else { return [] }
    self.plan?.focused = index
    return pressInPlan()
  }
}
