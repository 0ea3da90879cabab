package import FoundationEssentials
internal import HTTPTypes
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

    /// - Parameter model: none of its identity is there.
    mutating func add(_ model: Model) {
      models[model.id] = model
      namesakes[model.name, default: []].append(model.id)
      sorted = nil
      list = nil
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

  package init() {}

  // MARK: Filling

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
      state.organizations = [:]
      state.homes = [:]
      state.texts = [:]
    }
    for id in update.removed { remove(id, from: &state) }
    for model in update.changed {
      remove(model.id, from: &state)
      guard let organization = model.organization, !model.isDeleting else { continue }
      state.homes[model.id] = organization
      state.organizations[organization, default: Organization()].add(model)
    }
    return state.waiters.values.map { waiter in
      (waiter.continuation, find(waiter.model, in: state))
    }
  }

  private static func find(_ id: ModelID, in state: State) -> Model? {
    state.homes[id].flatMap { state.organizations[$0]?.models[id] }
  }

  private static func remove(_ id: ModelID, from state: inout State) {
    state.texts[id] = nil
    guard let organization = state.homes[id] else { return }
    state.homes[id] = nil
    state.organizations[organization]?.remove(id)
  }

  // MARK: What is known of the cluster

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

  /// The answer to a get: `{"model":{...}}`; `nil` where the organization has no such model.
  package func answer(_ name: String, of organization: String) -> ByteBuffer? {
    state.withLock { state in
      guard let model = state.organizations[organization]?.model(named: name) else { return nil }
      let text = Self.text(of: model, &state)
      var answer = ByteBuffer()
      answer.reserveCapacity(text.readableBytes + 16)
      answer.writeString(#"{"model":"#)
      answer.writeImmutableBuffer(text)
      answer.writeString("}")
      return answer
    }
  }

  /// The answer to a list: `{"models":[...],"total":n}`, made of the texts of the single models.
  package func list(_ query: ListQuery, of organization: String) -> ByteBuffer {
    state.withLock { state in
      let isWhole = query == ListQuery()
      if isWhole, let list = state.organizations[organization]?.list { return list }
      let (models, total) = query.select(from: Self.sorted(organization, &state))
      var list = ByteBuffer()
      list.reserveCapacity(models.count * 800 + 64)
      list.writeString(#"{"models":["#)
      for (index, model) in models.enumerated() {
        if index > 0 { list.writeInteger(UInt8(ascii: ",")) }
        list.writeImmutableBuffer(Self.text(of: model, &state))
      }
      list.writeString(#"],"total":\#(total)}"#)
      if isWhole, state.organizations[organization] != nil {
        state.organizations[organization]?.list = list
      }
      return list
    }
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

/// What of a list is asked for.
package struct ListQuery: Equatable, Sendable {
  /// Any of these; empty is all.
  package var statuses: Set<ModelStatus> = []
  package var managed: Bool?
  /// All of these.
  package var tags: [String] = []
  /// So many at most.
  package var limit: Int?
  /// Only those whose name comes after this one.
  package var after: String?

  package static let limits = 1...1_000

  package init() {}

  /// Reads the parameters. Throws ``AnswerNow`` with 400 for a value that is none.
  init(_ query: QueryParameters) throws {
    for text in query["status"] {
      guard let status = ModelStatus(rawValue: text) else {
        let words = ModelStatus.allCases.map(\.rawValue).joined(separator: ", ")
        throw Self.invalid("status \(Excerpt.quoted(text)) is none of \(words)")
      }
      statuses.insert(status)
    }
    for text in query["managed"] {
      switch text {
      case "true": managed = true
      case "false": managed = false
      default: throw Self.invalid("managed \(Excerpt.quoted(text)) is neither true nor false")
      }
    }
    tags = query["tag"]
    for text in query["limit"] {
      guard let number = Int(text), Self.limits.contains(number) else {
        throw Self.invalid("limit \(Excerpt.quoted(text)) is no number from 1 to 1000")
      }
      limit = number
    }
    after = query["after"].last
  }

  private static func invalid(_ text: String) -> AnswerNow {
    AnswerNow(.badRequest, APIText.validationPrefix + text)
  }

  /// What is answered of these, which are in order, and how many there are without `limit` and `after`.
  func select(from models: [Model]) -> (models: [Model], total: Int) {
    let isFiltered = !statuses.isEmpty || managed != nil || !tags.isEmpty
    let fitting = isFiltered ? models.filter(matches) : models
    var page = fitting[...]
    if let after { page = page.drop { $0.name <= after } }
    if let limit { page = page.prefix(limit) }
    return (Array(page), fitting.count)
  }

  private func matches(_ model: Model) -> Bool {
    (statuses.isEmpty || statuses.contains(model.status))
      && (managed == nil || managed == model.isManaged) && tags.allSatisfy(model.tags.contains)
  }
}
