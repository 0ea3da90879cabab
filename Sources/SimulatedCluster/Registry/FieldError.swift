internal import Kubernetes

/// One thing that is wrong with an object, in the words of the API server.
struct FieldError: Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    case required
    case invalid
    case duplicate
    case forbidden
    case notSupported([String])
    case tooLong
    case typeInvalid
    case notFound
  }

  var kind: Kind
  var field: String
  /// The value as the server prints it, e.g. `-1` or `"a b"`.
  var value: String
  var detail: String

  static func required(_ field: String, _ detail: String = "") -> FieldError {
    FieldError(kind: .required, field: field, value: "", detail: detail)
  }

  static func invalid(_ field: String, _ value: JSONValue?, _ detail: String) -> FieldError {
    FieldError(kind: .invalid, field: field, value: (value ?? .null).goText, detail: detail)
  }

  /// An invalid value that the server prints in Go's notation.
  static func invalid(_ field: String, goValue: String, _ detail: String) -> FieldError {
    FieldError(kind: .invalid, field: field, value: goValue, detail: detail)
  }

  static func duplicate(_ field: String, _ value: String) -> FieldError {
    FieldError(kind: .duplicate, field: field, value: "\"\(value)\"", detail: "")
  }

  static func forbidden(_ field: String, _ detail: String) -> FieldError {
    FieldError(kind: .forbidden, field: field, value: "", detail: detail)
  }

  static func notSupported(
    _ field: String, _ value: String, _ supported: [String]
  ) -> FieldError {
    FieldError(kind: .notSupported(supported), field: field, value: "\"\(value)\"", detail: "")
  }

  /// The text after the field's name.
  var text: String {
    let end = detail.isEmpty ? "" : ": \(detail)"
    switch kind {
    case .required: return "Required value\(end)"
    case .forbidden: return "Forbidden\(end)"
    case .invalid: return "Invalid value: \(value)\(end)"
    case .typeInvalid: return "Invalid value: \(value)\(end)"
    case .notFound: return "Not found: \(value)\(end)"
    case .duplicate: return "Duplicate value: \(value)\(end)"
    case .tooLong: return "Too long\(end)"
    case .notSupported(let values):
      return "Unsupported value: \(value): supported values: "
        + values.map { "\"\($0)\"" }.joined(separator: ", ")
    }
  }

  var reason: String {
    switch kind {
    case .required: "FieldValueRequired"
    case .forbidden: "FieldValueForbidden"
    case .invalid: "FieldValueInvalid"
    case .duplicate: "FieldValueDuplicate"
    case .notSupported: "FieldValueNotSupported"
    case .tooLong: "FieldValueTooLong"
    case .typeInvalid: "FieldValueTypeInvalid"
    case .notFound: "FieldValueNotFound"
    }
  }
}

extension Refusal {
  /// 422: what is wrong with an object, all of it.
  static func invalid(
    _ resource: ResourceDefinition, _ name: String, _ errors: [FieldError]
  ) -> Refusal {
    let texts = errors.map { "\($0.field): \($0.text)" }
    let text = texts.count == 1 ? texts[0] : "[" + texts.joined(separator: ", ") + "]"
    var details = resource.details(name)
    details["kind"] = .string(resource.kind.kind)
    details["causes"] = .array(
      errors.map {
        [
          "reason": .string($0.reason), "message": .string($0.text), "field": .string($0.field),
        ]
      })
    return Refusal(
      code: 422, reason: "Invalid",
      message: "\(resource.qualifiedKind) \"\(name)\" is invalid: \(text)", details: details)
  }
}
