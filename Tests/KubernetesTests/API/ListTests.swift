import Foundation
import Kubernetes
import Testing

@Suite("Lists")
struct ListTests {
  @Test(arguments: [#""items":null"#, #""items":[]"#, #""other":1"#])
  func readsAnEmptyList(items: String) async throws {
    let api = ScriptedAPI([
      "/api/v1/pods": .success(#"{"metadata":{"resourceVersion":"7"},\#(items)}"#)
    ])
    let typed = try await api.list(K8s.Pod.self)
    #expect(typed.items.isEmpty)
    #expect(typed.metadata.resourceVersion == "7")
    let unstructured = try await api.list(K8s.Pod.resourceKind, as: UnstructuredObject.self)
    #expect(unstructured.items.isEmpty)
    #expect(unstructured.metadata.resourceVersion == "7")
  }

  @Test func readsWhatThePageSays() async throws {
    let text = """
      {"kind":"PodList","metadata":{"resourceVersion":"7","continue":"abc","remainingItemCount":12},
       "items":[{"metadata":{"name":"a"},"spec":{"x":1}}]}
      """
    let api = ScriptedAPI(["/api/v1/pods": .success(text)])
    let page = try await api.list(K8s.Pod.resourceKind, as: UnstructuredObject.self)
    #expect(page.metadata.continue == "abc")
    #expect(page.metadata.remainingItemCount == 12)
    // Objects of a list come without a kind of their own.
    #expect(page.items.first?.kind == "Pod")
    #expect(page.items.first?.apiVersion == "v1")
    #expect(page.items.first?.json["spec", "x"] == 1)
  }

  @Test func saysWhatIsOddWithoutQuotingIt() async throws {
    let text = #"{"metadata":{},"items":[{"metadata":{"name":"a","labels":{"secret":7}}}]}"#
    let api = ScriptedAPI(["/api/v1/pods": .success(text)])
    let error = await #expect(throws: APIError.self) { try await api.list(K8s.Pod.self) }
    #expect(
      error?.description == "the API server's answer about pods could not be read: "
        + "items[0].metadata.labels.secret has a value of the wrong type")
  }
}
