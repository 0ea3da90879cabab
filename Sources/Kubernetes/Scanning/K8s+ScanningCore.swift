internal import FoundationEssentials

// MARK: - Services, claims and nodes

extension K8s.Service {
  package init(scanning scanner: inout JSONScanner) throws {
    var spec: Spec?
    let metadata = try scanner.resource { scanner, key in
      switch key {
      case "spec": spec = try scanner.object(Spec.init)
      default: try scanner.skip()
      }
    }
    self.init(metadata: metadata, spec: spec)
  }
}

extension K8s.Service.Spec {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var spec = K8s.Service.Spec()
    try scanner.members { scanner, key in
      switch key {
      case "type": spec.type = try scanner.string()
      case "clusterIP": spec.clusterIP = try scanner.string()
      case "selector": spec.selector = try scanner.stringDictionary()
      case "ports": spec.ports = try scanner.array { try $0.object(K8s.Service.Port.init) }
      default: try scanner.skip()
      }
    }
    self = spec
  }
}

extension K8s.Service.Port {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var number: Int?
    var port = K8s.Service.Port(name: nil, port: 0, targetPort: nil, protocol: nil)
    try scanner.members { scanner, key in
      switch key {
      case "name": port.name = try scanner.string()
      case "port": number = try scanner.int()
      case "targetPort": port.targetPort = try scanner.intOrString()
      case "protocol": port.protocol = try scanner.string()
      default: try scanner.skip()
      }
    }
    guard let number else { throw scanner.shapeError("a port has a number") }
    port.port = number
    self = port
  }
}

extension K8s.PersistentVolumeClaim {
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

extension K8s.PersistentVolumeClaim.Spec {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var spec = K8s.PersistentVolumeClaim.Spec()
    try scanner.members { scanner, key in
      switch key {
      case "accessModes": spec.accessModes = try scanner.stringArray()
      case "resources": spec.resources = try scanner.object(K8s.ResourceRequirements.init)
      case "storageClassName": spec.storageClassName = try scanner.string()
      case "volumeName": spec.volumeName = try scanner.uniqueString()
      default: try scanner.skip()
      }
    }
    self = spec
  }
}

extension K8s.PersistentVolumeClaim.Status {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var status = K8s.PersistentVolumeClaim.Status()
    try scanner.members { scanner, key in
      switch key {
      case "phase": status.phase = try scanner.string()
      case "capacity": status.capacity = try scanner.quantities()
      default: try scanner.skip()
      }
    }
    self = status
  }
}

extension K8s.Node {
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

extension K8s.Node.Spec {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var spec = K8s.Node.Spec()
    try scanner.members { scanner, key in
      switch key {
      case "unschedulable": spec.unschedulable = try scanner.bool()
      case "taints": spec.taints = try scanner.array { try $0.object(K8s.Node.Taint.init) }
      default: try scanner.skip()
      }
    }
    self = spec
  }
}

extension K8s.Node.Taint {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var (name, value, effect) = (String?.none, String?.none, String?.none)
    try scanner.members { scanner, key in
      switch key {
      case "key": name = try scanner.string()
      case "value": value = try scanner.string()
      case "effect": effect = try scanner.string()
      default: try scanner.skip()
      }
    }
    guard let name, let effect else { throw scanner.shapeError("a taint has a key and an effect") }
    self.init(key: name, value: value, effect: effect)
  }
}

extension K8s.Node.Status {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var status = K8s.Node.Status()
    try scanner.members { scanner, key in
      switch key {
      case "capacity": status.capacity = try scanner.quantities()
      case "allocatable": status.allocatable = try scanner.quantities()
      case "conditions":
        status.conditions = try scanner.array { try $0.object(K8s.Condition.init) }
      default: try scanner.skip()
      }
    }
    self = status
  }
}
