import FoundationEssentials
import Kubernetes
import ModelCore
import ModelsAPI
import NIOCore
import Testing

@Suite("The shelf of models")
struct ModelShelfTests {
  private func model(_ name: String, of organization: String? = "1") -> Model {
    var model = Model(id: ModelID(namespace: "jan-models", name: name), uid: "uid-\(name)")
    model.organization = organization
    return model
  }

  private func ids(_ shelf: ModelShelf, _ organization: String = "1") throws -> [String] {
    let list = try #require(shelf.list(ListQuery(), of: organization).body)
    let json = try JSONValue(parsing: Data(list.readableBytesView))
    return json["models"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
  }

  @Test(
    "What comes, changes and goes is in the next answer, although the list was asked for before")
  func changes() throws {
    let shelf = ModelShelf()
    #expect(try ids(shelf) == [])
    shelf.take(ClusterUpdate(changed: [model("b")], isComplete: true, connection: .live))
    #expect(try ids(shelf) == ["b"])
    shelf.take(ClusterUpdate(changed: [model("a")], connection: .live))
    #expect(try ids(shelf) == ["a", "b"])
    #expect(shelf.model("a", of: "1")?.name == "a")
    var moved = model("a", of: "2")
    moved.displayName = "new"
    shelf.take(ClusterUpdate(changed: [moved], connection: .live))
    #expect(try ids(shelf) == ["b"])
    #expect(try ids(shelf, "2") == ["a"])
    #expect(shelf.model("a", of: "1") == nil)
    var ending = model("b")
    ending.isDeleting = true
    shelf.take(ClusterUpdate(changed: [ending, model("c", of: nil)], connection: .live))
    #expect(try ids(shelf) == [])
    shelf.take(ClusterUpdate(removed: [moved.id], connection: .live))
    #expect(try ids(shelf, "2") == [])
  }

  @Test("A tag stays as long as the answer does, and is another as soon as that is")
  func tags() {
    let shelf = ModelShelf()
    func list(_ organization: String = "1", _ query: ListQuery = ListQuery()) -> EntityTag {
      shelf.list(query, of: organization).tag
    }
    let empty = list()
    #expect(empty != list("2"), "organizations have none in common, also where they have nothing")
    shelf.take(
      ClusterUpdate(
        changed: [model("a"), model("b"), model("x", of: "2")], isComplete: true,
        connection: .live))
    let (first, other, a) = (list(), list("2"), shelf.answer("a", of: "1")?.tag)
    #expect(first != empty)
    // What is not answered, what is another's, and what is only told again.
    var restarted = model("a")
    restarted.restarts = 3
    shelf.take(ClusterUpdate(changed: [restarted], connection: .live))
    shelf.take(
      ClusterUpdate(
        changed: [model("a"), model("b"), model("y", of: "2")], isComplete: true,
        connection: .live))
    #expect(list() == first)
    #expect(list("2") != other)
    #expect(shelf.answer("a", of: "1")?.tag == a)
    var changed = model("b")
    changed.status = .running
    shelf.take(ClusterUpdate(changed: [changed], connection: .live))
    #expect(list() != first)
    #expect(shelf.answer("a", of: "1")?.tag == a)
    shelf.take(ClusterUpdate(changed: [model("b")], connection: .live))
    #expect(list() != first, "a tag does not come back")
    var page = ListQuery()
    page.limit = 1
    #expect(list("1", page) != list())
    // Made anew, it is another one.
    shelf.take(ClusterUpdate(removed: [model("a").id], connection: .live))
    #expect(shelf.answer("a", of: "1") == nil)
    shelf.take(ClusterUpdate(changed: [model("a")], connection: .live))
    #expect(shelf.answer("a", of: "1")?.tag != a)
  }

  @Test("Who waits for a model gets it when it comes, and what there is when it does not")
  func waiting() async {
    let shelf = ModelShelf()
    let id = model("a").id
    async let waited = shelf.model(id, within: .seconds(60)) { $0 != nil }
    shelf.take(ClusterUpdate(changed: [model("b")], connection: .live))
    shelf.take(ClusterUpdate(changed: [model("a")], connection: .live))
    #expect(await waited.isSo)
    let late = await shelf.model(id, within: .milliseconds(1)) { $0 == nil }
    #expect(!late.isSo && late.model?.name == "a")
  }
}
