/// The kinds of the core group.
///
/// One type a line, continued by indented lines: its name, then `field:type` with `*` after the name of a required
/// field. The grammar of the types is in `SchemaParser`.
enum CoreSchema {
  static let text = """
    AttachedVolume devicePath*:s name*:s
    AzureFilePersistentVolumeSource readOnly:b secretName*:s secretNamespace:s shareName*:s
    CSIPersistentVolumeSource controllerExpandSecretRef:SecretReference=
      controllerPublishSecretRef:SecretReference= driver*:s fsType:s
      nodePublishSecretRef:SecretReference= nodeStageSecretRef:SecretReference= readOnly:b
      volumeAttributes:{s} volumeHandle*:s
    CephFSPersistentVolumeSource monitors*:[s] path:s readOnly:b secretFile:s
      secretRef:SecretReference= user:s
    CinderPersistentVolumeSource fsType:s readOnly:b secretRef:SecretReference= volumeID*:s
    ClientIPConfig timeoutSeconds:i
    ConfigMap binaryData:{y} data:{s} immutable:b metadata:ObjectMeta
    ConfigMapNodeConfigSource kubeletConfigKey*:s name*:s namespace*:s resourceVersion:s uid:s
    ContainerImage names*:[s] sizeBytes:l
    ContainerState running:ContainerStateRunning terminated:ContainerStateTerminated
      waiting:ContainerStateWaiting
    ContainerStateRunning startedAt:t
    ContainerStateTerminated containerID:s exitCode*:i finishedAt:t message:s reason:s signal:i
      startedAt:t
    ContainerStateWaiting message:s reason:s
    ContainerStatus allocatedResources:{q} containerID:s image*:s imageID*:s
      lastState:ContainerState name*:s ready*:b resources:ResourceRequirements restartCount*:i
      started:b state:ContainerState user:any
    DaemonEndpoint Port*:i
    EndpointAddress hostname:s ip*:s nodeName:s targetRef:ObjectReference=
    EndpointPort appProtocol:s name:s port*:i protocol:s
    EndpointSubset addresses:[EndpointAddress=] notReadyAddresses:[EndpointAddress=]
      ports:[EndpointPort]
    Endpoints metadata:ObjectMeta subsets:[EndpointSubset]
    Event action:s count:i eventTime:T firstTimestamp:t involvedObject*:ObjectReference=
      lastTimestamp:t message:s metadata*:ObjectMeta reason:s related:ObjectReference=
      reportingComponent:s reportingInstance:s series:EventSeries source:EventSource type:s
    EventSeries count:i lastObservedTime:T
    EventSource component:s host:s
    FlexPersistentVolumeSource driver*:s fsType:s options:{s} readOnly:b
      secretRef:SecretReference=
    GlusterfsPersistentVolumeSource endpoints*:s endpointsNamespace:s path*:s readOnly:b
    ISCSIPersistentVolumeSource chapAuthDiscovery:b chapAuthSession:b fsType:s initiatorName:s
      iqn*:s iscsiInterface:s lun*:i portals:[s] readOnly:b secretRef:SecretReference=
      targetPortal*:s
    LimitRange metadata:ObjectMeta spec:LimitRangeSpec
    LimitRangeItem default:{q} defaultRequest:{q} max:{q} maxLimitRequestRatio:{q} min:{q} type*:s
    LimitRangeSpec limits*:[LimitRangeItem]
    LoadBalancerIngress hostname:s ip:s ports:[PortStatus]
    LoadBalancerStatus ingress:[LoadBalancerIngress]
    LocalVolumeSource fsType:s path*:s
    Namespace metadata:ObjectMeta spec:NamespaceSpec status:NamespaceStatus
    NamespaceCondition lastTransitionTime:t message:s reason:s status*:s type*:s
    NamespaceSpec finalizers:[s]
    NamespaceStatus conditions:[NamespaceCondition]/type phase:s
    Node metadata:ObjectMeta spec:NodeSpec status:NodeStatus
    NodeAddress address*:s type*:s
    NodeCondition lastHeartbeatTime:t lastTransitionTime:t message:s reason:s status*:s type*:s
    NodeConfigSource configMap:ConfigMapNodeConfigSource
    NodeConfigStatus active:NodeConfigSource assigned:NodeConfigSource error:s
      lastKnownGood:NodeConfigSource
    NodeDaemonEndpoints kubeletEndpoint:DaemonEndpoint
    NodeSpec configSource:NodeConfigSource externalID:s podCIDR:s podCIDRs:[s]/ providerID:s
      taints:[Taint] unschedulable:b
    NodeStatus addresses:[NodeAddress]/type allocatable:{q} capacity:{q}
      conditions:[NodeCondition]/type config:NodeConfigStatus daemonEndpoints:NodeDaemonEndpoints
      declaredFeatures:[s] features:any images:[ContainerImage] nodeInfo:NodeSystemInfo phase:s
      runtimeHandlers:[any] volumesAttached:[AttachedVolume] volumesInUse:[s]
    NodeSystemInfo architecture*:s bootID*:s containerRuntimeVersion*:s kernelVersion*:s
      kubeProxyVersion*:s kubeletVersion*:s machineID*:s operatingSystem*:s osImage*:s
      systemUUID*:s
    ObjectReference apiVersion:s fieldPath:s kind:s name:s namespace:s resourceVersion:s uid:s
    PersistentVolume metadata:ObjectMeta spec:PersistentVolumeSpec status:PersistentVolumeStatus
    PersistentVolumeClaim metadata:ObjectMeta spec:PersistentVolumeClaimSpec
      status:PersistentVolumeClaimStatus
    PersistentVolumeClaimCondition lastProbeTime:t lastTransitionTime:t message:s reason:s
      status*:s type*:s
    PersistentVolumeClaimStatus accessModes:[s] capacity:{q}
      conditions:[PersistentVolumeClaimCondition]/type phase:s
    PersistentVolumeSpec accessModes:[s] awsElasticBlockStore:AWSElasticBlockStoreVolumeSource
      azureDisk:AzureDiskVolumeSource azureFile:AzureFilePersistentVolumeSource capacity:{q}
      cephfs:CephFSPersistentVolumeSource cinder:CinderPersistentVolumeSource
      claimRef:ObjectReference= csi:CSIPersistentVolumeSource fc:FCVolumeSource
      flexVolume:FlexPersistentVolumeSource flocker:FlockerVolumeSource
      gcePersistentDisk:GCEPersistentDiskVolumeSource glusterfs:GlusterfsPersistentVolumeSource
      hostPath:HostPathVolumeSource iscsi:ISCSIPersistentVolumeSource local:LocalVolumeSource
      mountOptions:[s] nfs:NFSVolumeSource nodeAffinity:VolumeNodeAffinity
      persistentVolumeReclaimPolicy:s photonPersistentDisk:PhotonPersistentDiskVolumeSource
      portworxVolume:PortworxVolumeSource quobyte:QuobyteVolumeSource
      rbd:RBDPersistentVolumeSource scaleIO:ScaleIOPersistentVolumeSource storageClassName:s
      storageos:StorageOSPersistentVolumeSource volumeMode:s
      vsphereVolume:VsphereVirtualDiskVolumeSource
    PersistentVolumeStatus message:s phase:s reason:s
    Pod metadata:ObjectMeta spec:PodSpec status:PodStatus
    PodCondition lastProbeTime:t lastTransitionTime:t message:s reason:s status*:s type*:s
    PodIP ip:s
    PodStatus conditions:[PodCondition]/type containerStatuses:[ContainerStatus]
      ephemeralContainerStatuses:[ContainerStatus] hostIP:s hostIPs:[HostIP]
      initContainerStatuses:[ContainerStatus] message:s nominatedNodeName:s observedGeneration:l
      phase:s podIP:s podIPs:[PodIP]/ip qosClass:s reason:s resize:s startTime:t
    PortStatus error:s port*:i protocol*:s
    RBDPersistentVolumeSource fsType:s image*:s keyring:s monitors*:[s] pool:s readOnly:b
      secretRef:SecretReference= user:s
    ResourceQuota metadata:ObjectMeta spec:ResourceQuotaSpec status:ResourceQuotaStatus
    ResourceQuotaSpec hard:{q} scopeSelector:ScopeSelector= scopes:[s]
    ResourceQuotaStatus hard:{q} used:{q}
    ScaleIOPersistentVolumeSource fsType:s gateway*:s protectionDomain:s readOnly:b
      secretRef*:SecretReference= sslEnabled:b storageMode:s storagePool:s system*:s volumeName:s
    ScopeSelector matchExpressions:[ScopedResourceSelectorRequirement]
    ScopedResourceSelectorRequirement operator*:s scopeName*:s values:[s]
    Secret data:{y} immutable:b metadata:ObjectMeta stringData:{s} type:s
    SecretReference name:s namespace:s
    Service metadata:ObjectMeta spec:ServiceSpec status:ServiceStatus
    ServiceAccount automountServiceAccountToken:b imagePullSecrets:[LocalObjectReference=]
      metadata:ObjectMeta secrets:[ObjectReference=]/name
    ServicePort appProtocol:s name:s nodePort:i port*:i protocol:s targetPort:x
    ServiceSpec allocateLoadBalancerNodePorts:b clusterIP:s clusterIPs:[s] externalIPs:[s]
      externalName:s externalTrafficPolicy:s healthCheckNodePort:i internalTrafficPolicy:s
      ipFamilies:[s] ipFamilyPolicy:s loadBalancerClass:s loadBalancerIP:s
      loadBalancerSourceRanges:[s] ports:[ServicePort]/port,protocol publishNotReadyAddresses:b
      selector:{s}= sessionAffinity:s sessionAffinityConfig:SessionAffinityConfig
      trafficDistribution:s type:s
    ServiceStatus conditions:[Condition]/type loadBalancer:LoadBalancerStatus
    SessionAffinityConfig clientIP:ClientIPConfig
    StorageOSPersistentVolumeSource fsType:s readOnly:b secretRef:ObjectReference= volumeName:s
      volumeNamespace:s
    Taint effect*:s key*:s timeAdded:t value:s
    VolumeNodeAffinity required:NodeSelector=
    """
}
