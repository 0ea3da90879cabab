internal import Kubernetes
internal import Synchronization

/// Which kinds the server serves: those it was built with, and those of custom resource definitions.
final class Registry: Sendable {
  private struct State {
    var builtIn: [ResourceID: [ResourceDefinition]] = [:]
    var custom: [ResourceID: [ResourceDefinition]] = [:]
    /// In the order in which discovery lists them.
    var order: [ResourceID] = []
  }

  private let state: Mutex<State>

  init(_ definitions: [ResourceDefinition]) {
    var state = State()
    for definition in definitions {
      if state.builtIn[definition.id] == nil { state.order.append(definition.id) }
      state.builtIn[definition.id, default: []].append(definition)
    }
    self.state = Mutex(state)
  }

  /// The definition that serves a path; `nil` where nothing does.
  func definition(group: String, version: String, plural: String) -> ResourceDefinition? {
    let id = ResourceID(group, plural)
    return state.withLock { state in
      (state.builtIn[id] ?? state.custom[id])?.first { $0.kind.version == version }
    }
  }

  /// The definition by which objects of a collection are stored: its first version.
  func definition(_ id: ResourceID) -> ResourceDefinition? {
    state.withLock { ($0.builtIn[id] ?? $0.custom[id])?.first }
  }

  /// The definition of a kind by group and kind, for owner references and applied manifests.
  func definition(apiVersion: String, kind: String) -> ResourceDefinition? {
    let parts = apiVersion.split(separator: "/")
    let group = parts.count == 2 ? String(parts[0]) : ""
    return all.first { $0.kind.group == group && $0.kind.kind == kind }
  }

  /// All definitions, in a stable order.
  var all: [ResourceDefinition] {
    state.withLock { state in
      state.order.flatMap { state.builtIn[$0] ?? state.custom[$0] ?? [] }
    }
  }

  /// Serves the versions of a custom resource definition from now on.
  func serve(_ definitions: [ResourceDefinition], as id: ResourceID) {
    state.withLock { state in
      guard state.builtIn[id] == nil else { return }
      if state.custom[id] == nil { state.order.append(id) }
      state.custom[id] = definitions
    }
  }

  func stopServing(_ id: ResourceID) {
    state.withLock { state in
      guard state.custom.removeValue(forKey: id) != nil else { return }
      state.order.removeAll { $0 == id }
    }
  }
}
