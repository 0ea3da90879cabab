package import Kubernetes

/// One object as a cache knows it.
package enum Observed<Value: Sendable & Equatable>: Sendable, Equatable {
  /// The kind is not listed yet or may not be read: nothing is concluded from it.
  case unknown
  case absent
  case present(Value)

  package var value: Value? {
    if case .present(let value) = self { value } else { nil }
  }
}

/// An object of a kind without a type, with its metadata read.
package struct CustomObject: ReflectedObject, Encodable, Equatable {
  package var metadata: K8s.ObjectMeta
  package var spec: JSONValue?

  package init(metadata: K8s.ObjectMeta, spec: JSONValue? = nil) {
    self.metadata = metadata
    self.spec = spec
  }

  package init(scanning scanner: inout JSONScanner) throws {
    var spec: JSONValue?
    metadata = try scanner.resource { scanner, key in
      switch key {
      case "spec": spec = try scanner.json()
      default: try scanner.skip()
      }
    }
    self.spec = spec
  }
}

/// All that the planner looks at: a Deployment and the objects that have the names of its children.
package struct ObservedModel: Sendable, Equatable {
  package var deployment: K8s.Deployment
  package var service: Observed<K8s.Service>
  package var claim: Observed<K8s.PersistentVolumeClaim>
  package var serviceMonitor: Observed<CustomObject>
  package var secret: Observed<K8s.PartialObjectMetadata>
  /// Whether the server has ServiceMonitors at all.
  package var servesServiceMonitors: Bool

  package init(deployment: K8s.Deployment) {
    self.deployment = deployment
    service = .unknown
    claim = .unknown
    serviceMonitor = .unknown
    secret = .unknown
    servesServiceMonitors = false
  }

  package var id: ModelID {
    ModelID(
      namespace: deployment.metadata.namespace ?? "", name: deployment.metadata.name ?? "")
  }
}
