/// What the reconciler did about one model, for the line that tells what just happened.
package struct ReconcileReport: Sendable, Equatable {
  /// How it ended.
  package enum Outcome: Sendable, Equatable {
    case repaired
    /// In words; tried again with growing pauses.
    case failed(String)
    /// Something needs a person; said once for as long as it is so.
    case blocked
    /// Something else changes the field back, at once by admission or again and again: told once, and repaired less and
    /// less often.
    case contested
    case removedOrphan
  }

  package var model: ModelID
  /// What was wrong, e.g. `Service llama-7b is missing`.
  package var drift: [String]
  package var outcome: Outcome

  /// `drift` in words, as ``ReconcileAction/drift`` has it.
  package init(model: ModelID, drift: [String], outcome: Outcome) {
    self.model = model
    self.drift = drift
    self.outcome = outcome
  }

  /// What the journal calls it; `nil` where nothing was written.
  var action: String? {
    switch outcome {
    case .repaired, .contested, .failed: "repair"
    case .removedOrphan: "remove-orphan"
    case .blocked: nil
    }
  }

  /// One sentence for a person.
  package var message: String {
    let what = drift.joined(separator: "; ")
    switch outcome {
    case .repaired: return "repaired \(model.name): \(what)"
    case .failed(let error): return "could not repair \(model.name) (\(what)): \(error)"
    case .blocked: return "\(model.name): \(what)"
    case .contested:
      return "\(model.name): something else changes this back again and again, "
        + "so it is tried again less and less often: \(what)"
    case .removedOrphan:
      return "removed \(what), left over: model \(model.name) is gone or was never finished"
    }
  }
}
