import ModelCore
import TerminalUI

/// The dialog before a model is deleted. What it deletes is what was on screen when it was opened.
struct DeleteDialog: Sendable, Equatable {
  enum Focus: Sendable, Equatable, CaseIterable {
    /// First, so that Enter alone does nothing.
    case cancel
    case delete
    case keepVolume
  }

  /// What its servers are working on.
  enum Requests: Sendable, Equatable {
    case asked
    case known(RequestsInFlight)
    case unknown
  }

  let model: Model
  /// Of the Deployment that was looked at: a namesake that takes its place is not touched.
  var uid: String { model.uid }
  var typed = TextInputState(maxLength: 63)
  var keepsVolume = false
  var focus = Focus.cancel
  /// The first line of its text on screen.
  var offset = 0
  /// What belongs to the model, as soon as it is known.
  var details: ModelDetails?
  var requests = Requests.asked
  /// What somebody changed about it since the dialog was opened.
  private(set) var changes: [String] = []
  /// Why it cannot be deleted any more, e.g. that it is gone.
  var obstacle: String?

  init(_ model: Model) { self.model = model }

  var write: ModelWrite { .delete(ModelTarget(model), keepVolume: keepsVolume) }

  /// Looks at what has that name now.
  mutating func follow(_ current: Model?) {
    guard let current else {
      obstacle = "It is gone already."
      return
    }
    obstacle =
      current.uid == uid
      ? nil : "It was replaced by another of that name meanwhile: look again."
    changes = current.uid == uid ? Self.changes(from: model, to: current) : []
  }

  private static func changes(from old: Model, to new: Model) -> [String] {
    var changes: [String] = []
    if old.desiredReplicas != new.desiredReplicas {
      changes.append("replicas \(old.desiredReplicas) to \(new.desiredReplicas)")
    }
    if old.image != new.image { changes.append("image") }
    if old.command != new.command { changes.append("command") }
    let (before, after) = (ModelFields(old), ModelFields(new))
    changes += ModelChange.metadataFields.filter { before[$0] != after[$0] }
      .map { FieldSpecification[$0].label.lowercased() }
    return changes
  }

  var isConfirmed: Bool { typed.text == model.name && obstacle == nil }

  mutating func moveFocus(by step: Int) {
    let all = Focus.allCases
    let index = all.firstIndex(of: focus) ?? 0
    focus = all[(index + step + all.count) % all.count]
  }

  /// What goes with the model.
  var consequences: [(label: String, text: String)] {
    var lines: [(String, String)] = []
    lines.append(("Pods", pods))
    let gpu = model.gpu
    if gpu.assigned > 0 {
      let products = gpu.products.map(CellText.shortProduct)
      let kind = products.isEmpty ? "" : " (\(products.joined(separator: ", ")))"
      lines.append(("GPUs", "\(gpu.assigned) returned\(kind)"))
    } else {
      lines.append(("GPUs", gpu.requested > 0 ? "none held, \(gpu.requested) asked for" : "none"))
    }
    lines.append(("Endpoint", model.endpoint ?? "none"))
    if model.readyReplicas > 0 { lines.append(("Requests", requestsText)) }
    lines.append(("Volume", volume))
    lines.append(("Others", others))
    return lines
  }

  private var requestsText: String {
    switch requests {
    case .asked: return "asking its pods"
    case .unknown: return "not known: its pods tell no metrics through the API server"
    case .known(let known):
      let others = known.answered < known.pods ? ", on \(known.answered) of \(known.pods) pods" : ""
      guard known.running + known.waiting > 0 else { return "none right now\(others)" }
      let waiting = known.waiting > 0 ? ", \(known.waiting) waiting" : ""
      return "\(known.running) in progress\(waiting)\(others): they break off"
    }
  }

  private var pods: String {
    guard let details else {
      return model.desiredReplicas == 1 ? "1 replica" : "\(model.desiredReplicas) replicas"
    }
    let names = details.pods.map(\.name)
    guard let first = names.first else { return "none" }
    return names.count == 1 ? first : "\(names.count): \(first) and others"
  }

  private func objects(_ isWanted: (ModelDetails.Object) -> Bool) -> [ModelDetails.Object] {
    details?.objects.filter { isWanted($0) && !$0.state.hasPrefix("missing") } ?? []
  }

  private static let claim = "PersistentVolumeClaim"

  private var volume: String {
    guard details != nil else {
      return keepsVolume ? "kept, if there is one" : "deleted with what is on it, if there is one"
    }
    guard let claim = objects({ $0.kind == Self.claim }).first else { return "none" }
    let name = "\(claim.name) (\(claim.state))"
    return keepsVolume ? "\(name): kept" : "\(name): deleted with what is on it"
  }

  private var others: String {
    guard details != nil else { return "its Service, and its Secret if there is one" }
    let shown = objects { !["Deployment", "ReplicaSet", "Pod", Self.claim].contains($0.kind) }
    return shown.isEmpty ? "none" : shown.map { "\($0.kind) \($0.name)" }.joined(separator: ", ")
  }
}
