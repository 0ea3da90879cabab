import Kubernetes
import Testing

@testable import SimulatedCluster

@Suite("Object store")
struct ObjectStoreTests {
  private let maps = BuiltIn.configMaps

  private func object(_ name: String, in namespace: String = "default") -> JSONValue {
    ["metadata": ["name": .string(name), "namespace": .string(namespace)]]
  }

  @Test func revisionsAreOneCounter() throws {
    let store = ObjectStore()
    let first = try #require(store.insert(maps, object("a")))
    let second = try #require(store.insert(BuiltIn.secrets, object("a")))
    #expect(second.revision == first.revision + 1)
    #expect(second.json.resourceVersion == String(second.revision))
    #expect(store.insert(maps, object("a")) == nil)
  }

  @Test func aChangeOfAnOldVersionIsNotMade() throws {
    let store = ObjectStore()
    let first = try #require(store.insert(maps, object("a")))
    let second = try #require(store.replace(first, with: first.json))
    #expect(store.replace(first, with: first.json) == nil)
    #expect(store.remove(first) == nil)
    #expect(store.remove(second)?.revision == second.revision + 1)
  }

  @Test func listsAreInTheOrderOfARealServer() {
    let store = ObjectStore()
    for (namespace, name) in [("b", "x"), ("a", "z"), ("a-b", "y"), ("a", "b"), ("a", "a-1")] {
      _ = store.insert(maps, object(name, in: namespace))
    }
    let keys = store.objects(maps).objects.map { "\($0.key.namespace)/\($0.key.name)" }
    // As its own store sorts keys, in which a slash comes after a hyphen.
    #expect(keys == ["a-b/y", "a/a-1", "a/b", "a/z", "b/x"])
    #expect(store.objects(maps, in: "a").objects.map(\.key.name) == ["a-1", "b", "z"])
  }

  @Test func aWatchMissesNothingSinceItsRevision() async throws {
    let store = ObjectStore()
    let first = try #require(store.insert(maps, object("a")))
    _ = store.insert(maps, object("b"))
    let start = try store.watch(maps, in: nil, after: first.revision)
    #expect(start.replay.map(\.key.name) == ["b"])
    _ = store.insert(maps, object("c"))
    store.bookmark(maps, watch: start.id)
    store.endWatch(maps, start.id)
    var told: [String] = []
    for await item in start.items {
      switch item {
      case .change(let change): told.append(change.key.name)
      case .bookmark(let revision): told.append("bookmark \(revision == store.revision)")
      }
    }
    #expect(told == ["c", "bookmark true"])
  }

  @Test func aWatchOfOneNamespaceHearsNothingOfOthers() async throws {
    let store = ObjectStore()
    let start = try store.watch(maps, in: "a", after: nil)
    _ = store.insert(maps, object("x", in: "b"))
    _ = store.insert(maps, object("y", in: "a"))
    store.endWatch(maps, start.id)
    var told: [String] = []
    for await item in start.items {
      if case .change(let change) = item { told.append(change.key.name) }
    }
    #expect(told == ["y"])
  }

  @Test func aWatchThatIsTooSlowIsCut() async throws {
    let store = ObjectStore(watchBuffer: 4)
    let start = try store.watch(maps, in: nil, after: nil)
    for index in 0..<10 { _ = store.insert(maps, object("m\(index)")) }
    var count = 0
    for await _ in start.items { count += 1 }
    #expect(count == 4)
  }

  @Test func whatIsForgottenIsToldAsExpired() throws {
    let store = ObjectStore(historyLimit: 3)
    let first = try #require(store.insert(maps, object("m")))
    for index in 0..<5 { _ = store.insert(maps, object("m\(index)")) }
    #expect(throws: Refusal.self) { try store.watch(maps, in: nil, after: first.revision) }
    let latest = store.revision
    #expect(throws: Never.self) { try store.watch(maps, in: nil, after: latest) }
    _ = store.insert(maps, object("last"))
    store.compact()
    #expect(throws: Refusal.self) { try store.watch(maps, in: nil, after: latest) }
    #expect(throws: Refusal.self) { try store.watch(BuiltIn.secrets, in: nil, after: 1) }
  }

  @Test func aListAtARevisionIsAsItWas() throws {
    let store = ObjectStore()
    let first = try #require(store.insert(maps, object("a")))
    let second = try #require(store.insert(maps, object("b")))
    let changed = try #require(
      store.replace(first, with: first.json.merging(patch: ["data": ["x": "1"]])))
    _ = store.remove(changed)
    let before = store.objects(maps, in: nil, at: second.revision)
    #expect(before?.map(\.key.name) == ["a", "b"])
    #expect(before?.first?.json["data"] == nil)
    store.compact()
    #expect(store.objects(maps, in: nil, at: second.revision) == nil)
  }

  @Test func dependentsAreFoundByTheirOwner() throws {
    let store = ObjectStore()
    var child = object("child")
    child["metadata", "ownerReferences"] = [["uid": "owner"], ["uid": "other"]]
    let stored = try #require(store.insert(maps, child))
    #expect(store.dependents(of: "owner").map(\.key.name) == ["child"])
    child["metadata", "ownerReferences"] = [["uid": "other"]]
    let changed = try #require(store.replace(stored, with: child))
    #expect(store.dependents(of: "owner").isEmpty)
    _ = store.remove(changed)
    #expect(store.dependents(of: "other").isEmpty)
  }
}
