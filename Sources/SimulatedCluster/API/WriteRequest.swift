internal import Kubernetes

/// How a write was asked for: the query parameters that all writes share.
struct WriteRequest: Sendable {
  enum FieldValidation: String, Sendable {
    case ignore = "Ignore", warn = "Warn", strict = "Strict"
  }

  /// Who owns the fields that it sets.
  var fieldManager: String
  var isDryRun = false
  /// Server-side apply only: take fields from other managers.
  var isForced = false
  var fieldValidation = FieldValidation.ignore
  /// Whether the cluster itself writes.
  var isController = false
  /// Whether the object comes from a template that was checked and filled in when it was stored itself.
  var isFromTemplate = false
  /// Server-side apply only: who applies, and what.
  private(set) var application: (manager: ManagedFields.Manager, configuration: JSONValue)?

  init(fieldManager: String) { self.fieldManager = fieldManager }

  /// A write of the cluster itself.
  static let controller = {
    var request = WriteRequest(fieldManager: "kube-controller-manager")
    request.isController = true
    return request
  }()

  /// A pod or a ReplicaSet made by the controller of its template.
  static let template = {
    var request = WriteRequest.controller
    request.isFromTemplate = true
    return request
  }()

  func appliedBy(
    _ manager: ManagedFields.Manager, _ configuration: JSONValue
  ) -> WriteRequest {
    var request = self
    request.application = (manager, configuration)
    return request
  }

  /// Notes in the object who owns its fields after this write.
  func track(
    _ object: inout JSONValue, old: JSONValue?, _ resource: ResourceDefinition,
    subresource: Subresource? = nil, at time: JSONValue
  ) {
    if let application {
      ManagedFields.trackApply(
        &object, old: old, resource, application.manager, application.configuration, at: time)
    } else {
      ManagedFields.trackUpdate(
        &object, old: old, resource, self, subresource: subresource, at: time)
    }
  }
}

/// A part of an object with a path of its own.
enum Subresource: String, Sendable {
  case status, scale
  case binding, eviction, finalize
  case log, proxy
}
