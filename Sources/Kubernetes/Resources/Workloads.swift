package import FoundationEssentials

extension K8s {
  package struct LabelSelector: Codable, Sendable, Equatable {
    package struct Requirement: Codable, Sendable, Equatable {
      package var key: String
      /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
      package var `operator`: String
      package var values: [String]?
    }

    package var matchLabels: [String: String]?
    package var matchExpressions: [Requirement]?

    package init(matchLabels: [String: String]? = nil, matchExpressions: [Requirement]? = nil) {
      self.matchLabels = matchLabels
      self.matchExpressions = matchExpressions
    }
  }

  package struct Deployment: Resource {
    package static let resourceKind = ResourceKind(
      group: "apps", version: "v1", kind: "Deployment", plural: "deployments")

    package struct Strategy: Codable, Sendable, Equatable {
      package var type: String?
      package init(type: String?) { self.type = type }
    }

    package struct Spec: Codable, Sendable, Equatable {
      package var replicas: Int?
      package var selector: LabelSelector?
      package var template: PodTemplate?
      package var strategy: Strategy?
      package var progressDeadlineSeconds: Int?
      package var revisionHistoryLimit: Int?
      package var paused: Bool?

      package init(
        replicas: Int? = nil, selector: LabelSelector? = nil, template: PodTemplate? = nil,
        strategy: Strategy? = nil, progressDeadlineSeconds: Int? = nil,
        revisionHistoryLimit: Int? = nil, paused: Bool? = nil
      ) {
        self.replicas = replicas
        self.selector = selector
        self.template = template
        self.strategy = strategy
        self.progressDeadlineSeconds = progressDeadlineSeconds
        self.revisionHistoryLimit = revisionHistoryLimit
        self.paused = paused
      }
    }

    package struct Status: Codable, Sendable, Equatable {
      package var observedGeneration: Int64?
      package var replicas: Int?
      package var updatedReplicas: Int?
      package var readyReplicas: Int?
      package var availableReplicas: Int?
      package var unavailableReplicas: Int?
      package var conditions: [Condition]?

      package init() {}
    }

    package var metadata: ObjectMeta
    package var spec: Spec?
    package var status: Status?

    package init(metadata: ObjectMeta, spec: Spec? = nil, status: Status? = nil) {
      self.metadata = metadata
      self.spec = spec
      self.status = status
    }
  }

  package struct ReplicaSet: Resource {
    package static let resourceKind = ResourceKind(
      group: "apps", version: "v1", kind: "ReplicaSet", plural: "replicasets")

    package struct Spec: Codable, Sendable, Equatable {
      package var replicas: Int?
      package var selector: LabelSelector?
      package var template: PodTemplate?
      package init() {}
    }

    package struct Status: Codable, Sendable, Equatable {
      package var replicas: Int?
      package var readyReplicas: Int?
      package var availableReplicas: Int?
      package var fullyLabeledReplicas: Int?
      package var observedGeneration: Int64?
      package var conditions: [Condition]?
      package init() {}
    }

    package var metadata: ObjectMeta
    package var spec: Spec?
    package var status: Status?

    package init(metadata: ObjectMeta, spec: Spec? = nil, status: Status? = nil) {
      self.metadata = metadata
      self.spec = spec
      self.status = status
    }
  }

  package struct PodTemplate: Codable, Sendable, Equatable {
    package var metadata: ObjectMeta?
    package var spec: PodSpec?

    package init(metadata: ObjectMeta? = nil, spec: PodSpec? = nil) {
      self.metadata = metadata
      self.spec = spec
    }
  }

  package struct Pod: Resource {
    package static let resourceKind = ResourceKind(
      group: "", version: "v1", kind: "Pod", plural: "pods")

    package struct Status: Codable, Sendable, Equatable {
      /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
      package var phase: String?
      package var reason: String?
      package var message: String?
      package var podIP: String?
      package var startTime: Date?
      package var conditions: [Condition]?
      package var containerStatuses: [ContainerStatus]?
      package var initContainerStatuses: [ContainerStatus]?
      package init() {}
    }

    package var metadata: ObjectMeta
    package var spec: PodSpec?
    package var status: Status?

    package init(metadata: ObjectMeta, spec: PodSpec? = nil, status: Status? = nil) {
      self.metadata = metadata
      self.spec = spec
      self.status = status
    }
  }

  package struct ContainerStatus: Codable, Sendable, Equatable {
    package struct State: Codable, Sendable, Equatable {
      package struct Waiting: Codable, Sendable, Equatable {
        package var reason: String?
        package var message: String?
      }
      package struct Running: Codable, Sendable, Equatable {
        package var startedAt: Date?
      }
      package struct Terminated: Codable, Sendable, Equatable {
        package var exitCode: Int
        package var signal: Int?
        package var reason: String?
        package var message: String?
        package var startedAt: Date?
        package var finishedAt: Date?
      }
      package var waiting: Waiting?
      package var running: Running?
      package var terminated: Terminated?
    }

    package var name: String
    package var image: String?
    package var ready: Bool
    package var started: Bool?
    package var restartCount: Int
    package var state: State?
    package var lastState: State?
  }
}
