/// Workloads, autoscalers, leases, storage classes and endpoint slices.
///
/// One type a line, continued by indented lines: its name, then `field:type` with `*` after the name of a required
/// field. The grammar of the types is in `SchemaParser`.
enum WorkloadSchema {
  static let text = """
    ControllerRevision data:any metadata:ObjectMeta revision*:l
    CrossVersionObjectReference apiVersion:s kind*:s name*:s
    DaemonSet metadata:ObjectMeta spec:DaemonSetSpec status:DaemonSetStatus
    DaemonSetCondition lastTransitionTime:t message:s reason:s status*:s type*:s
    DaemonSetSpec minReadySeconds:i revisionHistoryLimit:i selector*:LabelSelector=
      template*:PodTemplateSpec updateStrategy:DaemonSetUpdateStrategy
    DaemonSetStatus collisionCount:i conditions:[DaemonSetCondition]/type
      currentNumberScheduled*:i desiredNumberScheduled*:i numberAvailable:i numberMisscheduled*:i
      numberReady*:i numberUnavailable:i observedGeneration:l updatedNumberScheduled:i
    DaemonSetUpdateStrategy rollingUpdate:RollingUpdateDaemonSet type:s
    Deployment metadata:ObjectMeta spec:DeploymentSpec status:DeploymentStatus
    DeploymentCondition lastTransitionTime:t lastUpdateTime:t message:s reason:s status*:s type*:s
    DeploymentSpec minReadySeconds:i paused:b progressDeadlineSeconds:i replicas:i
      revisionHistoryLimit:i selector*:LabelSelector= strategy:DeploymentStrategy
      template*:PodTemplateSpec
    DeploymentStatus availableReplicas:i collisionCount:i conditions:[DeploymentCondition]/type
      observedGeneration:l readyReplicas:i replicas:i terminatingReplicas:i unavailableReplicas:i
      updatedReplicas:i
    DeploymentStrategy rollingUpdate:RollingUpdateDeployment type:s
    EndpointSlicePort appProtocol:s name:s port:i protocol:s
    Endpoint addresses*:[s]/ conditions:EndpointConditions deprecatedTopology:{s} hints:any
      hostname:s nodeName:s targetRef:ObjectReference= zone:s
    EndpointConditions ready:b serving:b terminating:b
    EndpointSlice addressType*:s endpoints*:[Endpoint] metadata:ObjectMeta
      ports:[EndpointSlicePort]
    HorizontalPodAutoscaler metadata:ObjectMeta spec:HorizontalPodAutoscalerSpec
      status:HorizontalPodAutoscalerStatus
    HorizontalPodAutoscalerSpec maxReplicas*:i minReplicas:i
      scaleTargetRef*:CrossVersionObjectReference targetCPUUtilizationPercentage:i
    HorizontalPodAutoscalerStatus currentCPUUtilizationPercentage:i currentReplicas*:i
      desiredReplicas*:i lastScaleTime:t observedGeneration:l
    Job metadata:ObjectMeta spec:JobSpec status:JobStatus
    JobCondition lastProbeTime:t lastTransitionTime:t message:s reason:s status*:s type*:s
    JobSpec activeDeadlineSeconds:l backoffLimit:i backoffLimitPerIndex:i completionMode:s
      completions:i manualSelector:b maxFailedIndexes:i parallelism:i podFailurePolicy:any
      podReplacementPolicy:s selector:LabelSelector= suspend:b template*:PodTemplateSpec
      ttlSecondsAfterFinished:i
    JobStatus active:i completionTime:t conditions:[JobCondition]/type failed:i startTime:t
      succeeded:i
    Lease metadata:ObjectMeta spec:LeaseSpec
    LeaseSpec acquireTime:T holderIdentity:s leaseDurationSeconds:i leaseTransitions:i renewTime:T
    PodDisruptionBudget metadata:ObjectMeta spec:PodDisruptionBudgetSpec
      status:PodDisruptionBudgetStatus
    PodDisruptionBudgetSpec maxUnavailable:x minAvailable:x selector:LabelSelector=
    PodDisruptionBudgetStatus currentHealthy*:i desiredHealthy*:i disruptedPods:{t}
      disruptionsAllowed*:i expectedPods*:i observedGeneration:l
    PriorityClass description:s globalDefault:b metadata:ObjectMeta preemptionPolicy:s value*:i
    ReplicaSet metadata:ObjectMeta spec:ReplicaSetSpec status:ReplicaSetStatus
    ReplicaSetCondition lastTransitionTime:t message:s reason:s status*:s type*:s
    ReplicaSetSpec minReadySeconds:i replicas:i selector*:LabelSelector= template:PodTemplateSpec
    ReplicaSetStatus availableReplicas:i conditions:[ReplicaSetCondition]/type
      fullyLabeledReplicas:i observedGeneration:l readyReplicas:i replicas*:i
    RollingUpdateDaemonSet maxUnavailable:x
    RollingUpdateDeployment maxSurge:x maxUnavailable:x
    RollingUpdateStatefulSetStrategy partition:i
    Scale metadata:ObjectMeta spec:ScaleSpec status:ScaleStatus
    ScaleSpec replicas:i
    ScaleStatus replicas*:i selector:s
    StatefulSet metadata:ObjectMeta spec:StatefulSetSpec status:StatefulSetStatus
    StatefulSetCondition lastTransitionTime:t message:s reason:s status*:s type*:s
    StatefulSetSpec minReadySeconds:i ordinals:any persistentVolumeClaimRetentionPolicy:any
      podManagementPolicy:s replicas:i revisionHistoryLimit:i selector*:LabelSelector=
      serviceName*:s template*:PodTemplateSpec updateStrategy:StatefulSetUpdateStrategy
      volumeClaimTemplates:[PersistentVolumeClaim]
    StatefulSetStatus collisionCount:i conditions:[StatefulSetCondition]/type currentReplicas:i
      currentRevision:s observedGeneration:l readyReplicas:i replicas*:i updateRevision:s
      updatedReplicas:i
    StatefulSetUpdateStrategy rollingUpdate:RollingUpdateStatefulSetStrategy type:s
    StorageClass allowVolumeExpansion:b allowedTopologies:[TopologySelectorTerm]
      metadata:ObjectMeta mountOptions:[s] parameters:{s} provisioner*:s reclaimPolicy:s
      volumeBindingMode:s
    TopologySelectorLabelRequirement key*:s values*:[s]
    TopologySelectorTerm matchLabelExpressions:[TopologySelectorLabelRequirement]
    """
}
