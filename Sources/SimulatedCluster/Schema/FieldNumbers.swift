internal import Kubernetes

/// Under which numbers the fields of a type stand in protocol buffers.
struct FieldNumbers: Sendable {
  enum Field: Sendable, Equatable {
    /// `isPointer`: Go leaves it out where it is not set, so that zero and nothing differ.
    case named(String, isPointer: Bool)
    /// The fields of another type, which JSON has in the object itself.
    case inlined(String)
  }

  private(set) var fields: [Int: Field] = [:]

  static func of(_ type: String) -> FieldNumbers? { table[type] }

  private static let table: [String: FieldNumbers] = {
    var table: [String: FieldNumbers] = [:]
    var type = ""
    for line in text.split(separator: "\n") {
      var words = line.split(separator: " ")
      if !line.hasPrefix(" ") { type = String(words.removeFirst()) }
      for word in words {
        let pair = word.split(separator: "=")
        guard pair.count == 2, let number = Int(pair[1].filter(\.isNumber)) else { continue }
        table[type, default: FieldNumbers()].fields[number] =
          pair[0].first == "+"
          ? .inlined(String(pair[0].dropFirst()))
          : .named(String(pair[0]), isPointer: pair[1].last == "?")
      }
    }
    return table
  }()

  /// One type a line, continued by indented lines: its name, then `field=number`, with `?` where Go has a pointer, and `+` before
  /// the type of an inlined field. Source of the numbers: `generated.proto` of `k8s.io/api` and `k8s.io/apimachinery`. Here is what
  /// kubectl and controllers send; what is absent is refused and not lost.
  private static let text = """
    Capabilities add=1 drop=2
    ConfigMap metadata=1 data=2 binaryData=3 immutable=4?
    ConfigMapEnvSource +LocalObjectReference=1 optional=2?
    ConfigMapKeySelector +LocalObjectReference=1 key=2 optional=3?
    ConfigMapProjection +LocalObjectReference=1 items=2 optional=4?
    ConfigMapVolumeSource +LocalObjectReference=1 items=2 defaultMode=3? optional=4?
    Container name=1 image=2 command=3 args=4 workingDir=5 ports=6 env=7 resources=8 volumeMounts=9
      livenessProbe=10 readinessProbe=11 lifecycle=12 terminationMessagePath=13 imagePullPolicy=14
      securityContext=15 stdin=16 stdinOnce=17 tty=18 envFrom=19 terminationMessagePolicy=20
      volumeDevices=21 startupProbe=22 restartPolicy=24?
    ContainerPort name=1 hostPort=2 containerPort=3 protocol=4 hostIP=5
    CrossVersionObjectReference kind=1 name=2 apiVersion=3
    DeleteOptions gracePeriodSeconds=1? preconditions=2 orphanDependents=3? propagationPolicy=4?
      dryRun=5
    Deployment metadata=1 spec=2 status=3
    DeploymentSpec replicas=1? selector=2 template=3 strategy=4 minReadySeconds=5
      revisionHistoryLimit=6? paused=7 progressDeadlineSeconds=9?
    DeploymentStatus observedGeneration=1 replicas=2 updatedReplicas=3 availableReplicas=4
      unavailableReplicas=5 conditions=6 readyReplicas=7 collisionCount=8?
    DeploymentCondition type=1 status=2 reason=4 message=5 lastUpdateTime=6 lastTransitionTime=7
    DeploymentStrategy type=1 rollingUpdate=2
    EmptyDirVolumeSource medium=1 sizeLimit=2
    EnvFromSource prefix=1 configMapRef=2 secretRef=3
    EnvVar name=1 value=2 valueFrom=3
    EnvVarSource fieldRef=1 resourceFieldRef=2 configMapKeyRef=3 secretKeyRef=4
    Event metadata=1 involvedObject=2 reason=3 message=4 source=5 firstTimestamp=6 lastTimestamp=7
      count=8 type=9 eventTime=10 series=11 action=12 related=13 reportingComponent=14
      reportingInstance=15
    EventSeries count=1 lastObservedTime=2
    EventSource component=1 host=2
    ExecAction command=1
    HTTPGetAction path=1 port=2 host=3 scheme=4 httpHeaders=5
    HTTPHeader name=1 value=2
    Handler exec=1 httpGet=2 tcpSocket=3
    HorizontalPodAutoscaler metadata=1 spec=2 status=3
    HorizontalPodAutoscalerSpec scaleTargetRef=1 minReplicas=2? maxReplicas=3
      targetCPUUtilizationPercentage=4?
    HorizontalPodAutoscalerStatus observedGeneration=1? lastScaleTime=2 currentReplicas=3
      desiredReplicas=4 currentCPUUtilizationPercentage=5?
    HostPathVolumeSource path=1 type=2?
    KeyToPath key=1 path=2 mode=3?
    LabelSelector matchLabels=1 matchExpressions=2
    LabelSelectorRequirement key=1 operator=2 values=3
    Lease metadata=1 spec=2
    LeaseSpec holderIdentity=1? leaseDurationSeconds=2? acquireTime=3 renewTime=4
      leaseTransitions=5?
    Lifecycle postStart=1 preStop=2
    LoadBalancerStatus ingress=1
    LocalObjectReference name=1
    ManagedFieldsEntry manager=1 operation=2 apiVersion=3 time=4 fieldsType=6 fieldsV1=7
      subresource=8
    Namespace metadata=1 spec=2 status=3
    NamespaceSpec finalizers=1
    NamespaceStatus phase=1
    ObjectFieldSelector apiVersion=1 fieldPath=2
    ObjectMeta name=1 generateName=2 namespace=3 uid=5 resourceVersion=6 generation=7
      creationTimestamp=8 deletionTimestamp=9 deletionGracePeriodSeconds=10? labels=11
      annotations=12 ownerReferences=13 finalizers=14 managedFields=17
    ObjectReference kind=1 namespace=2 name=3 uid=4 apiVersion=5 resourceVersion=6 fieldPath=7
    OwnerReference kind=1 name=3 uid=4 apiVersion=5 controller=6? blockOwnerDeletion=7?
    PersistentVolumeClaim metadata=1 spec=2 status=3
    PersistentVolumeClaimSpec accessModes=1 resources=2 volumeName=3 selector=4
      storageClassName=5? volumeMode=6?
    PersistentVolumeClaimStatus phase=1 accessModes=2 capacity=3
    PersistentVolumeClaimVolumeSource claimName=1 readOnly=2
    Pod metadata=1 spec=2 status=3
    PodDisruptionBudget metadata=1 spec=2 status=3
    PodDisruptionBudgetSpec minAvailable=1 selector=2 maxUnavailable=3
    PodDisruptionBudgetStatus observedGeneration=1 disruptionsAllowed=3 currentHealthy=4
      desiredHealthy=5 expectedPods=6
    PodSecurityContext runAsUser=2? runAsNonRoot=3? supplementalGroups=4 fsGroup=5? runAsGroup=6?
    PodSpec volumes=1 containers=2 restartPolicy=3 terminationGracePeriodSeconds=4?
      activeDeadlineSeconds=5? dnsPolicy=6 nodeSelector=7 serviceAccountName=8 serviceAccount=9
      nodeName=10 hostNetwork=11 hostPID=12 hostIPC=13 securityContext=14 imagePullSecrets=15
      hostname=16 subdomain=17 schedulerName=19 initContainers=20
      automountServiceAccountToken=21? tolerations=22 priorityClassName=24 priority=25?
      shareProcessNamespace=27? runtimeClassName=29? enableServiceLinks=30? preemptionPolicy=31?
    PodStatus phase=1 message=3 reason=4 hostIP=5 podIP=6 startTime=7 qosClass=9
    PodTemplateSpec metadata=1 spec=2
    Preconditions uid=1? resourceVersion=2?
    PriorityClass metadata=1 value=2 globalDefault=3 description=4 preemptionPolicy=5?
    Probe +Handler=1 initialDelaySeconds=2 timeoutSeconds=3 periodSeconds=4 successThreshold=5
      failureThreshold=6 terminationGracePeriodSeconds=7?
    ResourceFieldSelector containerName=1 resource=2 divisor=3
    ResourceQuota metadata=1 spec=2 status=3
    ResourceQuotaSpec hard=1 scopes=2
    ResourceQuotaStatus hard=1 used=2
    ResourceRequirements limits=1 requests=2
    RollingUpdateDeployment maxUnavailable=1 maxSurge=2
    Secret metadata=1 data=2 type=3 stringData=4 immutable=5?
    SecretEnvSource +LocalObjectReference=1 optional=2?
    SecretKeySelector +LocalObjectReference=1 key=2 optional=3?
    SecretProjection +LocalObjectReference=1 items=2 optional=4?
    SecretVolumeSource secretName=1 items=2 defaultMode=3? optional=4?
    SecurityContext capabilities=1 privileged=2? runAsUser=4? runAsNonRoot=5?
      readOnlyRootFilesystem=6? allowPrivilegeEscalation=7? runAsGroup=8? procMount=9?
    Service metadata=1 spec=2 status=3
    ServiceAccount metadata=1 secrets=2 imagePullSecrets=3 automountServiceAccountToken=4?
    ServicePort name=1 protocol=2 port=3 targetPort=4 nodePort=5 appProtocol=6?
    ServiceSpec ports=1 selector=2 clusterIP=3 type=4 externalIPs=5 sessionAffinity=7
      loadBalancerIP=8 loadBalancerSourceRanges=9 externalName=10 externalTrafficPolicy=11
      healthCheckNodePort=12 publishNotReadyAddresses=13 ipFamilyPolicy=17? clusterIPs=18
      ipFamilies=19 allocateLoadBalancerNodePorts=20? loadBalancerClass=21?
      internalTrafficPolicy=22?
    ServiceStatus loadBalancer=1
    TCPSocketAction port=1 host=2
    Toleration key=1 operator=2 value=3 effect=4 tolerationSeconds=5?
    Volume name=1 +VolumeSource=2
    VolumeMount name=1 readOnly=2 mountPath=3 subPath=4
    VolumeSource hostPath=1 emptyDir=2 secret=6 persistentVolumeClaim=10 configMap=19
    """
}
