import Kubernetes
import ModelCore

/// Models that run, are stopped, or are on their way.
extension ModelConditionTests {
  // MARK: Running and stopped

  static let calm: [Case] = [
    Case("one ready", .running, "") { $0.add(.ready()) },
    Case("replicas absent is one", .running, "", replicas: nil) { $0.add(.ready()) },
    Case("all ready", .running, "", replicas: 2) { $0.add(.ready("a"), .ready("b")) },
    Case(
      "some ready", .running,
      "degraded: 1 of 2 replicas ready: starting on gpu-1: loading the model, not ready yet",
      replicas: 2
    ) {
      $0.add(.ready("a"), .starting("b"))
    },
    Case(
      "one healthy, one crashing is no crash loop", .running,
      "degraded: 1 of 2 replicas ready: container server keeps crashing: exit code 1; restarted 7 times",
      replicas: 2
    ) {
      $0.add(
        .ready("a"), .waiting(pod: "b", "CrashLoopBackOff", restarts: 7, last: #"{"exitCode": 1}"#))
    },
    Case("a replica that was never made", .running, "degraded: 1 of 3 replicas ready", replicas: 3)
    {
      $0.add(.ready())
    },
    Case("pods unknown: the Deployment's own count", .running, "") {
      $0.deployment.status?.readyReplicas = 1
    },
    Case("scaled to zero", .stopped, "scaled to zero", replicas: 0) { $0.add() },
    Case("scaled to zero, never observed", .stopped, "scaled to zero", replicas: 0) {
      $0.deployment.status = nil
    },
    Case("stopping", .stopped, "scaled to zero; 2 pods still stopping", replicas: 0) {
      $0.add(.ready("a").terminating(), .ready("b"))
    },
    Case("stopped while it crashed", .stopped, "scaled to zero; 1 pod still stopping", replicas: 0)
    {
      $0.add(.waiting("CrashLoopBackOff", restarts: 3))
    },
  ]

  // MARK: Creating

  static let creating: [Case] = [
    Case("bound, nothing said yet", .creating, "starting on gpu-1: preparing its container") {
      $0.add(.with(status: #"{"phase": "Pending"}"#))
    },
    Case("pulling", .creating, "pulling vllm/vllm-openai:v1 on gpu-1") {
      $0.add(.waiting("ContainerCreating"))
      $0.event("p", "Pulling", "Pulling image \"vllm/vllm-openai:v1\"")
    },
    Case("pulled", .creating, "starting on gpu-1: preparing its container") {
      $0.add(.waiting("ContainerCreating"))
      $0.event("p", "Pulling", "Pulling image", ago: 60)
      $0.event("p", "Pulled", "Successfully pulled image", ago: 1)
    },
    Case(
      "another pod's events say nothing", .creating, "starting on gpu-1: preparing its container"
    ) {
      $0.add(.waiting("ContainerCreating"))
      $0.event("q", "Pulling", "Pulling image")
    },
    Case("loading", .creating, "starting on gpu-1: loading the model, not ready yet") {
      $0.add(.starting())
      $0.event("p", "Unhealthy", "Startup probe failed: dial tcp: connect: connection refused")
    },
    Case(
      "started and unhealthy", .creating,
      "running on gpu-1, but not ready: its health check answers 503"
    ) {
      $0.add(.starting(started: true))
      $0.event("p", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503")
    },
    Case(
      "died once", .creating,
      "starting on gpu-1: loading the model, not ready yet; restarted once, last: exit code 1"
    ) {
      $0.add(.starting(restarts: 1, last: #"{"exitCode": 1}"#))
    },
    Case(
      "dead for the first time", .creating,
      "container server ended and is being restarted: exit code 2"
    ) {
      $0.add(
        .with(
          status:
            #"{"phase": "Running", "containerStatuses": [{"name": "server", "ready": false, "restartCount": 0, "state": {"terminated": {"exitCode": 2, "reason": "Error"}}}]}"#
        ))
    },
    Case(
      "waits for its volume", .creating,
      "waiting for its volume on gpu-1: Multi-Attach error for volume \"pvc-1\" Volume is already used by pod(s) old"
    ) {
      $0.add(.waiting("ContainerCreating"))
      $0.event(
        "p", "FailedAttachVolume",
        "Multi-Attach error for volume \"pvc-1\" Volume is already used by pod(s) old")
    },
    Case("an init container runs", .creating, "init container fetch is running on gpu-1") {
      $0.add(
        .with(
          status:
            #"{"phase": "Pending", "initContainerStatuses": [{"name": "fetch", "ready": false, "restartCount": 0, "state": {"running": {}}}], "containerStatuses": [{"name": "server", "ready": false, "restartCount": 0, "state": {"waiting": {"reason": "PodInitializing"}}}]}"#
        ))
    },
    Case(
      "one starts, one finds no room", .creating,
      "starting on gpu-1: loading the model, not ready yet; another replica: no node fits: too little nvidia.com/gpu on 1 of 1 node (1 asked for)",
      replicas: 2
    ) {
      $0.add(
        .starting("a"),
        .unscheduled("b", message: "0/1 nodes are available: 1 Insufficient nvidia.com/gpu."))
    },
    Case(
      "one starts, one cannot pull", .creating,
      "starting on gpu-1: loading the model, not ready yet; another replica: image vllm/vllm-openai:v1 cannot be pulled",
      replicas: 2
    ) {
      $0.add(.starting("a"), .waiting(pod: "b", "ImagePullBackOff"))
    },
    Case(
      "two restarts long ago, after days of running", .creating,
      "starting on gpu-1: loading the model, not ready yet; restarted 2 times, last: out of memory (OOMKilled): the node or its memory limit is too small for the model"
    ) {
      $0.add(
        .starting(
          restarts: 2,
          last:
            #"{"exitCode": 137, "reason": "OOMKilled", "startedAt": "2023-11-10T00:00:00Z", "finishedAt": "2023-11-14T22:12:00Z"}"#
        ))
    },
  ]

  static let unseen: [Case] = [
    Case(
      "pods that cannot be looked at", .creating,
      "2 pods made, none ready; they cannot be looked at", replicas: 2
    ) {
      $0.deployment.status?.replicas = 2
    },
    Case(
      "a lost node", .creating,
      "its containers run on gpu-1, but the pod is not ready: the node does not answer, or a readiness gate is closed"
    ) {
      var pod = K8s.Pod.ready()
      pod.status?.conditions = [K8s.Condition(type: "Ready", status: "False")]
      $0.add(pod)
    },
  ]

  // MARK: Pending

  static let pending: [Case] = [
    Case("nothing made yet", .pending, "waiting for the Deployment controller") {
      $0.deployment.status = nil
    },
    Case("no pod yet", .pending, "waiting for its pods to be made") { $0.add() },
    Case("not scheduled yet", .pending, "waiting for the scheduler") {
      $0.add(.with(node: nil, status: #"{"phase": "Pending"}"#))
    },
    Case("paused", .pending, "its rollout is paused") {
      $0.deployment.spec?.paused = true
    },
    Case("gated", .pending, "held back by a scheduling gate") {
      $0.add(.unscheduled(message: "Scheduling is blocked", reason: "SchedulingGated"))
    },
    Case(
      "too many GPUs asked for", .pending,
      "no node fits: too little nvidia.com/gpu on 4 of 4 nodes (9 asked for); the largest node has 8"
    ) {
      $0.add(
        .unscheduled(gpus: 9, message: "0/4 nodes are available: 4 Insufficient nvidia.com/gpu."))
      $0.inventory = GPUInventory(nodes: [.gpu("a", 8), .gpu("b", 4)], pods: [])
    },
    Case(
      "GPUs in use", .pending,
      "no node fits: too little nvidia.com/gpu on 2 of 2 nodes (4 asked for); the most that one node has free is 3"
    ) {
      $0.add(
        .unscheduled(
          gpus: 4,
          message:
            "0/2 nodes are available: 2 Insufficient nvidia.com/gpu. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod."
        ))
      var busy = K8s.Pod.ready("busy", node: "a")
      busy.spec?.containers[0].resources = K8s.ResourceRequirements(limits: [
        "nvidia.com/gpu": Quantity(5)
      ])
      $0.inventory = GPUInventory(nodes: [.gpu("a", 8)], pods: [busy])
    },
    Case(
      "mixed reasons", .pending,
      "no node fits: too little nvidia.com/gpu on 2 of 6 nodes (1 asked for); too little memory on 1 of 6 nodes; 1 of 6 excluded by node selector or affinity; 1 of 6 tainted node.kubernetes.io/unreachable; and 1 more"
    ) {
      $0.add(
        .unscheduled(
          message:
            "0/6 nodes are available: 1 Insufficient memory, 1 node(s) had taint {node.kubernetes.io/unreachable: }, that the pod didn't tolerate, 1 node(s) were unschedulable, 1 node(s) didn't match Pod's node affinity/selector, 2 Insufficient nvidia.com/gpu."
        ))
    },
    Case("a taint in newer words", .pending, "no node fits: 1 of 1 tainted dedicated") {
      $0.add(
        .unscheduled(
          message:
            "0/1 nodes are available: 1 node(s) had untolerated taint {dedicated: training}. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."
        ))
    },
    Case("volume not bound", .pending, "no node fits: its volume claim is not bound yet") {
      $0.add(
        .unscheduled(
          message: "0/3 nodes are available: 3 pod has unbound immediate PersistentVolumeClaims."))
    },
    Case("claim missing", .pending, "its volume claim m-storage is missing") {
      $0.add(.unscheduled(message: "persistentvolumeclaim \"m-storage\" not found"))
    },
    Case("claim missing, newer words", .pending, "its volume claim m-storage is missing") {
      $0.add(
        .unscheduled(
          message:
            "0/1 nodes are available: 1 persistentvolumeclaim \"m-storage\" not found. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."
        ))
    },
    Case("no nodes at all", .pending, "no node fits: the cluster has no nodes") {
      $0.add(.unscheduled(message: "0/0 nodes are available: 0 x."))
    },
    Case(
      "no nodes at all, as it is said", .pending,
      "no node fits: no nodes available to schedule pods"
    ) {
      $0.add(.unscheduled(message: "no nodes available to schedule pods"))
    },
    Case(
      "still no room after the deadline", .pending,
      "no node fits: too little nvidia.com/gpu on 1 of 1 node (1 asked for)"
    ) {
      $0.add(.unscheduled(message: "0/1 nodes are available: 1 Insufficient nvidia.com/gpu."))
      $0.condition("Progressing", "False", "ProgressDeadlineExceeded")
    },
    Case("a foreign message with escapes", .pending, "no node fits: [31m boo") {
      $0.add(.unscheduled(message: "\u{1B}[31m\n\n boo\u{202E}"))
    },
  ]
}
