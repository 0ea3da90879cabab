import FoundationEssentials
import Kubernetes
import ModelCore
import TestSupport

/// A managed model and its objects, as they are right after a create.
struct ModelFixture {
  static let now = Date(timeIntervalSince1970: 1_700_000_000)

  var request: CreateRequest
  var manifests: ModelManifests
  let uid = "uid-model"

  init(name: String = "llama-7b", token: String? = nil, storage: Int? = nil) {
    request = Self.request(name: name, token: token)
    request.storageSize = storage
    manifests = ModelManifests(
      request: request, organization: "1", createdBy: "ada", now: Self.now)
  }

  static func request(name: String = "llama-7b", token: String? = nil) -> CreateRequest {
    var request = CreateRequest(
      name: name, image: "vllm/vllm-openai:v0.9.0",
      command: ["vllm", "serve", "meta/llama", "--served-model-name", name])
    request.huggingFaceToken = token.map { HuggingFaceToken($0) }
    return request
  }

  var owner: K8s.OwnerReference { ModelManifests.owner(name: request.name, uid: uid) }
  var namespace: String { manifests.namespace }

  /// Everything as it should be, as the caches have it.
  func observed() throws -> ObservedModel {
    var deployment = try JSONCoding.decode(K8s.Deployment.self, from: manifests.deployment())
    deployment.metadata.uid = uid
    var observed = ObservedModel(deployment: deployment)
    observed.service = .present(
      try JSONCoding.decode(K8s.Service.self, from: manifests.service(owner: owner)))
    if let claim = try manifests.claim(owner: owner) {
      observed.claim = .present(
        try JSONCoding.decode(K8s.PersistentVolumeClaim.self, from: claim))
    }
    observed.serviceMonitor = .present(
      try JSONCoding.decode(CustomObject.self, from: manifests.serviceMonitor(owner: owner)))
    observed.servesServiceMonitors = true
    if let secret = try manifests.tokenSecret(owner: owner) {
      observed.secret = .present(
        try JSONCoding.decode(K8s.PartialObjectMetadata.self, from: secret))
    }
    return observed
  }

  /// The same as JSON that a test changes, read back as the caches would.
  func observed(_ change: (inout JSONValue) -> Void) throws -> ObservedModel {
    var observed = try observed()
    var json = try JSONCoding.value(of: observed.deployment)
    change(&json)
    observed.deployment = try JSONCoding.decode(K8s.Deployment.self, from: json)
    return observed
  }
}
