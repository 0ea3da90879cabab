import FoundationEssentials
import Kubernetes
import ModelCore
import Testing

@Suite("Status")
struct ModelConditionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var status: ModelStatus
    var reason: String
    var scene: @Sendable () -> StatusScene

    init(
      _ description: String, _ status: ModelStatus, _ reason: String,
      replicas: Int? = 1, _ change: @escaping @Sendable (inout StatusScene) -> Void
    ) {
      testDescription = description
      self.status = status
      self.reason = reason
      scene = {
        var scene = StatusScene(replicas: replicas)
        change(&scene)
        return scene
      }
    }
  }

  @Test(arguments: calm + creating + unseen + pending)
  func calmly(test: Case) { check(test) }

  @Test(arguments: crashing + failing)
  func inTrouble(test: Case) { check(test) }

  @Test(arguments: rollouts + deleting)
  func changing(test: Case) { check(test) }

  private func check(_ test: Case) {
    let result = test.scene().result
    #expect(result.status == test.status)
    #expect(result.reason == test.reason)
  }

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

  // MARK: Crash loop

  static let crashing: [Case] = [
    Case(
      "back-off", .crashLoopBackOff,
      "container server keeps crashing: exit code 1; restarted 4 times"
    ) {
      $0.add(
        .waiting(
          "CrashLoopBackOff", "back-off 1m20s restarting", restarts: 4,
          last: #"{"exitCode": 1, "reason": "Error"}"#))
    },
    Case(
      "back-off after the first crash", .crashLoopBackOff,
      "container server keeps crashing: exit code 127, the program was not found; restarted once"
    ) {
      $0.add(.waiting("CrashLoopBackOff", restarts: 1, last: #"{"exitCode": 127}"#))
    },
    Case(
      "its command just ends", .crashLoopBackOff,
      "container server keeps crashing: exit code 0, its command ended; restarted 3 times"
    ) {
      $0.add(
        .waiting("CrashLoopBackOff", restarts: 3, last: #"{"exitCode": 0, "reason": "Completed"}"#))
    },
    Case(
      "out of memory", .crashLoopBackOff,
      "container server keeps crashing: out of memory (OOMKilled): the node or its memory limit is too small for the model; restarted 5 times"
    ) {
      $0.add(
        .waiting(
          "CrashLoopBackOff", restarts: 5, last: #"{"exitCode": 137, "reason": "OOMKilled"}"#))
    },
    Case(
      "its last words", .crashLoopBackOff,
      "container server keeps crashing: exit code 1: ValueError: no GPU; restarted 2 times"
    ) {
      $0.add(
        .waiting(
          "CrashLoopBackOff", restarts: 2,
          last: #"{"exitCode": 1, "message": "Traceback\n  line 1\nValueError: no GPU\n"}"#))
    },
    Case(
      "running between two crashes", .crashLoopBackOff,
      "container server keeps crashing: exit code 1; restarted 3 times"
    ) {
      $0.add(
        .starting(
          restarts: 3,
          last:
            #"{"exitCode": 1, "startedAt": "2023-11-14T22:10:00Z", "finishedAt": "2023-11-14T22:11:00Z"}"#
        ))
    },
    Case(
      "dead, before the back-off shows", .crashLoopBackOff,
      "container server keeps crashing: exit code 139, segmentation fault; restarted 2 times"
    ) {
      $0.add(
        .with(
          status:
            #"{"phase": "Running", "containerStatuses": [{"name": "server", "ready": false, "restartCount": 2, "state": {"terminated": {"exitCode": 139}}}]}"#
        ))
    },
    Case(
      "killed by its startup probe every hour", .crashLoopBackOff,
      "container server keeps crashing: exit code 137, killed (SIGKILL); restarted 2 times"
    ) {
      $0.add(
        .starting(
          restarts: 2,
          last:
            #"{"exitCode": 137, "startedAt": "2023-11-14T20:00:00Z", "finishedAt": "2023-11-14T21:01:00Z"}"#,
          since: "2023-11-14T21:01:10Z"))
    },
    Case(
      "an init container crashes", .crashLoopBackOff,
      "container fetch keeps crashing: exit code 1; restarted 2 times"
    ) {
      $0.add(
        .with(
          status:
            #"{"phase": "Pending", "initContainerStatuses": [{"name": "fetch", "ready": false, "restartCount": 2, "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": {"terminated": {"exitCode": 1}}}]}"#
        ))
    },
    Case(
      "a crash outweighs a start", .crashLoopBackOff,
      "container server keeps crashing: exit code 1; restarted 4 times; another replica: starting on gpu-1: loading the model, not ready yet",
      replicas: 2
    ) {
      $0.add(
        .starting("a"),
        .waiting(pod: "b", "CrashLoopBackOff", restarts: 4, last: #"{"exitCode": 1}"#))
    },
    Case(
      "a crash outweighs the deadline", .crashLoopBackOff,
      "container server keeps crashing: exit code 1; restarted 9 times"
    ) {
      $0.add(.waiting("CrashLoopBackOff", restarts: 9, last: #"{"exitCode": 1}"#))
      $0.condition("Progressing", "False", "ProgressDeadlineExceeded")
    },
  ]

  // MARK: Failed

  static let failing: [Case] = [
    Case(
      "no such image", .failed,
      "image vllm/vllm-openai:v1 cannot be pulled: the registry has no such image or tag"
    ) {
      $0.add(
        .waiting(
          "ErrImagePull",
          "rpc error: code = NotFound desc = failed to pull and unpack image \"docker.io/vllm/vllm-openai:v1\": failed to resolve reference \"docker.io/vllm/vllm-openai:v1\": docker.io/vllm/vllm-openai:v1: not found"
        ))
    },
    Case(
      "in back-off the event keeps the cause", .failed,
      "image vllm/vllm-openai:v1 cannot be pulled: the registry wants credentials"
    ) {
      $0.add(.waiting("ImagePullBackOff", "Back-off pulling image \"vllm/vllm-openai:v1\""))
      $0.event("p", "Failed", "Error: ImagePullBackOff")
      $0.event(
        "p", "Failed", "Failed to pull image \"vllm/vllm-openai:v1\": rpc error: 401 Unauthorized",
        ago: 5)
    },
    Case(
      "a name that is none", .failed,
      "image vllm/vllm-openai:v1 cannot be pulled: its name is not valid"
    ) {
      $0.add(.waiting("InvalidImageName", "Failed to apply default image tag"))
    },
    Case(
      "a cause without a phrase of its own", .failed,
      "image vllm/vllm-openai:v1 cannot be pulled: desc = something odd: cause 42"
    ) {
      $0.add(.waiting("ErrImagePull", "rpc error: desc = something odd: cause 42"))
    },
    Case(
      "bad configuration", .failed, "container server cannot start: secret \"m-hf-token\" not found"
    ) {
      $0.add(.waiting("CreateContainerConfigError", "secret \"m-hf-token\" not found"))
    },
    Case(
      "no such program", .failed,
      "container server cannot start: exec: \"vllmm\": executable file not found in $PATH"
    ) {
      $0.add(
        .waiting(
          "RunContainerError",
          "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \"vllmm\": executable file not found in $PATH: unknown"
        ))
    },
    Case(
      "quota", .failed,
      "the quota refuses its pods: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1"
    ) {
      $0.add()
      $0.condition(
        "ReplicaFailure", "True", "FailedCreate",
        "pods \"m-1-\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1"
      )
    },
    Case(
      "admission", .failed,
      "its pods are refused: violates PodSecurity \"restricted:latest\": runAsNonRoot != true"
    ) {
      $0.add()
      $0.condition(
        "ReplicaFailure", "True", "FailedCreate",
        "pods \"m-1-\" is forbidden: violates PodSecurity \"restricted:latest\": runAsNonRoot != true"
      )
    },
    Case(
      "deadline", .failed,
      "not ready within its progress deadline of 90 min: starting on gpu-1: loading the model, not ready yet"
    ) {
      $0.add(.starting())
      $0.condition("Progressing", "False", "ProgressDeadlineExceeded")
    },
    Case(
      "a deadline of before the last change does not count", .creating,
      "starting on gpu-1: loading the model, not ready yet"
    ) {
      $0.add(.starting())
      $0.condition("Progressing", "False", "ProgressDeadlineExceeded")
      $0.deployment.metadata.generation = 2
    },
    Case("evicted", .failed, "evicted from gpu-1: The node was low on resource: ephemeral-storage.")
    {
      $0.add(
        .with(
          status:
            #"{"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: ephemeral-storage."}"#
        ))
    },
    Case(
      "the device plugin refuses", .failed,
      "node gpu-1 refused the pod: Allocate failed due to rpc error"
    ) {
      $0.add(
        .with(
          status:
            #"{"phase": "Failed", "reason": "UnexpectedAdmissionError", "message": "Allocate failed due to rpc error"}"#
        ))
    },
    Case(
      "a new pod after a failed one", .creating,
      "starting on gpu-1: loading the model, not ready yet"
    ) {
      $0.add(
        .with("a", status: #"{"phase": "Failed", "reason": "Evicted", "message": "x"}"#),
        .starting("b"))
    },
    Case(
      "one cannot pull, one finds no room", .failed, "image vllm/vllm-openai:v1 cannot be pulled",
      replicas: 2
    ) {
      $0.add(
        .waiting(pod: "a", "ImagePullBackOff"),
        .unscheduled("b", message: "0/1 nodes are available: 1 Too many pods."))
    },
  ]

  // MARK: Rollouts

  static let rollouts: [Case] = [
    Case(
      "the old version serves", .running,
      "the previous version serves while the new one starts: container server keeps crashing: exit code 1; restarted 3 times"
    ) {
      $0.add(set: "old", revision: 1, .ready("a"))
      $0.add(
        set: "new", revision: 2,
        .waiting(pod: "b", "CrashLoopBackOff", restarts: 3, last: #"{"exitCode": 1}"#))
    },
    Case(
      "old crashes do not decide", .creating, "starting on gpu-1: loading the model, not ready yet"
    ) {
      $0.add(set: "new", revision: 12, .starting("b"))
      $0.add(set: "old", revision: 9, .waiting(pod: "a", "CrashLoopBackOff", restarts: 30))
    },
    Case(
      "Recreate waits for the old pods", .pending,
      "waiting for 1 pod of the previous version to stop"
    ) {
      $0.add(set: "old", revision: 1, .ready("a").terminating())
      $0.add(set: "new", revision: 2)
    },
    Case(
      "a pod on its way out does not serve", .pending,
      "waiting for 1 pod of the previous version to stop"
    ) {
      $0.add(.ready().terminating())
    },
    Case(
      "a replica that is replaced", .creating, "starting on gpu-1: loading the model, not ready yet"
    ) {
      $0.add(.ready("a").terminating(), .starting("b"))
    },
    Case("pods of others do not count", .pending, "waiting for its pods to be made") {
      $0.add()
      var stranger = K8s.Pod.ready("x")
      stranger.metadata.ownerReferences = [
        K8s.OwnerReference(
          apiVersion: "apps/v1", kind: "ReplicaSet", name: "z", uid: "z", controller: true)
      ]
      $0.pods.append(stranger)
    },
  ]

  static let deleting: [Case] = [
    Case("keeps its last status", .running, "being deleted; 1 pod still stopping") {
      $0.deployment.metadata.deletionTimestamp = StatusScene.now
      $0.last = .running
      $0.add(.starting().terminating())
    },
    Case("what it was, where that is not known", .running, "being deleted; 1 pod still stopping") {
      $0.deployment.metadata.deletionTimestamp = StatusScene.now
      $0.add(.ready().terminating())
    },
    Case("nothing left of it", .crashLoopBackOff, "being deleted") {
      $0.deployment.metadata.deletionTimestamp = StatusScene.now
      $0.last = .crashLoopBackOff
    },
  ]

  @Test("a reason has no durations: it stays the same while nothing happens")
  func steady() {
    for test in Self.creating + Self.pending + Self.crashing + Self.failing {
      let scene = test.scene()
      let later = ModelCondition.evaluate(
        deployment: scene.deployment, replicaSets: scene.replicaSets, pods: scene.pods,
        events: scene.events, now: StatusScene.now.addingTimeInterval(30),
        inventory: scene.inventory, last: scene.last)
      #expect(later == scene.result)
    }
  }

  @Test("megabytes of messages are cut", .timeLimit(.minutes(1)))
  func hostile() {
    for piece in ["x ", "1 Insufficient nvidia.com/gpu, ", "\u{1B}]0;", ": ", "\u{202E}", "{"] {
      let huge = String(repeating: piece, count: 1_000_000 / piece.utf8.count)
      for pod in [
        K8s.Pod.unscheduled(message: huge),
        .unscheduled(message: "0/9 nodes are available: " + huge),
        .waiting("ImagePullBackOff", huge), .waiting("RunContainerError", huge),
      ] {
        var scene = StatusScene()
        scene.add(pod)
        scene.event("p", "Failed", "Failed to pull image" + huge)
        let reason = scene.result.reason
        #expect(reason.utf8.count < 1_500)
        #expect(!reason.unicodeScalars.contains(where: Excerpt.isUnprintable))
      }
    }
  }
}

@Suite("Image pull message")
struct ImagePullMessageTests {
  @Test(
    "the runtime's words, shortened",
    arguments: [
      ("dial tcp: lookup registry.example on 10.96.0.10:53: no such host", "no such host name"),
      (
        "pull access denied, repository does not exist or may require authorization",
        "needs credentials"
      ),
      ("received unexpected HTTP status: 429 Too Many Requests", "rate limit"),
      (
        "tls: failed to verify certificate: x509: certificate signed by unknown authority",
        "not trusted"
      ),
      ("http: server gave HTTP response to HTTPS client", "speaks HTTP"),
      ("dial tcp 10.0.0.1:443: i/o timeout", "does not answer"),
      ("manifest for x:y not found: manifest unknown: manifest unknown", "no such tag"),
      ("write /var/lib: no space left on device", "disk is full"),
      ("no match for platform in manifest: not found", "architecture"),
    ])
  func causes(message: String, words: String) {
    var scene = StatusScene()
    scene.add(.waiting("ErrImagePull", message))
    #expect(scene.result.status == .failed)
    #expect(scene.result.reason.contains(words), "\(scene.result.reason)")
  }
}
