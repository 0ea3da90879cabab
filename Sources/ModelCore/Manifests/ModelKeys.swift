/// Names of labels, annotations and objects, in one place.
package enum ModelKeys {
  /// Kubernetes' recommended label: which tool manages an object.
  package static let managedBy = "app.kubernetes.io/managed-by"
  /// The value of ``managedBy`` on what is ours.
  package static let manager = "jan-server"
  /// Aibrix routes by this label.
  package static let modelName = "model.aibrix.ai/name"
  /// The label with the port that the server listens at; like the name it is for Aibrix.
  package static let modelPort = "model.aibrix.ai/port"
  /// The label that says whose a model is.
  package static let organization = "jan-server.menlo.ai/organization"

  /// What all of our own annotations begin with.
  package static let annotationPrefix = "jan-server.menlo.ai/"
  /// The annotation with what people read instead of the name.
  package static let displayName = "jan-server.menlo.ai/display-name"
  /// The annotation with what the model is for.
  package static let description = "jan-server.menlo.ai/description"
  /// The annotation with the tags, as a JSON array.
  package static let tags = "jan-server.menlo.ai/tags"
  /// The annotation with the request as JSON, from which all objects can be made again; see ``ModelSpecification``.
  package static let specification = "jan-server.menlo.ai/spec"
  /// Which revision of the manifests an object was made from.
  package static let revision = "jan-server.menlo.ai/manifest-revision"
  /// Who made the model, as the cluster or the token names them.
  package static let createdBy = "jan-server.menlo.ai/created-by"
  /// Who changed it last, named alike.
  package static let updatedBy = "jan-server.menlo.ai/updated-by"
  /// When it was changed last, in RFC 3339.
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
  /// The name of the Service's port, which ServiceMonitors go by.
  package static let servicePortName = "serve"

  /// The PersistentVolumeClaim of a model. With a name of 63 characters it has 71, and a claim may have 253.
  package static func claimName(of model: String) -> String { model + "-storage" }
  /// The Secret with a model's Hugging Face token.
  package static func tokenSecretName(of model: String) -> String { model + "-hf-token" }
}
