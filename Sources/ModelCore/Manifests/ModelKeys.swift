/// Names of labels, annotations and objects, in one place.
package enum ModelKeys {
  package static let managedBy = "app.kubernetes.io/managed-by"
  /// The value of ``managedBy`` on what is ours.
  package static let manager = "jan-server"
  /// Aibrix routes by this label.
  package static let modelName = "model.aibrix.ai/name"
  package static let modelPort = "model.aibrix.ai/port"
  package static let organization = "jan-server.menlo.ai/organization"

  package static let annotationPrefix = "jan-server.menlo.ai/"
  package static let displayName = "jan-server.menlo.ai/display-name"
  package static let description = "jan-server.menlo.ai/description"
  package static let tags = "jan-server.menlo.ai/tags"
  package static let specification = "jan-server.menlo.ai/spec"
  /// Which revision of the manifests an object was made from.
  package static let revision = "jan-server.menlo.ai/manifest-revision"
  package static let createdBy = "jan-server.menlo.ai/created-by"
  package static let updatedBy = "jan-server.menlo.ai/updated-by"
  package static let updatedAt = "jan-server.menlo.ai/updated-at"
  /// How many replicas there were before the model was stopped: start brings them back.
  package static let replicasBeforeStop = "jan-server.menlo.ai/replicas-before-stop"
  /// On the Deployment of a model from YAML: its other objects, as JSON, `["Service/llama-7b", ...]`.
  package static let objects = "jan-server.menlo.ai/objects"
  /// On a Deployment from YAML whose other objects were not all made yet: when its create began.
  package static let incomplete = "jan-server.menlo.ai/incomplete"
  /// On a pod template, as `kubectl rollout restart` does it.
  package static let restartedAt = "kubectl.kubernetes.io/restartedAt"

  /// The key of the Hugging Face token in its Secret.
  package static let tokenKey = "token"
  /// The container of a managed model.
  package static let containerName = "vllm-openai"
  package static let servicePortName = "serve"

  package static func claimName(of model: String) -> String { model + "-storage" }
  package static func tokenSecretName(of model: String) -> String { model + "-hf-token" }
}
