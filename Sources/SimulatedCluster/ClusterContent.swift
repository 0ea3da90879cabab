internal import Kubernetes

/// A custom resource definition that the product looks for.
package enum CustomDefinition: String, Sendable, CaseIterable {
  /// Aibrix's autoscaler.
  case podAutoscalers
  /// GPU Operator's policy; brings its one object along.
  case clusterPolicies
  /// Prometheus Operator's monitors.
  case serviceMonitors
}

/// A storage class of a simulated cluster.
package struct StorageClassSpec: Sendable, Equatable {
  package var name: String
  /// Whether a volume is made only when a pod uses the claim, else at once.
  package var bindsOnFirstUse: Bool
  package var allowsExpansion: Bool

  package init(name: String, bindsOnFirstUse: Bool = true, allowsExpansion: Bool = true) {
    self.name = name
    self.bindsOnFirstUse = bindsOnFirstUse
    self.allowsExpansion = allowsExpansion
  }

  /// A default class whose volumes are made where they are used, and one whose volumes are made at once.
  package static let standard = [
    StorageClassSpec(name: "standard"),
    StorageClassSpec(name: "fast-ssd", bindsOnFirstUse: false, allowsExpansion: false),
  ]
}

/// Fills a new cluster: namespaces, nodes, storage classes, custom resource definitions.
struct ClusterContent {
  let server: APIServer

  func fill(_ configuration: SimulatedCluster.Configuration) throws(Refusal) {
    for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
      try create(BuiltIn.namespaces, ["metadata": ["name": .string(name)]])
    }
    try create(BuiltIn.services, in: "default", Self.apiService)
    for (index, node) in configuration.nodes.enumerated() {
      let json = node.json(index: index, now: server.timestamp)
      try create(BuiltIn.nodes, json)
      try writeStatus(BuiltIn.nodes, node.name, json["status"])
      try create(BuiltIn.leases, in: "kube-node-lease", lease(node.name))
    }
    for (index, storageClass) in configuration.storageClasses.enumerated() {
      try create(BuiltIn.storageClasses, json(storageClass, isDefault: index == 0))
    }
    for definition in CustomDefinition.allCases
    where configuration.definitions.contains(definition) {
      try install(definition)
    }
  }

  private func create(
    _ resource: ResourceID, in namespace: String = "", _ json: JSONValue
  ) throws(Refusal) {
    guard let definition = server.registry.definition(resource) else { return }
    _ = try server.create(definition, in: namespace, json, .controller)
  }

  private func writeStatus(
    _ resource: ResourceID, _ name: String, _ status: JSONValue?
  ) throws(Refusal) {
    guard let definition = server.registry.definition(resource) else { return }
    _ = try server.update(
      definition, ObjectKey(namespace: "", name: name), subresource: .status, .controller
    ) { current throws(Refusal) in
      var json = current.json
      json["status"] = status
      return json
    }
  }

  private static let apiService: JSONValue = [
    "metadata": [
      "name": "kubernetes", "labels": ["component": "apiserver", "provider": "kubernetes"],
    ],
    "spec": [
      "clusterIP": "10.96.0.1",
      "ports": [["name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443]],
    ],
  ]

  private func lease(_ node: String) -> JSONValue {
    let uid = server.store.object(BuiltIn.nodes, "", node)?.uid ?? ""
    return [
      "metadata": [
        "name": .string(node),
        "ownerReferences": [
          ["apiVersion": "v1", "kind": "Node", "name": .string(node), "uid": .string(uid)]
        ],
      ],
      "spec": [
        "holderIdentity": .string(node), "leaseDurationSeconds": 40,
        "renewTime": .string(Timestamp.formatMicro(server.clock.date)),
      ],
    ]
  }

  private func json(_ storageClass: StorageClassSpec, isDefault: Bool) -> JSONValue {
    var metadata: JSONValue = ["name": .string(storageClass.name)]
    if isDefault {
      metadata["annotations"] = ["storageclass.kubernetes.io/is-default-class": "true"]
    }
    return [
      "metadata": metadata, "provisioner": "csi.simulated.local",
      "volumeBindingMode": storageClass.bindsOnFirstUse ? "WaitForFirstConsumer" : "Immediate",
      "allowVolumeExpansion": .bool(storageClass.allowsExpansion), "reclaimPolicy": "Delete",
    ]
  }
}

// MARK: Custom resource definitions

extension ClusterContent {
  private func install(_ definition: CustomDefinition) throws(Refusal) {
    let json: JSONValue =
      switch definition {
      case .podAutoscalers:
        crd(.podAutoscaler, short: ["pa"], hasStatus: true)
      case .clusterPolicies:
        crd(Self.clusterPolicy, short: [], hasStatus: true)
      case .serviceMonitors:
        crd(.serviceMonitor, short: ["smon"], hasStatus: false)
      }
    try create(BuiltIn.definitions, json)
    // Served at once: the controllers do not run yet, and a client may come before they do.
    server.registry.serve(CustomResources.definitions(json), as: CustomResources.id(json))
    if definition == .clusterPolicies {
      try create(
        CustomResources.id(json),
        [
          "metadata": ["name": "cluster-policy"],
          "spec": ["operator": ["defaultRuntime": "containerd"], "driver": ["enabled": true]],
        ])
      try writeStatus(
        CustomResources.id(json), "cluster-policy",
        ["state": "ready", "namespace": "gpu-operator"])
    }
  }

  /// Source: `deployments/gpu-operator/crds` of NVIDIA's GPU Operator.
  private static let clusterPolicy = ResourceKind(
    group: "nvidia.com", version: "v1", kind: "ClusterPolicy", plural: "clusterpolicies",
    isNamespaced: false)

  private func crd(_ kind: ResourceKind, short: [String], hasStatus: Bool) -> JSONValue {
    var version: JSONValue = [
      "name": .string(kind.version), "served": true, "storage": true,
      "schema": [
        "openAPIV3Schema": ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
      ],
    ]
    if hasStatus { version["subresources"] = ["status": [:]] }
    var names: JSONValue = [
      "plural": .string(kind.plural), "singular": .string(kind.kind.lowercased()),
      "kind": .string(kind.kind), "listKind": .string("\(kind.kind)List"),
    ]
    if !short.isEmpty { names["shortNames"] = .array(short.map { .string($0) }) }
    return [
      "metadata": ["name": .string("\(kind.plural).\(kind.group)")],
      "spec": [
        "group": .string(kind.group), "scope": kind.isNamespaced ? "Namespaced" : "Cluster",
        "names": names, "versions": [version],
      ],
    ]
  }
}
