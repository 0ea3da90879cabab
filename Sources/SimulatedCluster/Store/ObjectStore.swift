internal import Kubernetes
internal import Synchronization

/// All objects of the cluster in memory, with one counter of revisions, their latest history and the watches on them.
///
/// A `Mutex` and no actor: a write is a few dictionary operations, and the controllers want to read and write without
/// suspending in between. Whatever takes longer (encoding, selectors, patches) happens outside.
final class ObjectStore: Sendable {
  /// Changes that a collection remembers for watches which resume.
  private let historyLimit: Int
  /// Events that a slow watch may be behind before it is cut.
  private let watchBuffer: Int
  private let state: Mutex<State>

  private struct State {
    var revision: Int64
    var tables: [ResourceID: ObjectTable] = [:]
    /// The objects that name an owner, by its UID: what garbage collection goes by.
    var dependents: [String: Set<ObjectReference>] = [:]
    var nextWatch = 1
    /// Up to which revision nothing is remembered.
    var compactedRevision: Int64 = 0
    var observer: (@Sendable (Change) -> Void)?
    var snapshots = ListSnapshots()
  }

  init(historyLimit: Int = 4096, watchBuffer: Int = 8192, firstRevision: Int64 = 1) {
    self.historyLimit = historyLimit
    self.watchBuffer = watchBuffer
    state = Mutex(State(revision: firstRevision))
  }

  /// Is told every change, in order, inside the lock: it must only note what happened.
  func observe(_ observer: @escaping @Sendable (Change) -> Void) {
    state.withLock { $0.observer = observer }
  }

  var revision: Int64 { state.withLock { $0.revision } }

  func object(_ resource: ResourceID, _ key: ObjectKey) -> StoredObject? {
    state.withLock { $0.tables[resource]?[key] }
  }

  func object(_ resource: ResourceID, _ namespace: String, _ name: String) -> StoredObject? {
    object(resource, ObjectKey(namespace: namespace, name: name))
  }

  /// The objects of a collection and the revision at which they were so.
  func objects(
    _ resource: ResourceID, in namespace: String? = nil
  ) -> (objects: [StoredObject], revision: Int64) {
    state.withLock { ($0.tables[resource]?.objects(in: namespace) ?? [], $0.revision) }
  }

  /// The objects of a collection as they were at a revision; `nil` where the history does not go back so far.
  func objects(
    _ resource: ResourceID, in namespace: String?, at revision: Int64
  ) -> [StoredObject]? {
    state.withLock { state in
      guard var table = state.tables[resource] else { return [] }
      guard revision >= table.forgottenRevision else { return nil }
      for change in table.changes(after: revision).reversed() {
        if let previous = change.previous {
          table.put(previous)
        } else {
          table.remove(change.key)
        }
      }
      return table.objects(in: namespace)
    }
  }

  func dependents(of uid: String) -> Set<ObjectReference> {
    state.withLock { $0.dependents[uid] ?? [] }
  }

  func count(_ resource: ResourceID) -> Int { state.withLock { $0.tables[resource]?.count ?? 0 } }
}

/// Which object: for indexes and work queues.
struct ObjectReference: Hashable, Sendable {
  var resource: ResourceID
  var key: ObjectKey
}

// MARK: Writes

extension ObjectStore {
  /// Stores a new object; `nil` where the name is taken.
  func insert(_ resource: ResourceID, _ json: JSONValue) -> StoredObject? {
    let key = ObjectKey(namespace: json.namespace, name: json.name)
    return state.withLock { state in
      guard state.tables[resource]?[key] == nil else { return nil }
      return commit(&state, .added, resource, key, json, previous: nil)
    }
  }

  /// Replaces an object; `nil` where it is no longer the one that the change was made from.
  func replace(_ current: StoredObject, with json: JSONValue) -> StoredObject? {
    state.withLock { state in
      guard state.tables[current.resource]?[current.key] === current else { return nil }
      return commit(&state, .modified, current.resource, current.key, json, previous: current)
    }
  }

  /// Removes an object; `nil` where it is no longer the one that was looked at.
  ///
  /// - Parameter json: its last state, where that is another one than the stored.
  func remove(_ current: StoredObject, leaving json: JSONValue? = nil) -> StoredObject? {
    state.withLock { state in
      guard state.tables[current.resource]?[current.key] === current else { return nil }
      state.revision += 1
      let last = current.at(revision: state.revision, json)
      state.tables[current.resource]?.remove(current.key)
      index(&state, current, nil)
      publish(&state, Change(kind: .deleted, object: last, previous: current))
      return last
    }
  }

  private func commit(
    _ state: inout State, _ kind: Change.Kind, _ resource: ResourceID, _ key: ObjectKey,
    _ json: JSONValue, previous: StoredObject?
  ) -> StoredObject {
    state.revision += 1
    var json = json
    json["metadata", "resourceVersion"] = .string(String(state.revision))
    let object = StoredObject(resource: resource, key: key, revision: state.revision, json: json)
    state.tables[resource, default: ObjectTable(forgottenRevision: state.compactedRevision)]
      .put(object)
    index(&state, previous, object)
    publish(&state, Change(kind: kind, object: object, previous: previous))
    return object
  }

  private func index(_ state: inout State, _ old: StoredObject?, _ new: StoredObject?) {
    let before = old?.json.ownerReferences ?? []
    let after = new?.json.ownerReferences ?? []
    guard before != after, let object = new ?? old else { return }
    let reference = ObjectReference(resource: object.resource, key: object.key)
    for owner in before {
      let uid = owner["uid"]?.stringValue ?? ""
      state.dependents[uid]?.remove(reference)
      if state.dependents[uid]?.isEmpty == true { state.dependents[uid] = nil }
    }
    for owner in after {
      state.dependents[owner["uid"]?.stringValue ?? "", default: []].insert(reference)
    }
  }

  private func publish(_ state: inout State, _ change: Change) {
    let resource = change.resource
    state.tables[resource]?.record(change, limit: historyLimit)
    state.observer?(change)
    for (id, watch) in state.tables[resource]?.watches ?? [:] {
      guard watch.namespace == nil || watch.namespace == change.key.namespace,
        change.revision > watch.after
      else { continue }
      if case .dropped = watch.continuation.yield(.change(change)) {
        // Too slow: cut, so that it resumes or lists again; what a real API server does as well.
        state.tables[resource]?.watches[id] = nil
        watch.continuation.finish()
      }
    }
  }
}

// MARK: Watches

extension ObjectStore {
  /// Starts a watch: after a revision, or with the present state where `revision` is `nil`.
  func watch(
    _ resource: ResourceID, in namespace: String?, after revision: Int64?
  ) throws(Refusal) -> WatchStart {
    let (items, continuation) = AsyncStream.makeStream(
      of: Watch.Item.self, bufferingPolicy: .bufferingOldest(watchBuffer))
    let result: Result<WatchStart, Refusal> = state.withLock { state in
      var table =
        state.tables[resource] ?? ObjectTable(forgottenRevision: state.compactedRevision)
      if let revision, revision < table.forgottenRevision {
        return .failure(
          .expired("too old resource version: \(revision) (\(table.forgottenRevision))"))
      }
      let id = state.nextWatch
      state.nextWatch += 1
      let replay = revision.map { table.changes(after: $0) } ?? []
      let start = WatchStart(
        id: id, initial: revision == nil ? table.objects(in: namespace) : [],
        after: revision ?? state.revision, revision: state.revision,
        replay: replay.filter { namespace == nil || $0.key.namespace == namespace }, items: items)
      table.watches[id] = Watch(
        namespace: namespace, after: start.after, continuation: continuation)
      state.tables[resource] = table
      return .success(start)
    }
    return try result.get()
  }

  /// Tells a watch up to which revision it knows everything.
  func bookmark(_ resource: ResourceID, watch id: Int) {
    state.withLock { state in
      guard let watch = state.tables[resource]?.watches[id], state.revision > watch.after else {
        return
      }
      _ = watch.continuation.yield(.bookmark(state.revision))
    }
  }

  func endWatch(_ resource: ResourceID, _ id: Int) {
    let watch = state.withLock { $0.tables[resource]?.watches.removeValue(forKey: id) }
    watch?.continuation.finish()
  }

  func endAllWatches() {
    let watches = state.withLock { state in
      var all: [Watch] = []
      for resource in Array(state.tables.keys) {
        all += state.tables[resource]?.watches.values.map { $0 } ?? []
        state.tables[resource]?.watches = [:]
      }
      return all
    }
    for watch in watches { watch.continuation.finish() }
  }
}

// MARK: Paged lists

extension ObjectStore {
  /// Keeps what is left of a list, so that its next page shows the same revision.
  func keepSnapshot(_ objects: [StoredObject], revision: Int64, of list: ListSnapshots.Key) {
    state.withLock { $0.snapshots.keep(objects, revision: revision, of: list) }
  }

  func snapshot(revision: Int64, of list: ListSnapshots.Key) -> [StoredObject]? {
    state.withLock { $0.snapshots.objects(revision: revision, of: list) }
  }

  /// Forgets all history: watches that resume and lists that continue from before now are told 410.
  func compact() {
    state.withLock { state in
      state.snapshots = ListSnapshots()
      state.compactedRevision = state.revision
      for resource in Array(state.tables.keys) {
        state.tables[resource]?.forget(through: state.revision)
      }
    }
  }
}
