internal import FoundationEssentials
package import Kubernetes

extension ModelManifests {
  /// The Deployment.
  ///
  /// - Parameter replicas: `nil` leaves `spec.replicas` out: somebody else scales the model, or it was stopped.
  package func deployment(replicas: Int? = 1) throws -> JSONValue {
    try typedDeployment(replicas: replicas).manifest()
  }

  /// What a container may take to answer `/health` for the first time: an hour for a download, or more where the
  /// request's own delay says so.
  package var startupSeconds: Int { max(3_600, request.resolvedInitialDelaySeconds + 600) }

  func typedDeployment(replicas: Int?) -> K8s.Deployment {
    let portLabel = [ModelKeys.modelPort: String(port)]
    let template = K8s.PodTemplate(
      metadata: K8s.ObjectMeta(
        labels: labels.merging(portLabel) { _, new in new },
        annotations: [
          "prometheus.io/scrape": "true", "prometheus.io/port": String(port),
          "prometheus.io/path": "/metrics",
        ]),
      spec: podSpec)
    return K8s.Deployment(
      metadata: metadata(
        name, owner: nil, extraLabels: portLabel, annotations: specification.annotations),
      spec: K8s.Deployment.Spec(
        replicas: replicas,
        selector: K8s.LabelSelector(matchLabels: [ModelKeys.modelName: name]),
        template: template,
        // A ReadWriteOnce volume cannot go to a new pod on another node while the old one holds it.
        strategy: hasVolume ? K8s.Deployment.Strategy(type: "Recreate") : nil,
        // Half an hour more than the startup probe, for scheduling and for pulling a large image.
        progressDeadlineSeconds: startupSeconds + 1_800))
  }

  /// The pod that would be made for a request, for what the scheduler looks at: without the command.
  static func podSpec(of request: CreateRequest) -> K8s.PodSpec {
    var request = request
    request.command = []
    let specification = ModelSpecification(
      request: request, organization: "", createdBy: nil, now: Date(timeIntervalSince1970: 0))
    return ModelManifests(specification: specification).podSpec
  }

  private var podSpec: K8s.PodSpec {
    var spec = K8s.PodSpec(containers: [container])
    spec.automountServiceAccountToken = false
    // The variables of all Services of the namespace: a Service named `vllm` would set VLLM_PORT.
    spec.enableServiceLinks = false
    spec.volumes = volumes
    if request.resolvedGPUCount > 0 {
      spec.tolerations = [
        K8s.Toleration(key: GPUResource.nvidia, operator: "Exists", effect: "NoSchedule")
      ]
    }
    return spec
  }

  private var container: K8s.Container {
    var container = K8s.Container(name: ModelKeys.containerName)
    container.image = request.image
    container.imagePullPolicy = CreateRequest.Defaults.imagePullPolicy
    container.command = request.command
    container.ports = [K8s.ContainerPort(name: nil, containerPort: port)]
    container.resources = resources
    container.volumeMounts = mounts
    let delay = request.resolvedInitialDelaySeconds
    container.startupProbe = probe(
      delay: nil, period: 10, timeout: 5, failures: (startupSeconds + 9) / 10)
    container.readinessProbe = probe(delay: delay, period: 10, timeout: 5, failures: 3)
    // Slow to kill: an overloaded engine answers late, and loading again takes minutes.
    container.livenessProbe = probe(delay: delay, period: 30, timeout: 10, failures: 6)
    if let secret = tokenSource {
      container.env = [
        K8s.EnvVar(
          name: "HF_TOKEN",
          valueFrom: .init(secretKeyRef: .init(name: secret.name, key: secret.key)))
      ]
    }
    return container
  }

  /// Where the pods read the token: from the Secret of the model, or from one that was named.
  private var tokenSource: TokenSecret? {
    specification.hasToken
      ? TokenSecret(name: ModelKeys.tokenSecretName(of: name)) : request.tokenSecret
  }

  private func probe(delay: Int?, period: Int, timeout: Int, failures: Int) -> K8s.Probe {
    K8s.Probe(
      httpGet: K8s.Probe.HTTPGet(path: "/health", port: .int(port)), initialDelaySeconds: delay,
      periodSeconds: period, timeoutSeconds: timeout, failureThreshold: failures)
  }

  private var resources: K8s.ResourceRequirements {
    let defaults = CreateRequest.Defaults.self
    var requests: [String: Quantity] = [:]
    requests["cpu"] = Quantity(defaults.cpuRequest)
    requests["memory"] = Quantity(defaults.memoryRequest)
    guard request.resolvedGPUCount > 0 else { return K8s.ResourceRequirements(requests: requests) }
    let gpus = Quantity(request.resolvedGPUCount)
    requests[GPUResource.nvidia] = gpus
    return K8s.ResourceRequirements(requests: requests, limits: [GPUResource.nvidia: gpus])
  }

  private var volumes: [K8s.Volume] {
    // Tensor parallelism shares memory between its processes; the runtime's default is 64 MiB.
    let shared = K8s.Volume(name: "shm", emptyDir: .init(medium: "Memory"))
    guard hasVolume else { return [shared] }
    let claim = K8s.Volume(
      name: "hf-cache",
      persistentVolumeClaim: .init(claimName: ModelKeys.claimName(of: name)))
    return [claim, shared]
  }

  private var mounts: [K8s.VolumeMount] {
    let shared = K8s.VolumeMount(name: "shm", mountPath: "/dev/shm")
    guard hasVolume else { return [shared] }
    return [
      K8s.VolumeMount(
        name: "hf-cache", mountPath: "/root/.cache/huggingface/hub", subPath: "hf-hub"),
      K8s.VolumeMount(
        name: "hf-cache", mountPath: "/root/.cache/vllm/torch_compile_cache",
        subPath: "vllm-compile"),
      shared,
    ]
  }
}
