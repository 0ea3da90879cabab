/// Kinds that custom resource definitions bring, and the kinds that are handled without a type.
extension ResourceKind {
  /// The kind whose objects make the server serve other kinds.
  package static let customResourceDefinition = ResourceKind(
    group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition",
    plural: "customresourcedefinitions", isNamespaced: false)
  /// Kubernetes' own autoscaler.
  package static let horizontalPodAutoscaler = ResourceKind(
    group: "autoscaling", version: "v1", kind: "HorizontalPodAutoscaler",
    plural: "horizontalpodautoscalers")
  /// Aibrix's autoscaler. Source: aibrix `config/crd/autoscaling`.
  package static let podAutoscaler = ResourceKind(
    group: "autoscaling.aibrix.ai", version: "v1alpha1", kind: "PodAutoscaler",
    plural: "podautoscalers")
  /// The resource of NVIDIA's GPU Operator. Source: gpu-operator `deployments/gpu-operator/crds`.
  package static let clusterPolicy = ResourceKind(
    group: "nvidia.com", version: "v1", kind: "ClusterPolicy", plural: "clusterpolicies",
    isNamespaced: false)
  /// Prometheus Operator's ServiceMonitor.
  package static let serviceMonitor = ResourceKind(
    group: "monitoring.coreos.com", version: "v1", kind: "ServiceMonitor",
    plural: "servicemonitors")
}
