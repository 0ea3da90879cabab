import FoundationEssentials
import Kubernetes
import ModelCore
import Testing

/// A Secret that is there already, named instead of a token.
@Suite("Token secret")
struct TokenSecretTests {
  private func request(_ text: String) -> CreateRequest {
    var request = CreateRequest(
      name: "m", image: "i:1", command: ["vllm", "serve", "x", "--served-model-name", "m"])
    #expect(request.set(.huggingFaceToken, to: text) == nil)
    return request
  }

  @Test("the name and the key are read from the token's field; a token is a token")
  func reading() {
    #expect(request("secret:shared").tokenSecret == TokenSecret(name: "shared", key: "token"))
    #expect(
      request("secret:shared/HF_TOKEN").tokenSecret == TokenSecret(name: "shared", key: "HF_TOKEN"))
    #expect(request("secret:shared").huggingFaceToken == nil)
    #expect(request("hf_abc").tokenSecret == nil)
    #expect(request("secret:shared/k").text(of: .huggingFaceToken) == "secret:shared/k")
  }

  @Test(
    "bad names and keys are refused",
    arguments: ["secret:", "secret:UP", "secret:a/b c", "secret:a/", "secret:../x"])
  func refused(text: String) {
    #expect(
      request(text).findings().contains { $0.field == .huggingFaceToken && $0.severity == .error })
  }

  @Test("a Secret that is not there is warned about, where they may be listed")
  func unknown() {
    var context = ValidationContext()
    #expect(request("secret:a").findings(in: context).isEmpty)
    context.secrets = ["b"]
    #expect(request("secret:a").findings(in: context).map(\.severity) == [.warning])
    #expect(request("secret:b").findings(in: context).isEmpty)
  }

  @Test("the pods read it, no Secret is made, and the Deployment remembers it")
  func manifests() throws {
    let manifests = ModelManifests(
      request: request("secret:shared/HF_TOKEN"), organization: "1", createdBy: nil, now: Date())
    let deployment = try manifests.deployment()
    let text = deployment.yamlText
    #expect(text.contains("name: shared") && text.contains("key: HF_TOKEN"), "\(text)")
    #expect(try manifests.tokenSecret(owner: nil) == nil)
    let read = try JSONCoding.decoder.decode(K8s.Deployment.self, from: deployment.encoded())
    let specification = try ModelSpecification(deployment: read)
    #expect(specification.request.tokenSecret == TokenSecret(name: "shared", key: "HF_TOKEN"))
    #expect(!specification.hasToken)
  }

  @Test("the specification's request has no such thing")
  func json() {
    let (request, _) = CreateRequest.read(["hugging_face_token": "secret:other-teams"])
    #expect(request.tokenSecret == nil)
  }
}
