extension K8s {
  package struct PodSpec: Codable, Sendable, Equatable {
    package var containers: [Container]
    package var initContainers: [Container]?
    package var volumes: [Volume]?
    package var tolerations: [Toleration]?
    package var nodeSelector: [String: String]?
    package var nodeName: String?
    package var restartPolicy: String?
    package var schedulerName: String?
    package var serviceAccountName: String?
    package var automountServiceAccountToken: Bool?
    package var enableServiceLinks: Bool?
    package var terminationGracePeriodSeconds: Int?

    package init(containers: [Container]) { self.containers = containers }
  }

  package struct Container: Codable, Sendable, Equatable {
    package var name: String
    package var image: String?
    package var imagePullPolicy: String?
    package var command: [String]?
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

  package struct ContainerPort: Codable, Sendable, Equatable {
    package var name: String?
    package var containerPort: Int
    package var `protocol`: String?

    package init(name: String?, containerPort: Int, `protocol`: String? = "TCP") {
      self.name = name
      self.containerPort = containerPort
      self.`protocol` = `protocol`
    }
  }

  package struct EnvVar: Codable, Sendable, Equatable {
    package struct Source: Codable, Sendable, Equatable {
      package struct KeySelector: Codable, Sendable, Equatable {
        package var name: String?
        package var key: String
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

  package struct ResourceRequirements: Codable, Sendable, Equatable {
    package var requests: [String: Quantity]?
    package var limits: [String: Quantity]?

    package init(requests: [String: Quantity]? = nil, limits: [String: Quantity]? = nil) {
      self.requests = requests
      self.limits = limits
    }
  }

  package struct VolumeMount: Codable, Sendable, Equatable {
    package var name: String
    package var mountPath: String
    package var subPath: String?
    package var readOnly: Bool?

    package init(name: String, mountPath: String, subPath: String? = nil) {
      self.name = name
      self.mountPath = mountPath
      self.subPath = subPath
    }
  }

  package struct Volume: Codable, Sendable, Equatable {
    package struct EmptyDir: Codable, Sendable, Equatable {
      package var medium: String?
      package var sizeLimit: Quantity?

      package init(medium: String? = nil, sizeLimit: Quantity? = nil) {
        self.medium = medium
        self.sizeLimit = sizeLimit
      }
    }
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

  package struct Toleration: Codable, Sendable, Equatable {
    package var key: String?
    package var `operator`: String?
    package var value: String?
    package var effect: String?

    package init(key: String?, operator: String?, value: String? = nil, effect: String? = nil) {
      self.key = key
      self.operator = `operator`
      self.value = value
      self.effect = effect
    }
  }

  package struct Probe: Codable, Sendable, Equatable {
    package struct HTTPGet: Codable, Sendable, Equatable {
      package var path: String?
      package var port: IntOrString
      package var scheme: String?

      package init(path: String, port: IntOrString) {
        self.path = path
        self.port = port
      }
    }
    package var httpGet: HTTPGet?
    package var initialDelaySeconds: Int?
    package var periodSeconds: Int?
    package var timeoutSeconds: Int?
    package var failureThreshold: Int?
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
