/// One watch of a collection: what it is told, in the order in which it happened.
struct Watch: Sendable {
  enum Item: Sendable {
    case change(Change)
    /// Nothing that the watch has not been told happened up to this revision.
    case bookmark(Int64)
  }

  /// `nil` means all namespaces.
  var namespace: String?
  /// The revision that the client knows. One that is yet to come is accepted, and nothing is told before it has: so does a real API server, to whose
  /// client that looks like a quiet cluster.
  var after: Int64
  var continuation: AsyncStream<Item>.Continuation
}

/// What a watch starts with.
struct WatchStart: Sendable {
  var id: Int
  /// The state at the start, where one was asked for.
  var initial: [StoredObject]
  /// The revision from which on the client wanted to be told.
  var after: Int64
  /// The revision of the initial state.
  var revision: Int64
  /// What happened between the revision that was asked for and now.
  var replay: [Change]
  var items: AsyncStream<Watch.Item>
}
