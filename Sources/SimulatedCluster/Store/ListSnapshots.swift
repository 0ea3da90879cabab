internal import OrderedCollections

/// The states that paged lists go on with: the few newest ones.
struct ListSnapshots: Sendable {
  struct Key: Hashable, Sendable {
    var resource: ResourceID
    var namespace: String?
  }

  private struct Entry: Hashable {
    var list: Key
    var revision: Int64
  }

  private static let limit = 32
  private var objects: OrderedDictionary<Entry, [StoredObject]> = [:]

  mutating func keep(_ list: [StoredObject], revision: Int64, of key: Key) {
    let entry = Entry(list: key, revision: revision)
    guard objects[entry] == nil else { return }
    objects[entry] = list
    while objects.count > Self.limit { objects.removeFirst() }
  }

  func objects(revision: Int64, of key: Key) -> [StoredObject]? {
    objects[Entry(list: key, revision: revision)]
  }
}
