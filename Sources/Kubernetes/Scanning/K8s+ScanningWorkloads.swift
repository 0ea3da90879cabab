internal import FoundationEssentials

// Deployments, ReplicaSets and pods, and what is said about their containers.

extension K8s.Deployment {
  package init(scanning scanner: inout JSONScanner) throws {
    var (spec, status) = (Spec?.none, Status?.none)
    let metadata = try scanner.resource { scanner, key in
      switch key {
      case "spec": spec = try scanner.object(Spec.init)
      case "status": status = try scanner.object(Status.init)
      default: try scanner.skip()
      }
    }
    self.init(metadata: metadata, spec: spec, status: status)
  }
}

extension K8s.Deployment.Spec {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var spec = K8s.Deployment.Spec()
    try scanner.members { scanner, key in
      switch key {
      case "replicas": spec.replicas = try scanner.int()
      case "selector": spec.selector = try scanner.object(K8s.LabelSelector.init)
      case "template": spec.template = try scanner.object(K8s.PodTemplate.init)
      case "strategy":
        spec.strategy = try scanner.object { scanner in
          var type: String?
          try scanner.members { scanner, key in
            if case "type" = key { type = try scanner.string() } else { try scanner.skip() }
          }
          return K8s.Deployment.Strategy(type: type)
        }
      case "progressDeadlineSeconds": spec.progressDeadlineSeconds = try scanner.int()
      case "revisionHistoryLimit": spec.revisionHistoryLimit = try scanner.int()
      case "paused": spec.paused = try scanner.bool()
      default: try scanner.skip()
      }
    }
    self = spec
  }
}

extension K8s.Deployment.Status {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var status = K8s.Deployment.Status()
    try scanner.members { scanner, key in
      switch key {
      case "observedGeneration": status.observedGeneration = try scanner.int64()
      case "replicas": status.replicas = try scanner.int()
      case "updatedReplicas": status.updatedReplicas = try scanner.int()
      case "readyReplicas": status.readyReplicas = try scanner.int()
      case "availableReplicas": status.availableReplicas = try scanner.int()
      case "unavailableReplicas": status.unavailableReplicas = try scanner.int()
      case "conditions":
        status.conditions = try scanner.array { try $0.object(K8s.Condition.init) }
      default: try scanner.skip()
      }
    }
    self = status
  }
}

extension K8s.ReplicaSet {
  /// Without the template: what a pod looks like is read from the pod.
  package init(scanning scanner: inout JSONScanner) throws {
    var (spec, status) = (Spec?.none, Status?.none)
    let metadata = try scanner.resource { scanner, key in
      switch key {
      case "spec": spec = try scanner.object(Spec.init)
      case "status": status = try scanner.object(Status.init)
      default: try scanner.skip()
      }
    }
    self.init(metadata: metadata, spec: spec, status: status)
  }
}

extension K8s.ReplicaSet.Spec {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var spec = K8s.ReplicaSet.Spec()
    try scanner.members { scanner, key in
      switch key {
      case "replicas": spec.replicas = try scanner.int()
      default: try scanner.skip()
      }
    }
    self = spec
  }
}

extension K8s.ReplicaSet.Status {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var status = K8s.ReplicaSet.Status()
    try scanner.members { scanner, key in
      switch key {
      case "replicas": status.replicas = try scanner.int()
      case "readyReplicas": status.readyReplicas = try scanner.int()
      case "availableReplicas": status.availableReplicas = try scanner.int()
      case "fullyLabeledReplicas": status.fullyLabeledReplicas = try scanner.int()
      case "observedGeneration": status.observedGeneration = try scanner.int64()
      case "conditions":
        status.conditions = try scanner.array { try $0.object(K8s.Condition.init) }
      default: try scanner.skip()
      }
    }
    self = status
  }
}

extension K8s.PodTemplate {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var template = K8s.PodTemplate()
    try scanner.members { scanner, key in
      switch key {
      case "metadata": template.metadata = try scanner.object(K8s.ObjectMeta.init)
      case "spec": template.spec = try scanner.object(K8s.PodSpec.init)
      default: try scanner.skip()
      }
    }
    self = template
  }
}

extension K8s.Pod {
  package init(scanning scanner: inout JSONScanner) throws {
    var (spec, status) = (K8s.PodSpec?.none, Status?.none)
    let metadata = try scanner.resource { scanner, key in
      switch key {
      case "spec": spec = try scanner.object(K8s.PodSpec.init)
      case "status": status = try scanner.object(Status.init)
      default: try scanner.skip()
      }
    }
    self.init(metadata: metadata, spec: spec, status: status)
  }
}

extension K8s.Pod.Status {
  /// Reads it where the scanner is. Throws ``ScanError`` where a member is of the wrong type.
  package init(scanning scanner: inout JSONScanner) throws {
    var status = K8s.Pod.Status()
    try scanner.members { scanner, key in
      switch key {
      case "phase": status.phase = try scanner.string()
      case "reason": status.reason = try scanner.string()
      case "message": status.message = try scanner.string()
      case "podIP": status.podIP = try scanner.string()
      case "startTime": status.startTime = try scanner.date()
      case "conditions":
        status.conditions = try scanner.array { try $0.object(K8s.Condition.init) }
      case "containerStatuses":
        status.containerStatuses = try scanner.array { try $0.object(K8s.ContainerStatus.init) }
      case "initContainerStatuses":
        status.initContainerStatuses = try scanner.array {
          try $0.object(K8s.ContainerStatus.init)
        }
      default: try scanner.skip()
      }
    }
    self = status
  }
}

extension K8s.ContainerStatus {
  /// Reads it where the scanner is. Throws ``ScanError`` where its name, readiness or restart count is missing.
  package init(scanning scanner: inout JSONScanner) throws {
    var (name, ready, restarts) = (String?.none, Bool?.none, Int?.none)
    var (image, started) = (String?.none, Bool?.none)
    var (state, last) = (State?.none, State?.none)
    try scanner.members { scanner, key in
      switch key {
      case "name": name = try scanner.string()
      case "image": image = try scanner.string()
      case "ready": ready = try scanner.bool()
      case "started": started = try scanner.bool()
      case "restartCount": restarts = try scanner.int()
      case "state": state = try scanner.object(State.init)
      case "lastState": last = try scanner.object(State.init)
      default: try scanner.skip()
      }
    }
    guard let name, let ready, let restarts else {
      throw scanner.shapeError("a container's status has a name")
    }
    self.init(
      name: name, image: image, ready: ready, started: started, restartCount: restarts,
      state: state, lastState: last)
  }
}

extension K8s.ContainerStatus.State {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var state = K8s.ContainerStatus.State()
    try scanner.members { scanner, key in
      switch key {
      case "waiting": state.waiting = try scanner.object(Waiting.init)
      case "running": state.running = try scanner.object(Running.init)
      case "terminated": state.terminated = try scanner.object(Terminated.init)
      default: try scanner.skip()
      }
    }
    self = state
  }
}

extension K8s.ContainerStatus.State.Waiting {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var waiting = Self()
    try scanner.members { scanner, key in
      switch key {
      case "reason": waiting.reason = try scanner.string()
      case "message": waiting.message = try scanner.string()
      default: try scanner.skip()
      }
    }
    self = waiting
  }
}

extension K8s.ContainerStatus.State.Running {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var running = Self()
    try scanner.members { scanner, key in
      switch key {
      case "startedAt": running.startedAt = try scanner.date()
      default: try scanner.skip()
      }
    }
    self = running
  }
}

extension K8s.ContainerStatus.State.Terminated {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var code: Int?
    var ended = Self(exitCode: 0)
    try scanner.members { scanner, key in
      switch key {
      case "exitCode": code = try scanner.int()
      case "signal": ended.signal = try scanner.int()
      case "reason": ended.reason = try scanner.string()
      case "message": ended.message = try scanner.string()
      case "startedAt": ended.startedAt = try scanner.date()
      case "finishedAt": ended.finishedAt = try scanner.date()
      default: try scanner.skip()
      }
    }
    guard let code else { throw scanner.shapeError("an end has an exit code") }
    ended.exitCode = code
    self = ended
  }
}
