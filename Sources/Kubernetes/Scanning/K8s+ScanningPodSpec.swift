internal import FoundationEssentials

extension K8s.PodSpec {
  /// Reads it where the scanner is. Throws ``ScanError`` where there are no `containers`.
  package init(scanning scanner: inout JSONScanner) throws {
    var containers: [K8s.Container]?
    var spec = K8s.PodSpec(containers: [])
    try scanner.members { scanner, key in
      switch key {
      case "containers": containers = try scanner.array { try $0.object(K8s.Container.init) }
      case "initContainers":
        spec.initContainers = try scanner.array { try $0.object(K8s.Container.init) }
      case "volumes": spec.volumes = try scanner.array { try $0.object(K8s.Volume.init) }
      case "tolerations":
        spec.tolerations = try scanner.array { try $0.object(K8s.Toleration.init) }
      case "nodeSelector": spec.nodeSelector = try scanner.stringDictionary()
      case "nodeName": spec.nodeName = try scanner.string()
      case "restartPolicy": spec.restartPolicy = try scanner.string()
      case "schedulerName": spec.schedulerName = try scanner.string()
      case "serviceAccountName": spec.serviceAccountName = try scanner.string()
      case "automountServiceAccountToken":
        spec.automountServiceAccountToken = try scanner.bool()
      case "enableServiceLinks": spec.enableServiceLinks = try scanner.bool()
      case "terminationGracePeriodSeconds":
        spec.terminationGracePeriodSeconds = try scanner.int()
      default: try scanner.skip()
      }
    }
    guard let containers else { throw scanner.shapeError("a pod has containers") }
    spec.containers = containers
    self = spec
  }
}

extension K8s.Container {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var name: String?
    var container = K8s.Container(name: "")
    try scanner.members { scanner, key in
      switch key {
      case "name": name = try scanner.string()
      case "image": container.image = try scanner.string()
      case "imagePullPolicy": container.imagePullPolicy = try scanner.string()
      case "command": container.command = try scanner.stringArray()
      case "args": container.args = try scanner.stringArray()
      case "ports": container.ports = try scanner.array { try $0.object(K8s.ContainerPort.init) }
      case "env": container.env = try scanner.array { try $0.object(K8s.EnvVar.init) }
      case "resources":
        container.resources = try scanner.object(K8s.ResourceRequirements.init)
      case "volumeMounts":
        container.volumeMounts = try scanner.array { try $0.object(K8s.VolumeMount.init) }
      case "livenessProbe": container.livenessProbe = try scanner.object(K8s.Probe.init)
      case "readinessProbe": container.readinessProbe = try scanner.object(K8s.Probe.init)
      case "startupProbe": container.startupProbe = try scanner.object(K8s.Probe.init)
      case "restartPolicy": container.restartPolicy = try scanner.string()
      default: try scanner.skip()
      }
    }
    guard let name else { throw scanner.shapeError("a container has a name") }
    container.name = name
    self = container
  }
}

extension K8s.ContainerPort {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var number: Int?
    var port = K8s.ContainerPort(name: nil, containerPort: 0, protocol: nil)
    try scanner.members { scanner, key in
      switch key {
      case "name": port.name = try scanner.string()
      case "containerPort": number = try scanner.int()
      case "protocol": port.protocol = try scanner.string()
      default: try scanner.skip()
      }
    }
    guard let number else { throw scanner.shapeError("a port has a number") }
    port.containerPort = number
    self = port
  }
}

extension K8s.EnvVar {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var (name, value, source) = (String?.none, String?.none, Source?.none)
    try scanner.members { scanner, key in
      switch key {
      case "name": name = try scanner.string()
      case "value": value = try scanner.string()
      case "valueFrom": source = try scanner.object(Source.init)
      default: try scanner.skip()
      }
    }
    guard let name else { throw scanner.shapeError("a variable has a name") }
    self.init(name: name, value: value, valueFrom: source)
  }
}

extension K8s.EnvVar.Source {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var source = K8s.EnvVar.Source(secretKeyRef: .init(name: "", key: ""))
    source.secretKeyRef = nil
    try scanner.members { scanner, key in
      switch key {
      case "secretKeyRef": source.secretKeyRef = try scanner.object(KeySelector.init)
      case "configMapKeyRef": source.configMapKeyRef = try scanner.object(KeySelector.init)
      default: try scanner.skip()
      }
    }
    self = source
  }
}

extension K8s.EnvVar.Source.KeySelector {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var selected: String?
    var selector = Self(name: "", key: "")
    selector.name = nil
    try scanner.members { scanner, key in
      switch key {
      case "name": selector.name = try scanner.string()
      case "key": selected = try scanner.string()
      case "optional": selector.optional = try scanner.bool()
      default: try scanner.skip()
      }
    }
    guard let selected else { throw scanner.shapeError("a reference has a key") }
    selector.key = selected
    self = selector
  }
}

extension K8s.ResourceRequirements {
  /// Reads it where the scanner is. Throws ``ScanError`` where what stands there is no quantity.
  package init(scanning scanner: inout JSONScanner) throws {
    var requirements = K8s.ResourceRequirements()
    try scanner.members { scanner, key in
      switch key {
      case "requests": requirements.requests = try scanner.quantities()
      case "limits": requirements.limits = try scanner.quantities()
      default: try scanner.skip()
      }
    }
    self = requirements
  }
}

extension K8s.VolumeMount {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var (name, path) = (String?.none, String?.none)
    var mount = K8s.VolumeMount(name: "", mountPath: "")
    try scanner.members { scanner, key in
      switch key {
      case "name": name = try scanner.string()
      case "mountPath": path = try scanner.string()
      case "subPath": mount.subPath = try scanner.string()
      case "readOnly": mount.readOnly = try scanner.bool()
      default: try scanner.skip()
      }
    }
    guard let name, let path else { throw scanner.shapeError("a mount has a name and a path") }
    mount.name = name
    mount.mountPath = path
    self = mount
  }
}

extension K8s.Volume {
  /// Reads it where the scanner is. Throws ``ScanError`` where it has no name.
  package init(scanning scanner: inout JSONScanner) throws {
    var name: String?
    var volume = K8s.Volume(name: "")
    try scanner.members { scanner, key in
      switch key {
      case "name": name = try scanner.string()
      case "emptyDir": volume.emptyDir = try scanner.object(EmptyDir.init)
      case "persistentVolumeClaim": volume.persistentVolumeClaim = try scanner.object(Claim.init)
      default: try scanner.skip()
      }
    }
    guard let name else { throw scanner.shapeError("a volume has a name") }
    volume.name = name
    self = volume
  }
}

extension K8s.Volume.EmptyDir {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var directory = K8s.Volume.EmptyDir()
    try scanner.members { scanner, key in
      switch key {
      case "medium": directory.medium = try scanner.string()
      case "sizeLimit": directory.sizeLimit = try scanner.quantity()
      default: try scanner.skip()
      }
    }
    self = directory
  }
}

extension K8s.Volume.Claim {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var name: String?
    try scanner.members { scanner, key in
      switch key {
      case "claimName": name = try scanner.string()
      default: try scanner.skip()
      }
    }
    guard let name else { throw scanner.shapeError("a claim has a name") }
    self.init(claimName: name)
  }
}

extension K8s.Toleration {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var toleration = K8s.Toleration(key: nil, operator: nil)
    try scanner.members { scanner, key in
      switch key {
      case "key": toleration.key = try scanner.string()
      case "operator": toleration.operator = try scanner.string()
      case "value": toleration.value = try scanner.string()
      case "effect": toleration.effect = try scanner.string()
      default: try scanner.skip()
      }
    }
    self = toleration
  }
}

extension K8s.Probe {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var probe = K8s.Probe(httpGet: nil)
    try scanner.members { scanner, key in
      switch key {
      case "httpGet": probe.httpGet = try scanner.object(HTTPGet.init)
      case "initialDelaySeconds": probe.initialDelaySeconds = try scanner.int()
      case "periodSeconds": probe.periodSeconds = try scanner.int()
      case "timeoutSeconds": probe.timeoutSeconds = try scanner.int()
      case "failureThreshold": probe.failureThreshold = try scanner.int()
      case "successThreshold": probe.successThreshold = try scanner.int()
      default: try scanner.skip()
      }
    }
    self = probe
  }
}

extension K8s.Probe.HTTPGet {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var port: IntOrString?
    var get = K8s.Probe.HTTPGet(path: "", port: .int(0))
    get.path = nil
    try scanner.members { scanner, key in
      switch key {
      case "path": get.path = try scanner.string()
      case "port": port = try scanner.intOrString()
      case "scheme": get.scheme = try scanner.string()
      default: try scanner.skip()
      }
    }
    guard let port else { throw scanner.shapeError("a probe has a port") }
    get.port = port
    self = get
  }
}
