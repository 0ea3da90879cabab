package import FoundationEssentials
package import Kubernetes

/// The objects of a model, as the fields that we own: to be created, applied and compared with what is there.
package struct ModelManifests: Sendable {
  /// Raised whenever a field is added to the objects, taken from them or gets another value from the same request. A version of the
  /// program leaves alone what a higher revision was applied to: it would undo it.
  package static let revision = 1

  /// What the objects are made from.
  package let specification: ModelSpecification
  /// Where the server listens: read from the command once.
  package let port: Int
  /// Only while the model is made; later the Secret alone has it.
  private let token: HuggingFaceToken?

  /// The objects of a new model.
  package init(
    request: CreateRequest, organization: String,
    namespace: String = CreateRequest.Defaults.namespace, createdBy: String?, now: Date
  ) {
    specification = ModelSpecification(
      request: request, organization: organization, namespace: namespace, createdBy: createdBy,
      now: now)
    port = request.port
    token = request.huggingFaceToken
  }

  /// The objects that a model should have, from its own annotations.
  package init(specification: ModelSpecification) {
    self.specification = specification
    port = specification.request.port
    token = nil
  }

  /// The request without its token.
  package var request: CreateRequest { specification.request }
  /// Of the model and its Deployment.
  package var name: String { request.name }
  /// Of all the objects.
  package var namespace: String { specification.namespace }
  /// A request for 0 Gi has none.
  package var hasVolume: Bool { request.resolvedStorageSize > 0 }

  /// The labels of every object of the model.
  package var labels: [String: String] {
    [
      ModelKeys.managedBy: ModelKeys.manager,
      ModelKeys.modelName: name,
      ModelKeys.organization: specification.organization,
    ]
  }

  /// The reference that makes an object a child of the model's Deployment, deleted with it.
  package static func owner(name: String, uid: String) -> K8s.OwnerReference {
    K8s.OwnerReference(
      apiVersion: K8s.Deployment.resourceKind.apiVersion, kind: K8s.Deployment.resourceKind.kind,
      name: name, uid: uid, controller: true, blockOwnerDeletion: true)
  }

  /// So many bytes all annotations of an object may have (apimachinery's `TotalAnnotationSizeLimitB`).
  static let annotationLimit = 256 * 1_024

  /// Bytes of the annotations that a request would put on its Deployment.
  static func annotationBytes(of request: CreateRequest) -> Int {
    // Texts only grow in JSON: where they are too much already, megabytes need no encoding.
    let texts = request.command + request.tags + [request.modelDescription ?? "", request.image]
    let plain = texts.reduce(0) { $0 + $1.utf8.count }
    if plain > annotationLimit { return plain }
    let specification = ModelSpecification(
      request: request, organization: "", createdBy: nil, now: Date(timeIntervalSince1970: 0))
    return specification.annotations.reduce(512) { $0 + $1.key.utf8.count + $1.value.utf8.count }
  }

  func metadata(
    _ name: String, owner: K8s.OwnerReference?, extraLabels: [String: String] = [:],
    annotations: [String: String]? = nil
  ) -> K8s.ObjectMeta {
    K8s.ObjectMeta(
      name: name, namespace: namespace, labels: labels.merging(extraLabels) { _, new in new },
      annotations: annotations, ownerReferences: owner.map { [$0] })
  }
}

// MARK: Children

extension ModelManifests {
  /// The Service of the model's name. Throws where it cannot be encoded, which names and numbers never cause.
  package func service(owner: K8s.OwnerReference?) throws -> JSONValue {
    try K8s.Service(
      metadata: metadata(
        name, owner: owner, extraLabels: ["prometheus-discovery": "true"],
        annotations: ["prometheus.io/scrape": "true", "prometheus.io/port": String(port)]),
      spec: K8s.Service.Spec(
        type: "ClusterIP", selector: [ModelKeys.modelName: name],
        ports: [
          K8s.Service.Port(name: ModelKeys.servicePortName, port: port, targetPort: .int(port))
        ])
    ).manifest()
  }

  /// `nil` for a model without a volume.
  package func claim(owner: K8s.OwnerReference?) throws -> JSONValue? {
    guard hasVolume, let size = Quantity("\(request.resolvedStorageSize)Gi") else { return nil }
    return try K8s.PersistentVolumeClaim(
      metadata: metadata(ModelKeys.claimName(of: name), owner: owner),
      spec: K8s.PersistentVolumeClaim.Spec(
        accessModes: ["ReadWriteOnce"],
        resources: K8s.ResourceRequirements(requests: ["storage": size]),
        storageClassName: request.resolvedStorageClass)
    ).manifest()
  }

  /// The ServiceMonitor, for a cluster with the Prometheus operator. Throws as ``service(owner:)`` does.
  package func serviceMonitor(owner: K8s.OwnerReference?) throws -> JSONValue {
    let kind = ResourceKind.serviceMonitor
    return [
      "apiVersion": .string(kind.apiVersion),
      "kind": .string(kind.kind),
      "metadata": try JSONCoding.value(of: metadata(name, owner: owner)),
      "spec": [
        "selector": ["matchLabels": [ModelKeys.modelName: .string(name)]],
        "endpoints": [
          ["port": .string(ModelKeys.servicePortName), "path": "/metrics", "interval": "30s"]
        ],
      ],
    ]
  }

  /// `nil` for a model without a token. Without `owner` it is the Secret that goes before the Deployment.
  ///
  /// Made from annotations it has no data: applied, it only says whose the Secret is and keeps the token.
  package func tokenSecret(owner: K8s.OwnerReference?) throws -> JSONValue? {
    guard specification.hasToken else { return nil }
    return try K8s.Secret(
      metadata: metadata(ModelKeys.tokenSecretName(of: name), owner: owner), type: "Opaque",
      stringData: token.map { [ModelKeys.tokenKey: $0.reveal()] }
    ).manifest()
  }
}
