package import FoundationEssentials

extension K8s {
  /// Which objects are meant, by their labels: all that it says must hold.
  package struct LabelSelector: Codable, Sendable, Equatable {
    /// A condition on one label.
    package struct Requirement: Codable, Sendable, Equatable {
      package var key: String
      /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
      package var `operator`: String
      /// What `In` and `NotIn` compare with; `nil` for the others.
      package var values: [String]?
    }

    package var matchLabels: [String: String]?
    package var matchExpressions: [Requirement]?

    package init(matchLabels: [String: String]? = nil, matchExpressions: [Requirement]? = nil) {
      self.matchLabels = matchLabels
      self.matchExpressions = matchExpressions
    }
  }

  /// A number of pods of one template, and how changes of it are rolled out.
  package struct Deployment: Resource {
    package static let resourceKind = ResourceKind(
      group: "apps", version: "v1", kind: "Deployment", plural: "deployments")

    /// How old pods give way to new ones.
    package struct Strategy: Codable, Sendable, Equatable {
      /// `RollingUpdate` or `Recreate`; `nil` means `RollingUpdate`.
      package var type: String?
      package init(type: String?) { self.type = type }
    }

    /// What is wanted.
    package struct Spec: Codable, Sendable, Equatable {
      /// `nil` means 1.
      package var replicas: Int?
      package var selector: LabelSelector?
      package var template: PodTemplate?
      package var strategy: Strategy?
      /// How many seconds a rollout may make no progress before it is reported as failed; `nil` means 600.
      package var progressDeadlineSeconds: Int?
      /// Old ReplicaSets that are kept; `nil` means 10.
      package var revisionHistoryLimit: Int?
      /// Whether changes of the template wait; `nil` means no.
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

    /// What is there. The server leaves out counts that are 0.
    package struct Status: Codable, Sendable, Equatable {
      /// The `generation` that this is about: less than the metadata's, the controller has not seen the last change.
      package var observedGeneration: Int64?
      package var replicas: Int?
      /// Pods of the newest template.
      package var updatedReplicas: Int?
      package var readyReplicas: Int?
      /// Pods that have been ready for `minReadySeconds`.
      package var availableReplicas: Int?
      /// Pods that are missing or not available yet.
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

  /// A number of pods of one version of a Deployment's template.
  package struct ReplicaSet: Resource {
    package static let resourceKind = ResourceKind(
      group: "apps", version: "v1", kind: "ReplicaSet", plural: "replicasets")

    /// What is wanted.
    package struct Spec: Codable, Sendable, Equatable {
      /// `nil` means 1.
      package var replicas: Int?
      package var selector: LabelSelector?
      package var template: PodTemplate?
      package init() {}
    }

    /// What is there.
    package struct Status: Codable, Sendable, Equatable {
      package var replicas: Int?
      package var readyReplicas: Int?
      package var availableReplicas: Int?
      /// Pods that have all labels of the template.
      package var fullyLabeledReplicas: Int?
      /// The `generation` that this is about.
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

  /// What the pods of a workload are made from.
  package struct PodTemplate: Codable, Sendable, Equatable {
    package var metadata: ObjectMeta?
    package var spec: PodSpec?

    package init(metadata: ObjectMeta? = nil, spec: PodSpec? = nil) {
      self.metadata = metadata
      self.spec = spec
    }
  }

  /// One or more containers that run together on a node.
  package struct Pod: Resource {
    package static let resourceKind = ResourceKind(
      group: "", version: "v1", kind: "Pod", plural: "pods")

    /// How the pod is doing, as the node's kubelet reports.
    package struct Status: Codable, Sendable, Equatable {
      /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
      package var phase: String?
      /// Why it is in its phase, in a word, e.g. `Evicted`.
      package var reason: String?
      package var message: String?
      package var podIP: String?
      /// When the kubelet took it on; `nil` until then.
      package var startTime: Date?
      package var conditions: [Condition]?
      /// One for each container that the kubelet knows; `nil` until it has looked.
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

  /// How a container of a pod is doing.
  package struct ContainerStatus: Codable, Sendable, Equatable {
    /// What it does: one of the three, or none where nothing is known.
    package struct State: Codable, Sendable, Equatable {
      /// It does not run yet, or not again yet.
      package struct Waiting: Codable, Sendable, Equatable {
        /// A word for machines, e.g. `ImagePullBackOff` or `CrashLoopBackOff`.
        package var reason: String?
        package var message: String?
      }
      /// It runs.
      package struct Running: Codable, Sendable, Equatable {
        package var startedAt: Date?
      }
      /// It has ended.
      package struct Terminated: Codable, Sendable, Equatable {
        package var exitCode: Int
        /// The signal that ended it; `nil` where none did or it is not known.
        package var signal: Int?
        /// A word for machines, e.g. `Completed`, `Error` or `OOMKilled`.
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
    /// Whether its readiness probe, where it has one, says that it can serve.
    package var ready: Bool
    /// Whether it runs and its startup probe, where it has one, has passed; `nil` means not known.
    package var started: Bool?
    package var restartCount: Int
    package var state: State?
    /// How the run before this one ended.
    package var lastState: State?
  }
}
