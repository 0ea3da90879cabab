internal import Kubernetes

/// What the server refuses in the resources of a container or a claim.
enum ResourceValidation {
  static func validate(_ resources: JSONValue?, field: String) -> [FieldError] {
    guard let resources else { return [] }
    let limits = resources["limits"]?.objectValue ?? [:]
    let requests = resources["requests"]?.objectValue ?? [:]
    var errors = validate(limits, field: "\(field).limits")
    for (name, request) in requests.sorted(by: { $0.key < $1.key }) {
      let place = "\(field).requests"
      errors += validate([name: request], field: place)
      guard let asked = request.text.flatMap({ Quantity($0) }) else { continue }
      let isExtended = isExtended(name)
      guard let limit = limits[name]?.text.flatMap({ Quantity($0) }) else {
        if isExtended {
          errors.append(
            .required("\(field).limits", "Limit must be set for non overcommitable resources"))
        }
        continue
      }
      if isExtended, asked != limit {
        errors.append(
          .invalid(place, .string(asked.text), "must be equal to \(name) limit"))
      } else if asked > limit {
        errors.append(
          .invalid(place, .string(asked.text), "must be less than or equal to \(name) limit"))
      }
    }
    return errors
  }

  private static func validate(_ values: [String: JSONValue], field: String) -> [FieldError] {
    var errors: [FieldError] = []
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      let place = "\(field)[\(name)]"
      let found = PodTemplateValidation.quantity(value, field: place)
      errors += found
      guard found.isEmpty else { continue }
      if isExtended(name), let quantity = value.text.flatMap({ Quantity($0) }),
        quantity.nanos % 1_000_000_000 != 0
      {
        errors.append(.invalid(place, value, "must be an integer"))
      }
      if !name.contains("/"), !isStandard(name) {
        errors.append(
          .invalid(
            place, .string(name), "must be a standard resource type or fully qualified"))
        errors.append(
          .invalid(place, .string(name), "must be a standard resource for containers"))
      }
    }
    return errors
  }

  private static func isStandard(_ name: String) -> Bool {
    ["cpu", "memory", "ephemeral-storage"].contains(name) || name.hasPrefix("hugepages-")
  }

  /// Resources of device plugins such as `nvidia.com/gpu`: whole numbers, requests equal limits.
  static func isExtended(_ name: String) -> Bool {
    name.contains("/") && !name.hasPrefix("kubernetes.io/")
      && !name.contains(".kubernetes.io/")
  }
}
