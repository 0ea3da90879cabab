import Foundation
import Kubernetes
import Testing

@Suite("Watch events")
struct WatchTests {
  @Test func readsEveryTypeOfEvent() async throws {
    let events = try await watch(
      K8s.Pod.self,
      #"{"type":"ADDED","object":{"kind":"Pod","metadata":{"name":"a","resourceVersion":"1"}}}"#,
      #"{"type":"MODIFIED","object":{"kind":"Pod","metadata":{"name":"a","resourceVersion":"2"}}}"#,
      #"{"type":"DELETED","object":{"kind":"Pod","metadata":{"name":"a","resourceVersion":"3"}}}"#,
      "", #"{"type":"SOMETHING NEW","object":{}}"#,
      #"{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"old"}}"#)
    #expect(
      events.map(words) == ["added a@1", "modified a@2", "deleted a@3", "error 410 Expired old"])
  }

  /// A bookmark of 1.20 is an object of the kind with most of it `null`; later ones are shorter.
  @Test(arguments: [
    #"{"type":"BOOKMARK","object":{"kind":"Pod","apiVersion":"v1","metadata":{"resourceVersion":"12746","creationTimestamp":null},"spec":{"containers":null},"status":{}}}"#,
    #"{"type":"BOOKMARK","object":{"kind":"Pod","apiVersion":"v1","metadata":{"resourceVersion":"12746"}}}"#,
    #"{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"12746","annotations":{"k8s.io/initial-events-end":"true"}}}}"#,
  ])
  func readsBookmarks(line: String) async throws {
    #expect(try await watch(K8s.Pod.self, line).map(words) == ["bookmark 12746"])
  }

  @Test func keepsAllOfAnUnstructuredObject() async throws {
    let events = try await watch(
      UnstructuredObject.self,
      #"{"type":"ADDED","object":{"kind":"X","metadata":{"name":"a"},"spec":{"odd":[1,{"b":2.5}]}}}"#
    )
    guard case .added(let object) = events.first else {
      Issue.record("\(events)")
      return
    }
    #expect(object.json["spec", "odd"] == [1, ["b": 2.5]])
  }

  @Test func saysWhichPartOfAnEventIsOdd() async throws {
    let error = await #expect(throws: APIError.self) {
      try await watch(K8s.Pod.self, #"{"type":"ADDED","object":{"metadata":{"name":7}}}"#)
    }
    #expect(
      error?.description == "a watch event of pods could not be read: "
        + "object.metadata.name has a value of the wrong type")
  }

  private func watch<Item: Decodable & Sendable>(
    _ type: Item.Type, _ lines: String...
  ) async throws -> [WatchEvent<Item>] {
    let api = ScriptedAPI(["/api/v1/pods": .success(lines.joined(separator: "\n"))])
    var events: [WatchEvent<Item>] = []
    for try await event in try await api.watch(
      K8s.Pod.resourceKind, as: type, options: ListOptions(resourceVersion: "1"))
    {
      events.append(event)
    }
    return events
  }

  private func words(_ event: WatchEvent<K8s.Pod>) -> String {
    func name(_ pod: K8s.Pod) -> String {
      "\(pod.metadata.name ?? "")@\(pod.metadata.resourceVersion ?? "")"
    }
    switch event {
    case .added(let pod): return "added \(name(pod))"
    case .modified(let pod): return "modified \(name(pod))"
    case .deleted(let pod): return "deleted \(name(pod))"
    case .bookmark(let version): return "bookmark \(version)"
    case .error(let status):
      return "error \(status.code ?? 0) \(status.reason ?? "") \(status.message ?? "")"
    }
  }
}
