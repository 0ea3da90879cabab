internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes

extension AccessAction {
  /// What a request does. Source: `RequestInfoFactory` of `k8s.io/apiserver/pkg/endpoints/request`.
  init(_ request: Request, _ target: RequestTarget) {
    group = target.group
    resource = target.subresource.map { "\(target.plural)/\($0)" } ?? target.plural
    // A namespace itself is in itself.
    namespace =
      target.plural == "namespaces" && target.group.isEmpty ? target.name : target.namespace
    name = target.name
    let isCollection = target.name == nil
    switch request.method {
    case .post: verb = "create"
    case .put: verb = "update"
    case .patch: verb = "patch"
    case .delete: verb = isCollection ? "deletecollection" : "delete"
    default:
      let isWatch = RequestQuery(request.uri.query).isOn("watch")
      verb = isCollection ? (isWatch ? "watch" : "list") : "get"
    }
  }
}

extension Refusal {
  static func forbiddenToCreate(_ resource: ResourceDefinition, _ name: String) -> Refusal {
    Refusal(
      code: 403, reason: "Forbidden",
      message: "\(resource.qualifiedPlural) \"\(name)\" is forbidden: ",
      details: resource.details(name))
  }

  /// In the words of a real API server. Source: `ForbiddenMessage` of `k8s.io/apiserver`.
  static func forbidden(_ action: AccessAction, user: String) -> Refusal {
    let plural = action.resource.split(separator: "/").first.map(String.init) ?? action.resource
    let qualified = action.group.isEmpty ? plural : "\(plural).\(action.group)"
    let what = action.name.map { "\(qualified) \"\($0)\"" } ?? qualified
    let place = action.namespace.map { "in the namespace \"\($0)\"" } ?? "at the cluster scope"
    var details: JSONValue = ["kind": .string(plural)]
    if !action.group.isEmpty { details["group"] = .string(action.group) }
    if let name = action.name { details["name"] = .string(name) }
    return Refusal(
      code: 403, reason: "Forbidden",
      message: "\(what) is forbidden: User \"\(user)\" cannot \(action.verb) resource "
        + "\"\(action.resource)\" in API group \"\(action.group)\" \(place)",
      details: details)
  }
}
