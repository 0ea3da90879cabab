internal import Synchronization

/// The models that an operation of this program is writing right now: the reconciler leaves them alone meanwhile.
package final class BusyModels: Sendable {
  private let models = Mutex<[ModelID: Int]>([:])

  /// None is being written.
  package init() {}

  /// Whether an operation is writing the model right now.
  package func contains(_ id: ModelID) -> Bool { models.withLock { $0[id] != nil } }

  func begin(_ id: ModelID) { models.withLock { $0[id, default: 0] += 1 } }

  func end(_ id: ModelID) {
    models.withLock { models in
      let count = (models[id] ?? 1) - 1
      models[id] = count > 0 ? count : nil
    }
  }
}
