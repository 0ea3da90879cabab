import Kubernetes
import Testing

@testable import SimulatedCluster

@Suite("Patches of lists")
struct PatchTests {
  private let pod = Schema.object("PodSpec", isAtomic: false)
  private let object: JSONValue = [
    "containers": [["name": "a", "image": "1"], ["name": "b", "image": "2"]],
    "tolerations": [["key": "x"]],
  ]

  private func names(_ value: JSONValue) -> [String] {
    value.items("containers").map { $0.string("name") }
  }

  private func patched(_ patch: JSONValue) throws -> JSONValue {
    try StrategicMergePatch.apply(patch, to: object, schema: pod)
  }

  @Test func itemsAreMergedByTheirKey() throws {
    let result = try patched(["containers": [["name": "b", "image": "3"]]])
    #expect(
      result["containers"] == [["name": "a", "image": "1"], ["name": "b", "image": "3"]])
  }

  @Test func newItemsComeFirst() throws {
    #expect(names(try patched(["containers": [["name": "c"]]])) == ["c", "a", "b"])
  }

  @Test func anOrderIsKept() throws {
    let result = try patched([
      "$setElementOrder/containers": [["name": "b"], ["name": "a"], ["name": "c"]],
      "containers": [["name": "c"]],
    ])
    #expect(names(result) == ["b", "a", "c"])
    let alone = try patched(["$setElementOrder/containers": [["name": "b"], ["name": "a"]]])
    #expect(names(alone) == ["b", "a"])
  }

  @Test func directivesAreCarriedOut() throws {
    #expect(
      names(try patched(["containers": [["name": "a", "$patch": "delete"]]])) == ["b"])
    #expect(
      names(try patched(["containers": [["$patch": "replace"], ["name": "z"]]])) == ["z"])
    let replaced = try patched(["$patch": "replace", "hostname": "x"])
    #expect(replaced == ["hostname": "x"])
    let kept = try patched(["$retainKeys": ["containers"]])
    #expect(kept["tolerations"] == nil)
  }

  @Test func listsWithoutAKeyAreReplaced() throws {
    let result = try patched(["tolerations": [["key": "y"]]])
    #expect(result["tolerations"] == [["key": "y"]])
  }

  @Test func primitivesAreAddedAndTakenAway() throws {
    let metadata = Schema.object("ObjectMeta", isAtomic: false)
    let object: JSONValue = ["finalizers": ["a/a", "b/b"]]
    let added = try StrategicMergePatch.apply(
      ["finalizers": ["c/c", "a/a"]], to: object, schema: metadata)
    #expect(added["finalizers"] == ["a/a", "b/b", "c/c"])
    let less = try StrategicMergePatch.apply(
      ["$deleteFromPrimitiveList/finalizers": ["a/a"]], to: object, schema: metadata)
    #expect(less["finalizers"] == ["b/b"])
  }

  @Test func jsonPatchesWorkOnListsToo() throws {
    let result = try JSONPatch.apply(
      [
        ["op": "add", "path": "/list/-", "value": 3],
        ["op": "add", "path": "/list/0", "value": 0],
        ["op": "replace", "path": "/list/1", "value": 9],
        ["op": "move", "from": "/list/2", "path": "/moved"],
      ], to: ["list": [1, 2]])
    #expect(result == ["list": [0, 9, 3], "moved": 2])
  }
}
