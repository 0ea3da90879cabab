package import FoundationEssentials
internal import Kubernetes
package import ModelCore
package import NIOCore
internal import Synchronization

/// The models of all organizations as they are answered, kept up to date by the observer's updates.
///
/// An organization's models are only to be had through ``models(of:)`` and ``model(_:of:)``: no request can reach another's.
/// A model that is being deleted is not there any more for who asks: the cluster still works on it, and nothing can bring it back.
package final class ModelShelf: Sendable {
  private struct Organization {
    var models: [ModelID: Model] = [:]
    /// Those of a name, which may be there in several namespaces.
    var namesakes: [String: [ModelID]] = [:]
    /// By name; made when it is asked for.
    var sorted: [Model]?
    /// The answer to a list without filters; made when it is asked for.
    var list: ByteBuffer?
    /// Of the last change of what is answered; 0 where there was none.
    var version = 0

    /// - Parameter model: none of its identity is there.
    mutating func add(_ model: Model) {
      models[model.id] = model
      namesakes[model.name, default: []].append(model.id)
      sorted = nil
      list = nil
    }

    /// - Parameter model: one of its identity is there, and is answered in the same words.
    mutating func renew(_ model: Model) {
      models[model.id] = model
      sorted = nil
    }

    mutating func remove(_ id: ModelID) {
      models[id] = nil
      namesakes[id.name]?.removeAll { $0 == id }
      if namesakes[id.name]?.isEmpty == true { namesakes[id.name] = nil }
      sorted = nil
      list = nil
    }

    /// A managed one first.
    func model(named name: String) -> Model? {
      let found = (namesakes[name] ?? []).sorted().compactMap { models[$0] }
      return found.first(where: \.isManaged) ?? found.first
    }
  }

  private struct State {
    var organizations: [String: Organization] = [:]
    var homes: [ModelID: String] = [:]
    /// The text of single models.
    var texts: [ModelID: ByteBuffer] = [:]
    /// Of the last change of what is answered of single models.
    var versions: [ModelID: Int] = [:]
    /// Counts the changes of all organizations; only what is made of it leaves the server.
    var lastVersion = 0
    var connection: Connection = .connecting(attempt: 1, error: nil)
    var asOf: Date?
    var scope: String?
    var hasSynced = false
    var waiters: [Int: Waiter] = [:]
    var nextWaiter = 0
  }

  private struct Waiter {
    var model: ModelID
    var continuation: AsyncStream<Model?>.Continuation
  }

  private let state = Mutex(State())
  private let tags = EntityTag.Maker()

  /// Empty, and connecting: requests are answered 503 until the models were read.
  package init() {}

  // MARK: Filling

  /// Takes an update in; they have to come in the observer's order. Wakes who waits for a write to be seen.
  package func take(_ update: ClusterUpdate) {
    let news = state.withLock { state in
      state.connection = update.connection
      state.asOf = update.asOf
      state.scope = update.scope
      if update.connection == .live { state.hasSynced = true }
      return Self.merge(update, into: &state)
    }
    for (continuation, model) in news { continuation.yield(model) }
  }

  private static func merge(
    _ update: ClusterUpdate, into state: inout State
  ) -> [(AsyncStream<Model?>.Continuation, Model?)] {
    if update.isComplete {
      // What is told again as it was has the same tags as before.
      let staying = Set(update.changed.map(\.id))
      for id in Array(state.homes.keys) where !staying.contains(id) { remove(id, from: &state) }
    }
    for id in update.removed { remove(id, from: &state) }
    for model in update.changed { put(model, into: &state) }
    return state.waiters.values.map { waiter in
      (waiter.continuation, find(waiter.model, in: state))
    }
  }

  private static func find(_ id: ModelID, in state: State) -> Model? {
    state.homes[id].flatMap { state.organizations[$0]?.models[id] }
  }

  private static func put(_ model: Model, into state: inout State) {
    guard let organization = model.organization, !model.isDeleting else {
      remove(model.id, from: &state)
      return
    }
    // Most of what changes in a cluster is nothing that is answered.
    if state.homes[model.id] == organization, find(model.id, in: state)?.json == model.json {
      state.organizations[organization]?.renew(model)
      return
    }
    remove(model.id, from: &state)
    state.homes[model.id] = organization
    state.organizations[organization, default: Organization()].add(model)
    state.versions[model.id] = change(organization, in: &state)
  }

  private static func remove(_ id: ModelID, from state: inout State) {
    state.texts[id] = nil
    state.versions[id] = nil
    guard let organization = state.homes[id] else { return }
    state.homes[id] = nil
    state.organizations[organization]?.remove(id)
    change(organization, in: &state)
  }

  /// What is answered to an organization is another from now on.
  @discardableResult
  private static func change(_ organization: String, in state: inout State) -> Int {
    state.lastVersion += 1
    state.organizations[organization]?.version = state.lastVersion
    return state.lastVersion
  }

  // MARK: What is known of the cluster

  /// As the last update told it.
  package var connection: Connection { state.withLock(\.connection) }
  /// When the models were last known to be current.
  package var asOf: Date? { state.withLock(\.asOf) }
  /// The one namespace that is seen, where all of them may not be.
  package var scope: String? { state.withLock(\.scope) }
  /// Whether all models were read at least once.
  package var hasSynced: Bool { state.withLock(\.hasSynced) }

  /// How many models there are in each status, of all organizations together: for the metrics.
  package var counts: [ModelStatus: Int] {
    state.withLock { state in
      state.organizations.values.flatMap(\.models.values).reduce(into: [:]) { counts, model in
        counts[model.status, default: 0] += 1
      }
    }
  }

  // MARK: Reading

  /// The organization's models by name.
  package func models(of organization: String) -> [Model] {
    state.withLock { Self.sorted(organization, &$0) }
  }

  /// The organization's model of this name; of namesakes in several namespaces a managed one first.
  package func model(_ name: String, of organization: String) -> Model? {
    state.withLock { $0.organizations[organization]?.model(named: name) }
  }

  /// An answer to a read.
  package struct Read: Sendable {
    /// For the header `ETag`, with or without a body.
    package var tag: EntityTag
    /// `nil` where the caller has it already.
    package var body: ByteBuffer?
  }

  /// The answer to a get: `{"model":{...}}`; `nil` where the organization has no such model.
  package func answer(
    _ name: String, of organization: String, unless known: KnownTags = .none
  ) -> Read? {
    state.withLock { state in
      guard let model = state.organizations[organization]?.model(named: name) else { return nil }
      let version = state.versions[model.id] ?? 0
      let tag = tags.tag([
        "get", organization, String(version), model.id.namespace, model.id.name,
      ])
      if known.contains(tag) { return Read(tag: tag, body: nil) }
      let text = Self.text(of: model, &state)
      var answer = ByteBuffer()
      answer.reserveCapacity(text.readableBytes + 16)
      answer.writeString(#"{"model":"#)
      answer.writeImmutableBuffer(text)
      answer.writeString("}")
      return Read(tag: tag, body: answer)
    }
  }

  /// The answer to a list: `{"models":[...],"total":n}`.
  package func list(
    _ query: ListQuery, of organization: String, unless known: KnownTags = .none
  ) -> Read {
    state.withLock { state in
      let version = state.organizations[organization]?.version ?? 0
      let tag = tags.tag(["list", organization, String(version)] + query.parts)
      return Read(
        tag: tag,
        body: known.contains(tag) ? nil : Self.text(of: query, organization, &state))
    }
  }

  /// Made of the texts of the single models.
  private static func text(
    of query: ListQuery, _ organization: String, _ state: inout State
  ) -> ByteBuffer {
    let isWhole = query == ListQuery()
    if isWhole, let list = state.organizations[organization]?.list { return list }
    let (models, total) = query.select(from: sorted(organization, &state))
    var list = ByteBuffer()
    list.reserveCapacity(models.count * 800 + 64)
    list.writeString(#"{"models":["#)
    for (index, model) in models.enumerated() {
      if index > 0 { list.writeInteger(UInt8(ascii: ",")) }
      list.writeImmutableBuffer(text(of: model, &state))
    }
    list.writeString(#"],"total":\#(total)}"#)
    if isWhole, state.organizations[organization] != nil {
      state.organizations[organization]?.list = list
    }
    return list
  }

  private static func sorted(_ organization: String, _ state: inout State) -> [Model] {
    guard let known = state.organizations[organization] else { return [] }
    if let sorted = known.sorted { return sorted }
    let sorted = known.models.values.sorted { $0.id < $1.id }
    state.organizations[organization]?.sorted = sorted
    return sorted
  }

  private static func text(of model: Model, _ state: inout State) -> ByteBuffer {
    if let text = state.texts[model.id] { return text }
    let text = ByteBuffer(bytes: (try? model.json.encoded()) ?? Data("{}".utf8))
    state.texts[model.id] = text
    return text
  }

  // MARK: Reading one's own writes

  /// Waits until a model is so as it was written, and returns it; what is known then when that takes too long.
  package func model(
    _ id: ModelID, within limit: Duration, until isSo: (Model?) -> Bool
  ) async -> (model: Model?, isSo: Bool) {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Model?.self, bufferingPolicy: .bufferingNewest(1))
    let (number, now) = state.withLock { state in
      defer { state.nextWaiter += 1 }
      state.waiters[state.nextWaiter] = Waiter(model: id, continuation: continuation)
      return (state.nextWaiter, Self.find(id, in: state))
    }
    defer { _ = state.withLock { $0.waiters.removeValue(forKey: number) } }
    if isSo(now) { return (now, true) }
    let timer = Task {
      try? await ContinuousClock().sleep(for: limit)
      continuation.finish()
    }
    defer { timer.cancel() }
    var last = now
    for await model in stream {
      last = model
      if isSo(model) { return (model, true) }
    }
    return (last, false)
  }
}
