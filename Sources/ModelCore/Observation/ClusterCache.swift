internal import FoundationEssentials
internal import Kubernetes

/// What is known of the cluster, indexed so that a change finds the models that it concerns without a scan.
///
/// A value: what comes in changes it, `ClusterCache+Reading` derives models from it. No I/O, no clock.
package struct ClusterCache: Sendable {
  /// The kinds whose absence means something only once they have been listed.
  package enum Kind: Hashable, Sendable, CaseIterable {
    case deployments
    /// Managed Deployments that have lost the label by which the others are found.
    case strays
    case replicaSets, pods, nodes, services, claims, serviceMonitors, secrets
    case horizontalAutoscalers, podAutoscalers, storageClasses, definitions, events
  }

  var deployments: [ModelID: K8s.Deployment] = [:]
  var replicaSets: [ObjectKey: K8s.ReplicaSet] = [:]
  var pods: [ObjectKey: K8s.Pod] = [:]
  /// What every pod that has not ended takes of its node.
  var placements: [ObjectKey: KeptPod.Placement] = [:]
  var services: [ObjectKey: K8s.Service] = [:]
  var claims: [ObjectKey: K8s.PersistentVolumeClaim] = [:]
  var serviceMonitors: [ObjectKey: CustomObject] = [:]
  var secrets: [ObjectKey: K8s.PartialObjectMetadata] = [:]
  var autoscalers: [Autoscaler: ObjectKey] = [:]
  var storageClasses: [String: K8s.StorageClass] = [:]
  var definitions: Set<String> = []
  var inventory = GPUInventory()
  var nodes: [String: K8s.Node] = [:]

  /// Kinds that have been listed at least once.
  var listed: Set<Kind> = []
  /// Kinds of which only one namespace is known.
  var scopes: [Kind: String] = [:]
  /// Whether the server has ServiceMonitors.
  var servesServiceMonitors = false {
    didSet {
      if servesServiceMonitors != oldValue { dirtyPlans.formUnion(deployments.keys) }
    }
  }

  // Indexes.
  var modelByUID: [String: ModelID] = [:]
  var modelsByNamespace: [String: Set<ModelID>] = [:]
  /// Who carries a model's name as label, in the whole cluster.
  var holdersByName: [String: Set<ModelID>] = [:]
  /// The first of the holders of each name, in words.
  var takenNames: [String: String] = [:]
  /// Which of the two watches of Deployments told of it last.
  var deploymentSources: [ModelID: Kind] = [:]
  var setsByOwner: [String: Set<ObjectKey>] = [:]
  var ownerBySet: [String: String] = [:]
  var podsBySet: [String: Set<ObjectKey>] = [:]
  var modelPodsByNode: [String: Set<ObjectKey>] = [:]
  var servicesBySelector: [SelectorPair: Set<ObjectKey>] = [:]
  var podEvents = PodEvents()

  // What has to be looked at again.
  var dirtyModels: Set<ModelID> = []
  var dirtyPlans: Set<ModelID> = []
  /// Models, or names of models, whose Deployment or children came or went.
  var dirtyChildren: Set<ModelID> = []
  var orphans: [ModelID: [Orphan]] = [:]
  /// The holders of names, the classes, the GPUs or the definitions changed.
  var isCreationDirty = true

  /// Nothing is known, and nothing was listed.
  package init() {}

  /// An autoscaler of either kind.
  struct Autoscaler: Hashable, Sendable {
    var kind: String
    var key: ObjectKey
  }

  struct SelectorPair: Hashable {
    var namespace: String
    var key: String
    var value: String
  }
}
