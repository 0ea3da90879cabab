internal import FoundationEssentials
internal import Kubernetes

/// What a SelfSubjectAccessReview asks, out of JSON or of the protocol buffers that kubectl sends.
struct ReviewQuestion: Sendable, Equatable {
  var action: AccessAction

  /// `nil` where it asks about a path that is no resource.
  init?(_ review: JSONValue) {
    guard let attributes = review["spec", "resourceAttributes"] else { return nil }
    func text(_ key: String) -> String? {
      attributes[key]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
    }
    self.init(
      verb: text("verb"), group: text("group"), resource: text("resource"),
      subresource: text("subresource"), namespace: text("namespace"), name: text("name"))
  }

  /// Reads `runtime.Unknown` with a SelfSubjectAccessReview in it. Source of the numbers: `generated.proto` of
  /// `k8s.io/apimachinery/pkg/runtime` and `k8s.io/api/authorization/v1`.
  init?(protocolBuffer bytes: [UInt8]) {
    guard
      let attributes = WireMessage.packed(in: bytes)?.message(2)?.message(2)?.message(1)
    else { return nil }
    self.init(
      verb: attributes.text(2), group: attributes.text(3), resource: attributes.text(5),
      subresource: attributes.text(6), namespace: attributes.text(1), name: attributes.text(7))
  }

  private init(
    verb: String?, group: String?, resource: String?, subresource: String?, namespace: String?,
    name: String?
  ) {
    let resource = resource ?? ""
    action = AccessAction(
      verb: verb ?? "", group: group ?? "",
      resource: subresource.map { "\(resource)/\($0)" } ?? resource, namespace: namespace,
      name: name)
  }
}
