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
    let list = shelf.list(ListQuery(), of: organization)
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
