import Kubernetes
import ModelCore

/// Models that crash, or cannot be started at all.
extension ModelConditionTests {
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
}
