import ModelCore

/// What can be done with models that are there: with one, or with several at once.
enum ModelAction: String, Sendable, CaseIterable {
  case stop, start, restart, scale, tag, delete

  /// For a button and a title: `Stop`.
  var title: String {
    switch self {
    case .stop: "Stop"
    case .start: "Start"
    case .restart: "Restart"
    case .scale: "Scale"
    case .tag: "Tag"
    case .delete: "Delete"
    }
  }

  /// Pods end by it.
  var isDisruptive: Bool {
    switch self {
    case .stop, .restart, .scale, .delete: true
    case .start, .tag: false
    }
  }

  /// The write for one model; `nil` where what was typed does not make one.
  func write(_ model: Model, _ dialog: ActionDialog) -> ModelWrite? {
    let target = ModelTarget(model)
    switch self {
    case .stop: return .stop(target)
    case .start: return .start(target)
    case .restart: return .restart(target)
    case .scale: return dialog.replicas.map { .scale(target, replicas: $0) }
    case .delete: return .delete(target, keepVolume: dialog.keepsVolume)
    case .tag:
      let base = ModelFields(model)
      var change = ModelChange()
      change.tags = dialog.tagChange.applied(to: model.tags)
      return change.tags == model.tags ? nil : .update(target, change, base: base)
    }
  }
}

/// Tags to put on and to take off, as they are typed: `prod, -test`.
struct TagChange: Sendable, Equatable {
  var added: [String] = []
  var removed: [String] = []

  init(_ text: String) {
    for word in text.split(separator: ",") {
      let tag = word.trimmingWhitespace
      guard !tag.isEmpty else { continue }
      if tag.hasPrefix("-") {
        let name = String(tag.dropFirst()).trimmingWhitespace
        if !name.isEmpty { removed.append(name) }
      } else {
        added.append(tag.hasPrefix("+") ? String(tag.dropFirst()).trimmingWhitespace : tag)
      }
    }
  }

  var isEmpty: Bool { added.isEmpty && removed.isEmpty }

  func applied(to tags: [String]) -> [String] {
    let kept = tags.filter { !removed.contains($0) }
    return kept + added.filter { !kept.contains($0) }
  }
}

extension StringProtocol {
  var trimmingWhitespace: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }
}

extension DashboardState {
  /// What an action is about: the model in the details, else the marked ones, else the selected one.
  var subjects: [Model] {
    if let details = detailsState { return [details.model] }
    if !marks.isEmpty { return markedModels }
    return table.selected.map { [$0] } ?? []
  }

  /// Why nothing may be done with a model from here, as a sentence; `nil` when something may.
  func refusal(ofWritingTo model: Model) -> String? {
    if let refusal = writeRefusal { return refusal }
    if !model.isOurs {
      if let organization = model.organization, organization != configuration.organization {
        return "\(model.name) belongs to organization \(organization), not to "
          + "\(configuration.organization)."
      }
      return "\(model.name) is not managed by modeldeck: change it where it was made."
    }
    if detailsState?.id == model.id, detailsState?.isGone == true {
      return "\(model.name) is gone already."
    }
    if model.isDeleting { return "\(model.name) is being deleted already." }
    if let running = operations.values.first(where: {
      $0.kind.model == model.id && $0.context == nil && $0.kind.isWrite
    }) {
      return running.kind.isDelete
        ? "\(model.name) is being deleted already."
        : "\(model.name) is busy: \(running.title). Wait until that ended."
    }
    return nil
  }

  /// Why an action cannot be done with a model now, as a sentence; `nil` when it can.
  func refusal(of action: ModelAction, for model: Model) -> String? {
    if action == .delete, let refusal = configuration.guards.deleteRefusal {
      return writeRefusal ?? refusal.message
    }
    if let refusal = refusal(ofWritingTo: model) { return refusal }
    switch action {
    case .stop where model.desiredReplicas == 0: return "\(model.name) is stopped already."
    case .start where model.desiredReplicas > 0: return "\(model.name) is started already."
    case .restart where model.desiredReplicas == 0:
      return "\(model.name) is stopped: there is nothing to restart."
    default: return nil
    }
  }

  /// Which right is missing for an action; `nil` where none is known to be.
  func missingRight(for action: ModelAction, on model: Model) -> String? {
    guard model.isOurs, !configuration.isWriteProtected else { return nil }
    return access.refusal(
      of: action == .delete
        ? ModelRights.deleting(in: model.namespace) : ModelRights.changing(in: model.namespace))
  }

  /// Why an action cannot be done with any of the subjects; `nil` when it can with one at least.
  func refusal(of action: ModelAction) -> String? {
    let models = subjects
    guard let first = models.first else { return "No model is selected." }
    let refusals = models.compactMap { refusal(of: action, for: $0) }
    guard refusals.count == models.count else { return nil }
    guard models.count > 1 else { return refusals[0] }
    return "\(action.title) does nothing for any of the \(models.count) marked models: "
      + (refusal(of: action, for: first) ?? refusals[0])
  }

  func missingRight(for action: ModelAction) -> String? {
    let refusals = subjects.map { missingRight(for: action, on: $0) }
    return refusals.contains(nil) ? nil : refusals.first ?? nil
  }
}
