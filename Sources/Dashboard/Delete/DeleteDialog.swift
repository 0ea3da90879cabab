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

  let model: Model
  /// Of the Deployment that was looked at: a namesake that takes its place is not touched.
  var uid: String { model.uid }
  var typed = TextInputState(maxLength: 63)
  var keepsVolume = false
  var focus = Focus.cancel
  /// What belongs to the model, as soon as it is known.
  var details: ModelDetails?
  /// Why it cannot be deleted any more, e.g. that it is gone.
  var obstacle: String?

  init(_ model: Model) { self.model = model }

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
    lines.append(("Volume", volume))
    lines.append(("Others", others))
    return lines
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
