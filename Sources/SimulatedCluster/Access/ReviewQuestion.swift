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
    let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]
    guard bytes.starts(with: magic),
      let raw = WireFields(bytes.dropFirst(4)).bytes(2),
      let spec = WireFields(raw).bytes(2),
      let attributes = WireFields(spec).bytes(1).map({ WireFields($0) })
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

/// The fields of one message of protocol buffers that have a length; the others are skipped.
private struct WireFields {
  private var fields: [UInt64: ArraySlice<UInt8>] = [:]

  init(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes
    while let tag = Self.number(&rest) {
      switch tag & 7 {
      case 0: _ = Self.number(&rest)
      case 1: rest = rest.dropFirst(8)
      case 2:
        guard let length = Self.number(&rest), length <= rest.count else { return }
        fields[tag >> 3] = rest.prefix(Int(length))
        rest = rest.dropFirst(Int(length))
      case 5: rest = rest.dropFirst(4)
      default: return
      }
    }
  }

  func bytes(_ field: UInt64) -> ArraySlice<UInt8>? { fields[field] }

  func text(_ field: UInt64) -> String? {
    guard let bytes = fields[field], !bytes.isEmpty else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func number(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
    var (value, shift): (UInt64, UInt64) = (0, 0)
    while let byte = rest.popFirst() {
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
      if shift > 63 { return nil }
    }
    return nil
  }
}
