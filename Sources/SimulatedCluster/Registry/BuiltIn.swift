internal import Kubernetes

/// The kinds that the server knows without a custom resource definition.
enum BuiltIn {
  static let pods = ResourceID("", "pods")
  static let nodes = ResourceID("", "nodes")
  static let services = ResourceID("", "services")
  static let endpoints = ResourceID("", "endpoints")
  static let events = ResourceID("", "events")
  static let namespaces = ResourceID("", "namespaces")
  static let secrets = ResourceID("", "secrets")
  static let configMaps = ResourceID("", "configmaps")
  static let serviceAccounts = ResourceID("", "serviceaccounts")
  static let claims = ResourceID("", "persistentvolumeclaims")
  static let volumes = ResourceID("", "persistentvolumes")
  static let deployments = ResourceID("apps", "deployments")
  static let replicaSets = ResourceID("apps", "replicasets")
  static let storageClasses = ResourceID("storage.k8s.io", "storageclasses")
  static let leases = ResourceID("coordination.k8s.io", "leases")
  static let endpointSlices = ResourceID("discovery.k8s.io", "endpointslices")
  static let definitions = ResourceID("apiextensions.k8s.io", "customresourcedefinitions")

  static let all: [ResourceDefinition] = core + workloads + others

  private static let core: [ResourceDefinition] = [
    make("", "v1", "ConfigMap", "configmaps", short: ["cm"]) { $0.columns = ConfigMapColumns() },
    make("", "v1", "Endpoints", "endpoints", short: ["ep"], singular: "endpoints") {
      $0.columns = EndpointsColumns()
    },
    make("", "v1", "Event", "events", short: ["ev"]) {
      $0.rules = EventRules()
      $0.columns = EventColumns()
    },
    make("", "v1", "LimitRange", "limitranges", short: ["limits"]),
    make("", "v1", "Namespace", "namespaces", short: ["ns"], isNamespaced: false) {
      $0.hasStatus = true
      $0.rules = NamespaceRules()
      $0.columns = NamespaceColumns()
    },
    make("", "v1", "Node", "nodes", short: ["no"], isNamespaced: false) {
      $0.hasStatus = true
      $0.rules = NodeRules()
      $0.columns = NodeColumns()
    },
    make("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", short: ["pvc"]) {
      $0.hasStatus = true
      $0.rules = ClaimRules()
      $0.columns = ClaimColumns()
    },
    make("", "v1", "PersistentVolume", "persistentvolumes", short: ["pv"], isNamespaced: false) {
      $0.hasStatus = true
      $0.columns = VolumeColumns()
    },
    make("", "v1", "Pod", "pods", short: ["po"], categories: ["all"]) {
      $0.hasStatus = true
      $0.rules = PodRules()
      $0.columns = PodColumns()
    },
    make("", "v1", "ResourceQuota", "resourcequotas", short: ["quota"]) { $0.hasStatus = true },
    make("", "v1", "Secret", "secrets") {
      $0.rules = SecretRules()
      $0.columns = SecretColumns()
    },
    make("", "v1", "ServiceAccount", "serviceaccounts", short: ["sa"]) {
      $0.columns = ServiceAccountColumns()
    },
    make("", "v1", "Service", "services", short: ["svc"], categories: ["all"]) {
      $0.hasStatus = true
      $0.rules = ServiceRules()
      $0.columns = ServiceColumns()
    },
  ]

  private static let workloads: [ResourceDefinition] = [
    make("apps", "v1", "ControllerRevision", "controllerrevisions"),
    make("apps", "v1", "DaemonSet", "daemonsets", short: ["ds"], categories: ["all"]) {
      $0.hasStatus = true
      $0.hasGeneration = true
    },
    make("apps", "v1", "Deployment", "deployments", short: ["deploy"], categories: ["all"]) {
      $0.hasStatus = true
      $0.hasGeneration = true
      $0.scale = ResourceDefinition.Scale()
      $0.rules = DeploymentRules()
      $0.columns = DeploymentColumns()
    },
    make("apps", "v1", "ReplicaSet", "replicasets", short: ["rs"], categories: ["all"]) {
      $0.hasStatus = true
      $0.hasGeneration = true
      $0.scale = ResourceDefinition.Scale()
      $0.rules = ReplicaSetRules()
      $0.columns = ReplicaSetColumns()
    },
    make("apps", "v1", "StatefulSet", "statefulsets", short: ["sts"], categories: ["all"]) {
      $0.hasStatus = true
      $0.hasGeneration = true
      $0.columns = StatefulSetColumns()
      $0.scale = ResourceDefinition.Scale()
    },
  ]

  private static let others: [ResourceDefinition] = [
    make(
      "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions",
      short: ["crd", "crds"], categories: ["api-extensions"], isNamespaced: false, schema: false
    ) {
      $0.hasStatus = true
      $0.hasGeneration = true
      $0.rules = DefinitionRules()
      $0.columns = DefinitionColumns()
    },
    make(
      "autoscaling", "v1", "HorizontalPodAutoscaler", "horizontalpodautoscalers", short: ["hpa"],
      categories: ["all"]
    ) {
      $0.hasStatus = true
      $0.columns = AutoscalerColumns()
    },
    make("coordination.k8s.io", "v1", "Lease", "leases") {
      $0.rules = LeaseRules()
      $0.columns = LeaseColumns()
    },
    make("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices") {
      $0.columns = EndpointSliceColumns()
      $0.hasGeneration = true
    },
    make("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", short: ["pdb"]) {
      $0.hasStatus = true
      $0.hasGeneration = true
    },
    make(
      "scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", short: ["pc"],
      isNamespaced: false),
    make(
      "storage.k8s.io", "v1", "StorageClass", "storageclasses", short: ["sc"], isNamespaced: false
    ) {
      $0.rules = StorageClassRules()
      $0.columns = StorageClassColumns()
    },
  ]

  private static func make(
    _ group: String, _ version: String, _ kind: String, _ plural: String, short: [String] = [],
    singular: String? = nil, categories: [String] = [], isNamespaced: Bool = true,
    schema: Bool = true, _ configure: (inout ResourceDefinition) -> Void = { _ in }
  ) -> ResourceDefinition {
    var definition = ResourceDefinition(
      kind: ResourceKind(
        group: group, version: version, kind: kind, plural: plural, isNamespaced: isNamespaced),
      singular: singular ?? kind.lowercased(), shortNames: short, categories: categories,
      schema: schema ? .object(kind, isAtomic: false) : nil)
    configure(&definition)
    return definition
  }
}
