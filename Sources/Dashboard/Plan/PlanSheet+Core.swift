package import ModelCore

extension PlanSheet {
  /// What the core says that a write would do.
  package init(_ plan: OperationPlan) {
    self.init(answer: Self.answer(plan), notes: plan.notes, threeWay: plan.threeWay)
    // Where more is known about them, that is said already.
    if plan.restartsPods, notes.isEmpty { notes.insert("Its pods end, and new ones start.", at: 0) }
    warnings = plan.findings.filter { $0.severity == .warning }.map { finding in
      finding.fix.isEmpty ? finding.message : "\(finding.message). \(finding.fix)"
    }
    for item in plan.items {
      if case .notAsked(let why) = item.answer { warnings.append("\(item.label): \(why)") }
      changes += item.changes.map {
        Change(field: "\(item.label): \($0.path)", before: $0.old ?? "", after: $0.new ?? "")
      }
    }
    objects = plan.items.map { item in
      let place = item.namespace.map { " in \($0)" } ?? ""
      return Object(label: item.label + place, note: Self.word(item.action), yaml: item.yaml)
    }
    let errors = plan.findings.filter { $0.severity == .error }
    let refusals = ([plan.problem].compactMap { $0 } + plan.refusals).map {
      Finding(field: $0.field, message: $0.message, fix: "", position: $0.position)
    }
    findings = errors + refusals
  }

  private static func answer(_ plan: OperationPlan) -> Answer {
    if let error = plan.findings.first(where: { $0.severity == .error }) {
      return .refused(error.message, fix: error.fix)
    }
    if let problem = plan.problem {
      return problem.kind == .unavailable
        ? .unknown(problem.message) : .refused(problem.placedMessage, fix: "")
    }
    if let refusal = plan.refusals.first { return .refused(refusal.placedMessage, fix: "") }
    let asked = plan.items.filter { $0.answer == .accepted }.count
    guard asked > 0 else { return .unknown("the server was not asked about any object") }
    return .accepted(
      "the server would do this (dry run of \(asked) object\(asked == 1 ? "" : "s"))")
  }

  private static func word(_ action: OperationPlan.Action) -> String {
    switch action {
    case .create: "created"
    case .change: "changed"
    case .delete: "deleted"
    case .keep: "unchanged"
    }
  }
}
