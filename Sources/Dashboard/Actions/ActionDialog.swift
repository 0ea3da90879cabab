import ModelCore
import TerminalUI

/// The question before something is done with one or several models: what, where, what it costs, and the safe answer first.
struct ActionDialog: Sendable, Equatable {
  enum Focus: Sendable, Equatable {
    /// The number of replicas, or the tags.
    case input
    /// What has to be typed.
    case confirmation
    case keepVolume
    case stopAtSurprise
    case cancel
    case apply
  }

  let action: ModelAction
  /// What it is about, by identity; as they are now.
  private(set) var models: [Model]
  /// Marked and left out, with the reason.
  let skipped: [(name: String, reason: String)]
  /// A button alone is not enough.
  let confirmation: String?
  /// What may not be done on this cluster.
  let guards: GuardRails
  var input: TextInputState
  var typed = TextInputState(maxLength: 80)
  var keepsVolume = false
  var stopsAtSurprise = true
  var focus: Focus
  /// The first line of its text on screen.
  var offset = 0
  /// Models that went, or were replaced, while it was open.
  private(set) var gone: [String] = []

  init(
    _ action: ModelAction, _ models: [Model], skipped: [(name: String, reason: String)] = [],
    guards: GuardRails
  ) {
    self.action = action
    self.guards = guards
    self.models = models
    self.skipped = skipped
    let isTyped = action == .delete || guards.confirmsByTyping && action.isDisruptive
    confirmation =
      !isTyped
      ? nil
      : models.count == 1 ? models[0].name : "\(action.rawValue) \(models.count)"
    let first = models.count == 1 && action == .scale ? "\(models[0].desiredReplicas)" : ""
    input = TextInputState(first, maxLength: action == .scale ? 4 : 400)
    focus = action == .scale || action == .tag ? .input : .cancel
  }

  static func == (a: ActionDialog, b: ActionDialog) -> Bool {
    a.action == b.action && a.models == b.models && a.input == b.input && a.typed == b.typed
      && a.focus == b.focus && a.keepsVolume == b.keepsVolume
      && a.stopsAtSurprise == b.stopsAtSurprise && a.gone == b.gone && a.offset == b.offset
  }

  var isBulk: Bool { models.count + gone.count > 1 || !skipped.isEmpty }
  var hasInput: Bool { action == .scale || action == .tag }

  var title: String {
    models.count == 1 && !isBulk
      ? "\(action.title) \(models[0].name)"
      : "\(action.title) \(models.count) model\(models.count == 1 ? "" : "s")"
  }

  /// What may have the focus, in the order of Tab.
  var order: [Focus] {
    var order: [Focus] = hasInput ? [.input] : []
    if confirmation != nil { order.append(.confirmation) }
    order += [.cancel, .apply]
    if action == .delete { order.append(.keepVolume) }
    if isBulk { order.append(.stopAtSurprise) }
    return order
  }

  mutating func moveFocus(by step: Int) {
    let order = order
    let index = order.firstIndex(of: focus) ?? 0
    focus = order[(index + step + order.count) % order.count]
  }

  // MARK: What was typed

  /// `nil` where what was typed is no number of replicas.
  var replicas: Int? {
    guard action == .scale, let number = Int(input.text), (0...1_000).contains(number) else {
      return nil
    }
    return number
  }

  var tagChange: TagChange { TagChange(input.text) }

  /// Why it cannot be done yet, as a sentence; `nil` when it can.
  var obstacle: String? {
    if models.isEmpty { return "Nothing is left to do: \(gone.joined(separator: ", ")) went." }
    switch action {
    case .scale:
      if replicas == nil { return "Type a number of replicas, from 0 to 1000." }
      if models.allSatisfy({ $0.desiredReplicas == replicas }) {
        return "That is how many there are."
      }
      if let refusal = gpuRefusal { return refusal }
    case .tag:
      if tagChange.isEmpty { return "Type tags, separated by commas; -tag takes one off." }
      var change = ModelChange()
      change.tags = tagChange.added
      if let finding = change.metadataFindings().first { return finding.message }
      if models.allSatisfy({ action.write($0, self) == nil }) { return "That changes no tag." }
    case .stop, .start, .restart, .delete: break
    }
    if let confirmation, typed.text != confirmation { return "Type \(confirmation) to confirm." }
    return nil
  }

  /// Why one of the models may not have so many replicas here.
  private var gpuRefusal: String? {
    guard let replicas else { return nil }
    return models.lazy.filter { $0.desiredReplicas < replicas }
      .compactMap { guards.refusal(ofGPUs: $0.gpu.perReplica * replicas, for: $0.name)?.message }
      .first
  }

  var writes: [ModelWrite] { models.compactMap { action.write($0, self) } }

  /// The models as they are now. One that went or was replaced is left out, and told.
  mutating func follow(_ current: (ModelID) -> Model?) {
    models = models.compactMap { old in
      if let new = current(old.id), new.uid == old.uid { return new }
      gone.append(old.name)
      return nil
    }
  }
}
