internal import Kubernetes

/// What the server refuses in the specification of a pod.
/// Source: `kubernetes/pkg/apis/core/validation/validation.go`.
enum PodTemplateValidation {
  static func validate(_ spec: JSONValue?, field: String) -> [FieldError] {
    guard let spec else { return [.required("\(field).containers")] }
    var errors: [FieldError] = []
    let volumes = spec.items("volumes")
    errors += validateVolumes(volumes, field: "\(field).volumes")
    let containers = spec.items("containers")
    if containers.isEmpty { errors.append(.required("\(field).containers")) }
    var names: Set<String> = []
    let volumeNames = Set(volumes.map { $0.string("name") })
    for (index, container) in containers.enumerated() {
      errors += validateContainer(
        container, field: "\(field).containers[\(index)]", names: &names, volumes: volumeNames)
    }
    for (index, container) in spec.items("initContainers").enumerated() {
      errors += validateContainer(
        container, field: "\(field).initContainers[\(index)]", names: &names, volumes: volumeNames)
    }
    errors += oneOf(
      spec["restartPolicy"], ["Always", "OnFailure", "Never"], field: "\(field).restartPolicy")
    errors += MetadataRules.labels(spec["nodeSelector"], field: "\(field).nodeSelector")
    return errors
  }

  static func oneOf(_ value: JSONValue?, _ supported: [String], field: String) -> [FieldError] {
    guard let text = value?.stringValue, !supported.contains(text) else { return [] }
    return [.notSupported(field, text, supported)]
  }

  private static func validateVolumes(_ volumes: [JSONValue], field: String) -> [FieldError] {
    var errors: [FieldError] = []
    var names: Set<String> = []
    for (index, volume) in volumes.enumerated() {
      let name = volume.string("name")
      let place = "\(field)[\(index)]"
      if name.isEmpty {
        errors.append(.required("\(place).name"))
      } else {
        errors += NameRules.label(name).map { .invalid("\(place).name", .string(name), $0) }
      }
      if !names.insert(name).inserted { errors.append(.duplicate("\(place).name", name)) }
      if let claim = volume["persistentVolumeClaim"], claim.string("claimName").isEmpty {
        errors.append(.required("\(place).persistentVolumeClaim.claimName"))
      }
      errors += quantity(volume["emptyDir", "sizeLimit"], field: "\(place).emptyDir.sizeLimit")
    }
    return errors
  }

  private static func validateContainer(
    _ container: JSONValue, field: String, names: inout Set<String>, volumes: Set<String>
  ) -> [FieldError] {
    var errors: [FieldError] = []
    let name = container.string("name")
    if name.isEmpty {
      errors.append(.required("\(field).name"))
    } else {
      errors += NameRules.label(name).map { .invalid("\(field).name", .string(name), $0) }
    }
    if !name.isEmpty, !names.insert(name).inserted {
      errors.append(.duplicate("\(field).name", name))
    }
    let image = container.string("image")
    if image.isEmpty {
      errors.append(.required("\(field).image"))
    } else if image.first?.isWhitespace == true || image.last?.isWhitespace == true {
      errors.append(
        .invalid(
          "\(field).image", .string(image), "must not have leading or trailing whitespace"))
    }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
      errors += validateProbe(container[probe], field: "\(field).\(probe)")
    }
    errors += validatePorts(container.items("ports"), field: "\(field).ports")
    errors += validateVariables(container.items("env"), field: "\(field).env")
    for (index, mount) in container.items("volumeMounts").enumerated() {
      let place = "\(field).volumeMounts[\(index)]"
      let volume = mount.string("name")
      if volume.isEmpty {
        errors.append(.required("\(place).name"))
      } else if !volumes.contains(volume) {
        errors.append(
          FieldError(
            kind: .notFound, field: "\(place).name", value: "\"\(volume)\"", detail: ""))
      }
      if mount.string("mountPath").isEmpty { errors.append(.required("\(place).mountPath")) }
    }
    errors += oneOf(
      container["imagePullPolicy"], ["Always", "IfNotPresent", "Never"],
      field: "\(field).imagePullPolicy")
    errors += ResourceValidation.validate(container["resources"], field: "\(field).resources")
    return errors
  }

  private static func validatePorts(_ ports: [JSONValue], field: String) -> [FieldError] {
    var errors: [FieldError] = []
    var names: Set<String> = []
    for (index, port) in ports.enumerated() {
      let place = "\(field)[\(index)]"
      if let name = port["name"]?.stringValue, !name.isEmpty {
        errors += portName(name).map { .invalid("\(place).name", .string(name), $0) }
        if !names.insert(name).inserted { errors.append(.duplicate("\(place).name", name)) }
      }
      let number = port.integer("containerPort") ?? 0
      if number == 0 {
        errors.append(.required("\(place).containerPort"))
      } else if !(1...65535).contains(number) {
        errors.append(
          .invalid(
            "\(place).containerPort", .integer(number), "must be between 1 and 65535, inclusive"))
      }
      errors += oneOf(port["protocol"], ["SCTP", "TCP", "UDP"], field: "\(place).protocol")
    }
    return errors
  }

  static func portName(_ name: String) -> [String] {
    var errors: [String] = []
    if name.utf8.count > 15 { errors.append("must be no more than 15 characters") }
    let bytes = Array(name.utf8)
    let isLegal = bytes.allSatisfy {
      (97...122).contains($0) || (48...57).contains($0) || $0 == 45
    }
    if !isLegal {
      errors.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    }
    if !bytes.contains(where: { (97...122).contains($0) }) {
      errors.append("must contain at least one letter or number (a-z, 0-9)")
    }
    if name.contains("--") { errors.append("must not contain consecutive hyphens") }
    if bytes.first == 45 || bytes.last == 45 {
      errors.append("must not begin or end with a hyphen")
    }
    return errors
  }

  private static func validateVariables(_ variables: [JSONValue], field: String) -> [FieldError] {
    var errors: [FieldError] = []
    for (index, variable) in variables.enumerated() {
      let place = "\(field)[\(index)]"
      let name = variable.string("name")
      if name.isEmpty {
        errors.append(.required("\(place).name"))
      } else {
        errors += variableName(name).map { .invalid("\(place).name", .string(name), $0) }
      }
      if variable["valueFrom"] != nil, !variable.string("value").isEmpty {
        errors.append(
          .invalid("\(place).valueFrom", "", "may not be specified when `value` is not empty"))
      }
      if let reference = variable["valueFrom", "secretKeyRef"], reference.string("key").isEmpty {
        errors.append(.required("\(place).valueFrom.secretKeyRef.key"))
      }
    }
    return errors
  }

  private static func variableName(_ name: String) -> [String] {
    let startsWithDigit = name.utf8.first.map { (48...57).contains($0) } ?? false
    let isLegal = name.utf8.allSatisfy {
      (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0)
        || [45, 46, 95].contains($0)
    }
    guard !isLegal || startsWithDigit else { return [] }
    return [
      "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', "
        + "or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or "
        + "'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')"
    ]
  }

  private static func validateProbe(_ probe: JSONValue?, field: String) -> [FieldError] {
    guard let probe else { return [] }
    var errors: [FieldError] = []
    if !["httpGet", "exec", "tcpSocket", "grpc"].contains(where: { probe[$0] != nil }) {
      errors.append(.required(field, "must specify a handler type"))
    }
    for name in [
      "initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold",
      "failureThreshold",
    ] {
      if let value = probe.integer(name), value < 0 {
        errors.append(.notNegative("\(field).\(name)", value))
      }
    }
    if let get = probe["httpGet"] {
      if get.string("path").isEmpty { errors.append(.required("\(field).httpGet.path")) }
      // Without a port the server reads 0.
      if let port = get["port"] == nil || get["port"] == .null ? 0 : get.integer("port"),
        !(1...65535).contains(port)
      {
        errors.append(
          .invalid(
            "\(field).httpGet.port", .integer(port), "must be between 1 and 65535, inclusive"))
      }
    }
    return errors
  }

  static func quantity(_ value: JSONValue?, field: String) -> [FieldError] {
    guard let text = value?.text else { return [] }
    guard let quantity = Quantity(text) else {
      return [.invalid(field, .string(text), Quantity.grammarText)]
    }
    return quantity.nanos < 0 ? [.notNegative(field, text)] : []
  }
}

extension FieldError {
  static func notNegative(_ field: String, _ value: Int64) -> FieldError {
    .invalid(field, .integer(value), "must be greater than or equal to 0")
  }

  static func notNegative(_ field: String, _ value: String) -> FieldError {
    .invalid(field, .string(value), "must be greater than or equal to 0")
  }
}

extension Quantity {
  static let grammarText =
    "quantities must match the regular expression "
    + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
}
