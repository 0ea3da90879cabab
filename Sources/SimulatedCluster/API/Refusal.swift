internal import Kubernetes

/// What the API server refuses: the `Status` object that it answers with.
struct Refusal: Error, Sendable, Equatable {
  var code: Int
  var reason: String
  var message: String
  var details: JSONValue?
  var metadata: JSONValue = [:]

  /// The `Status` as it goes over the wire.
  var json: JSONValue {
    var status: JSONValue = [
      "kind": "Status", "apiVersion": "v1", "metadata": metadata, "status": "Failure",
      "message": .string(message), "code": .integer(Int64(code)),
    ]
    if !reason.isEmpty { status["reason"] = .string(reason) }
    if let details { status["details"] = details }
    return status
  }
}

// The texts are those of the real API server, because clients show them and some compare them.
extension Refusal {
  static func notFound(_ resource: ResourceDefinition, _ name: String) -> Refusal {
    Refusal(
      code: 404, reason: "NotFound", message: "\(resource.qualifiedPlural) \"\(name)\" not found",
      details: resource.details(name))
  }

  static func alreadyExists(_ resource: ResourceDefinition, _ name: String) -> Refusal {
    Refusal(
      code: 409, reason: "AlreadyExists",
      message: "\(resource.qualifiedPlural) \"\(name)\" already exists",
      details: resource.details(name))
  }

  static func conflict(
    _ resource: ResourceDefinition, _ name: String, _ why: String
  ) -> Refusal {
    Refusal(
      code: 409, reason: "Conflict",
      message:
        "Operation cannot be fulfilled on \(resource.qualifiedPlural) \"\(name)\": \(why)",
      details: resource.details(name))
  }

  /// An update that names a resource version which is no longer current.
  static func modified(_ resource: ResourceDefinition, _ name: String) -> Refusal {
    conflict(
      resource, name,
      "the object has been modified; please apply your changes to the latest version and try again")
  }

  /// A deletion whose precondition does not hold; the one error that names the kind and not its plural.
  static func precondition(
    _ resource: ResourceDefinition, _ name: String, _ why: String
  ) -> Refusal {
    var details = resource.details(name)
    details["kind"] = .string(resource.kind.kind)
    return Refusal(
      code: 409, reason: "Conflict",
      message: "Operation cannot be fulfilled on \(resource.qualifiedKind) \"\(name)\": \(why)",
      details: details)
  }

  /// 422: what is wrong with the options of a request, which are objects of their own.
  static func invalidOptions(_ kind: String, _ error: FieldError) -> Refusal {
    .invalid(
      ResourceDefinition(
        kind: ResourceKind(group: "meta.k8s.io", version: "v1", kind: kind, plural: kind),
        singular: kind), "", [error])
  }

  static func forbidden(
    _ resource: ResourceDefinition, _ name: String, _ why: String
  ) -> Refusal {
    Refusal(
      code: 403, reason: "Forbidden",
      message: "\(resource.qualifiedPlural) \"\(name)\" is forbidden: \(why)",
      details: resource.details(name))
  }

  static func badRequest(_ message: String) -> Refusal {
    Refusal(code: 400, reason: "BadRequest", message: message)
  }

  static func expired(_ message: String) -> Refusal {
    Refusal(code: 410, reason: "Expired", message: message)
  }

  /// A path that no resource is served at.
  static let noSuchResource = Refusal(
    code: 404, reason: "NotFound", message: "the server could not find the requested resource",
    details: [:])

  static let unauthorized = Refusal(
    code: 401, reason: "Unauthorized", message: "Unauthorized")

  static let methodNotAllowed = Refusal(
    code: 405, reason: "MethodNotAllowed",
    message: "the server does not allow this method on the requested resource", details: [:])

  static func unsupportedMediaType(accepted: [String]) -> Refusal {
    Refusal(
      code: 415, reason: "UnsupportedMediaType",
      message: "the body of the request was in an unknown format - accepted media types include: "
        + accepted.joined(separator: ", "))
  }

  /// A list at a revision that is yet to come.
  static func tooLargeResourceVersion(_ wanted: Int64, current: Int64) -> Refusal {
    Refusal(
      code: 504, reason: "Timeout",
      message: "Timeout: Too large resource version: \(wanted), current: \(current)",
      details: [
        "retryAfterSeconds": 1,
        "causes": [["reason": "ResourceVersionTooLarge", "message": "Too large resource version"]],
      ])
  }
}
