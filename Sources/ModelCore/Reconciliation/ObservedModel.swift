package import Kubernetes

/// One object as a cache knows it.
package enum Observed<Value: Sendable & Equatable>: Sendable, Equatable {
  /// The kind is not listed yet or may not be read: nothing is concluded from it.
  case unknown
  case absent
  case present(Value)

  /// The object; `nil` also where it is not known whether there is one.
  package var value: Value? {
    if case .present(let value) = self { value } else { nil }
  }
}

/// An object of a kind without a type, with its metadata read.
package struct CustomObject: ReflectedObject, Encodable, Equatable {
  /// Its name, labels, owners and version.
  package var metadata: K8s.ObjectMeta
  /// `nil` where the object has none.
  package var spec: JSONValue?

  /// For objects that are made here, as in tests.
  package init(metadata: K8s.ObjectMeta, spec: JSONValue? = nil) {
    self.metadata = metadata
    self.spec = spec
  }

  /// Reads one object of a list or a watch, and of it these two members. Throws where it is no JSON object.
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
  /// What the children should be is in its annotations.
  package var deployment: K8s.Deployment
  /// The Service of the model's name.
  package var service: Observed<K8s.Service>
  /// The PersistentVolumeClaim for the weights.
  package var claim: Observed<K8s.PersistentVolumeClaim>
  /// The ServiceMonitor of the model's name.
  package var serviceMonitor: Observed<CustomObject>
  /// The Secret with the token, without what is in it.
  package var secret: Observed<K8s.PartialObjectMetadata>
  /// Whether the server has ServiceMonitors at all.
  package var servesServiceMonitors: Bool

  /// Of the children nothing is known.
  package init(deployment: K8s.Deployment) {
    self.deployment = deployment
    service = .unknown
    claim = .unknown
    serviceMonitor = .unknown
    secret = .unknown
    servesServiceMonitors = false
  }

  /// Of the Deployment.
  package var id: ModelID {
    ModelID(
      namespace: deployment.metadata.namespace ?? "", name: deployment.metadata.name ?? "")
  }
}
