extension K8s {
  /// What runs in a pod, and where it may.
  package struct PodSpec: Codable, Sendable, Equatable {
    package var containers: [Container]
    /// Run one after the other before the others start; sidecars among them go on.
    package var initContainers: [Container]?
    package var volumes: [Volume]?
    package var tolerations: [Toleration]?
    /// The labels that a node must have.
    package var nodeSelector: [String: String]?
    /// The node that it was placed on; `nil` until then.
    package var nodeName: String?
    /// `Always`, `OnFailure` or `Never`; `nil` means `Always`.
    package var restartPolicy: String?
    /// `nil` means `default-scheduler`.
    package var schedulerName: String?
    package var serviceAccountName: String?
    /// Whether containers get the service account's token; `nil` leaves it to the service account.
    package var automountServiceAccountToken: Bool?
    /// Whether containers get variables about the Services of the namespace; `nil` means yes.
    package var enableServiceLinks: Bool?
    /// How many seconds it has to end before it is killed; `nil` means 30.
    package var terminationGracePeriodSeconds: Int?

    /// A spec with these containers; the server fills in the rest.
    package init(containers: [Container]) { self.containers = containers }
  }

  /// A container of a pod.
  package struct Container: Codable, Sendable, Equatable {
    package var name: String
    package var image: String?
    /// `Always`, `IfNotPresent` or `Never`; `nil` lets the server choose by the image's tag.
    package var imagePullPolicy: String?
    /// In place of the image's entry point; `nil` takes that.
    package var command: [String]?
    /// In place of the image's own arguments; `nil` takes those.
    package var args: [String]?
    package var ports: [ContainerPort]?
    package var env: [EnvVar]?
    package var resources: ResourceRequirements?
    package var volumeMounts: [VolumeMount]?
    package var livenessProbe: Probe?
    package var readinessProbe: Probe?
    package var startupProbe: Probe?
    /// Of an init container: `Always` makes it a sidecar.
    package var restartPolicy: String?

    package init(name: String) { self.name = name }
  }

  /// A port that a container listens on.
  package struct ContainerPort: Codable, Sendable, Equatable {
    package var name: String?
    package var containerPort: Int
    /// `TCP`, `UDP` or `SCTP`; `nil` means TCP.
    package var `protocol`: String?

    package init(name: String?, containerPort: Int, `protocol`: String? = "TCP") {
      self.name = name
      self.containerPort = containerPort
      self.`protocol` = `protocol`
    }
  }

  /// A variable of a container's environment: with a value, or with one that is kept elsewhere.
  package struct EnvVar: Codable, Sendable, Equatable {
    /// Where the value of a variable is kept; of other places than these two nothing is read.
    package struct Source: Codable, Sendable, Equatable {
      /// A key of a Secret or a ConfigMap of the pod's namespace.
      package struct KeySelector: Codable, Sendable, Equatable {
        package var name: String?
        package var key: String
        /// Whether the container starts without it as well; `nil` means no.
        package var optional: Bool?

        package init(name: String, key: String, optional: Bool? = nil) {
          self.name = name
          self.key = key
          self.optional = optional
        }
      }
      package var secretKeyRef: KeySelector?
      package var configMapKeyRef: KeySelector?

      package init(secretKeyRef: KeySelector) { self.secretKeyRef = secretKeyRef }
    }
    package var name: String
    package var value: String?
    package var valueFrom: Source?

    package init(name: String, value: String? = nil, valueFrom: Source? = nil) {
      self.name = name
      self.value = value
      self.valueFrom = valueFrom
    }
  }

  /// How much a container or a claim gets, by resource: `cpu` in cores, `memory` and `storage` in bytes.
  package struct ResourceRequirements: Codable, Sendable, Equatable {
    /// What it is sure to get; of a container `nil` means its limits.
    package var requests: [String: Quantity]?
    /// What it may use at most; `nil` means no limit.
    package var limits: [String: Quantity]?

    package init(requests: [String: Quantity]? = nil, limits: [String: Quantity]? = nil) {
      self.requests = requests
      self.limits = limits
    }
  }

  /// A volume of the pod, as a container sees it.
  package struct VolumeMount: Codable, Sendable, Equatable {
    /// The volume's name in the pod.
    package var name: String
    package var mountPath: String
    /// The folder in the volume; `nil` means all of it.
    package var subPath: String?
    package var readOnly: Bool?

    package init(name: String, mountPath: String, subPath: String? = nil) {
      self.name = name
      self.mountPath = mountPath
      self.subPath = subPath
    }
  }

  /// Storage that the containers of a pod share; of another source than these two only the name is read.
  package struct Volume: Codable, Sendable, Equatable {
    /// Storage that lives as long as the pod.
    package struct EmptyDir: Codable, Sendable, Equatable {
      /// `Memory` for a file system in memory; `nil` or empty for the node's disk.
      package var medium: String?
      /// The most that it holds, in bytes; `nil` means no limit.
      package var sizeLimit: Quantity?

      package init(medium: String? = nil, sizeLimit: Quantity? = nil) {
        self.medium = medium
        self.sizeLimit = sizeLimit
      }
    }
    /// Storage of a PersistentVolumeClaim of the pod's namespace.
    package struct Claim: Codable, Sendable, Equatable {
      package var claimName: String
      package init(claimName: String) { self.claimName = claimName }
    }
    package var name: String
    package var emptyDir: EmptyDir?
    package var persistentVolumeClaim: Claim?

    package init(name: String, emptyDir: EmptyDir? = nil, persistentVolumeClaim: Claim? = nil) {
      self.name = name
      self.emptyDir = emptyDir
      self.persistentVolumeClaim = persistentVolumeClaim
    }
  }

  /// A taint that the pod does not mind.
  package struct Toleration: Codable, Sendable, Equatable {
    /// `nil` with `Exists` means every taint.
    package var key: String?
    /// `Exists` or `Equal`; `nil` means `Equal`.
    package var `operator`: String?
    package var value: String?
    /// The effect that is tolerated; `nil` means all of them.
    package var effect: String?

    package init(key: String?, operator: String?, value: String? = nil, effect: String? = nil) {
      self.key = key
      self.operator = `operator`
      self.value = value
      self.effect = effect
    }
  }

  /// How a container is asked whether it is well. Of probes by other means than HTTP only the times are read.
  package struct Probe: Codable, Sendable, Equatable {
    /// A request that must be answered with 200...399.
    package struct HTTPGet: Codable, Sendable, Equatable {
      package var path: String?
      package var port: IntOrString
      /// `HTTP` or `HTTPS`; `nil` means HTTP.
      package var scheme: String?

      package init(path: String, port: IntOrString) {
        self.path = path
        self.port = port
      }
    }
    package var httpGet: HTTPGet?
    /// Seconds from the container's start; `nil` means 0.
    package var initialDelaySeconds: Int?
    /// Seconds from one to the next; `nil` means 10.
    package var periodSeconds: Int?
    /// Seconds that an answer may take; `nil` means 1.
    package var timeoutSeconds: Int?
    /// Failures in a row until it counts as not well; `nil` means 3.
    package var failureThreshold: Int?
    /// Successes in a row until it counts as well again; `nil` means 1.
    package var successThreshold: Int?

    package init(
      httpGet: HTTPGet?, initialDelaySeconds: Int? = nil, periodSeconds: Int? = nil,
      timeoutSeconds: Int? = nil, failureThreshold: Int? = nil
    ) {
      self.httpGet = httpGet
      self.initialDelaySeconds = initialDelaySeconds
      self.periodSeconds = periodSeconds
      self.timeoutSeconds = timeoutSeconds
      self.failureThreshold = failureThreshold
    }
  }
}
