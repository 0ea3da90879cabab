import Foundation
import Kubernetes
import Testing

@Suite("Requests")
struct APIRequestTests {
  private let deployment = K8s.Deployment.resourceKind

  @Test(arguments: [
    (APIRequest.get(K8s.Pod.resourceKind, "p", namespace: "n"), "/api/v1/namespaces/n/pods/p"),
    (APIRequest.get(K8s.Node.resourceKind, "n1", namespace: nil), "/api/v1/nodes/n1"),
    (
      APIRequest.get(.serviceMonitor, "m", namespace: "n"),
      "/apis/monitoring.coreos.com/v1/namespaces/n/servicemonitors/m"
    ),
    (
      APIRequest.get(K8s.Pod.resourceKind, "a/b c%", namespace: "ü"),
      "/api/v1/namespaces/%C3%BC/pods/a%2Fb%20c%25"
    ),
    // A namespace means nothing to a kind without.
    (APIRequest.get(K8s.Node.resourceKind, "n1", namespace: "n"), "/api/v1/nodes/n1"),
  ])
  func hasThePathOfTheKind(request: APIRequest, path: String) {
    #expect(request.target == path)
    #expect(request.method == .get)
  }

  @Test func listsPagesWithSelectors() {
    let request = APIRequest.list(
      deployment, namespace: nil,
      options: ListOptions(
        labelSelector: "a=b,c in (d, e)", fieldSelector: "metadata.name=x", limit: 500,
        continue: "abc+/=", resourceVersion: "0"))
    #expect(
      request.target == "/apis/apps/v1/deployments?labelSelector=a%3Db%2Cc%20in%20%28d%2C%20e%29"
        + "&fieldSelector=metadata.name%3Dx&limit=500&continue=abc%2B%2F%3D&resourceVersion=0")
    #expect(request.purpose == "list deployments in all namespaces")
  }

  @Test func watchesWithBookmarks() {
    let request = APIRequest.watch(
      deployment, namespace: "n", options: ListOptions(resourceVersion: "12"), timeoutSeconds: 300)
    #expect(
      request.target == "/apis/apps/v1/namespaces/n/deployments"
        + "?resourceVersion=12&watch=true&allowWatchBookmarks=true&timeoutSeconds=300")
    #expect(request.purpose == "watch deployments in namespace n")
  }

  @Test func appliesAsYAMLThatIsJSON() throws {
    let request = try APIRequest.apply(
      deployment, ["metadata": ["name": "a"]], namespace: "n",
      options: WriteOptions(dryRun: true, fieldManager: "me", force: false))
    #expect(request.method == .patch)
    #expect(request.contentType == "application/apply-patch+yaml")
    #expect(
      request.target == "/apis/apps/v1/namespaces/n/deployments/a"
        + "?fieldManager=me&dryRun=All&force=false")
    #expect(request.body == Data(#"{"metadata":{"name":"a"}}"#.utf8))
    #expect(request.purpose == "apply Deployment n/a")
  }

  @Test func createsReplacesAndPatches() throws {
    let object: JSONValue = ["metadata": ["name": "a"]]
    let create = try APIRequest.create(deployment, object, namespace: "n", options: WriteOptions())
    #expect(create.method == .post)
    #expect(create.target == "/apis/apps/v1/namespaces/n/deployments?fieldManager=modeldeck")
    let update = try APIRequest.update(deployment, object, namespace: "n", options: WriteOptions())
    #expect(update.method == .put)
    #expect(update.path == "/apis/apps/v1/namespaces/n/deployments/a")
    let patch = try APIRequest.mergePatch(
      deployment, "a", namespace: "n", patch: ["spec": ["replicas": 0]], subresource: "scale",
      options: WriteOptions())
    #expect(patch.method == .patch)
    #expect(patch.path == "/apis/apps/v1/namespaces/n/deployments/a/scale")
    #expect(patch.contentType == "application/merge-patch+json")
  }

  @Test func deletesWithPreconditions() throws {
    let request = try APIRequest.delete(
      deployment, "a", namespace: "n",
      options: DeleteOptions(
        propagation: .foreground, preconditions: .init(uid: "u", resourceVersion: "7"),
        dryRun: true))
    #expect(request.method == .delete)
    #expect(
      try JSONValue(parsing: try #require(request.body)) == [
        "apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Foreground",
        "preconditions": ["uid": "u", "resourceVersion": "7"], "dryRun": ["All"],
      ])
  }
}
