import Kubernetes
import Testing

@testable import ModelCore

@Suite("Names that are taken")
struct TakenNameTests {
  private func deployment(
    _ label: String = "llama", uid: String = "1", annotations: [String: String] = [:]
  ) -> K8s.Deployment {
    var metadata = K8s.ObjectMeta(
      name: "llama-7b", namespace: "jan-models", labels: [ModelKeys.modelName: label],
      ownerReferences: nil)
    metadata.uid = uid
    metadata.annotations = annotations
    return K8s.Deployment(metadata: metadata)
  }

  private func creation(_ cache: ClusterCache) -> [String: String] {
    cache.creation(gpus: .unknown).validation.takenNames
  }

  @Test("A change that leaves a Deployment's name leaves what creating depends on")
  func staysQuiet() {
    var cache = ClusterCache()
    cache.set(deployment())
    #expect(cache.takeDirty().creation)
    cache.set(deployment(annotations: ["example.com/touched": "1"]))
    let dirty = cache.takeDirty()
    #expect(!dirty.creation)
    #expect(dirty.models == [ModelID(namespace: "jan-models", name: "llama-7b")])
    #expect(creation(cache) == ["llama": "Deployment jan-models/llama-7b"])
  }

  @Test("A name is given back when its holder takes another one or goes")
  func givesBack() {
    var cache = ClusterCache()
    cache.set(deployment())
    cache.set(deployment("mistral"))
    #expect(cache.takeDirty().creation)
    #expect(creation(cache) == ["mistral": "Deployment jan-models/llama-7b"])
    cache.removeDeployment(ModelID(namespace: "jan-models", name: "llama-7b"))
    #expect(creation(cache).isEmpty)
  }

  @Test("A Deployment made anew is found by its new UID alone")
  func madeAnew() {
    var cache = ClusterCache()
    cache.set(deployment())
    cache.set(deployment(uid: "2"))
    #expect(cache.modelByUID == ["2": ModelID(namespace: "jan-models", name: "llama-7b")])
  }
}
