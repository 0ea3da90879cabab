internal import FoundationEssentials
internal import Kubernetes
internal import NIOCore
internal import NIOFoundationCompat

// What every object has, read from its JSON.
extension JSONValue {
  var metadata: JSONValue { self["metadata"] ?? [:] }
  var name: String { self["metadata"]?["name"]?.stringValue ?? "" }
  var namespace: String { self["metadata"]?["namespace"]?.stringValue ?? "" }
  var uid: String { self["metadata"]?["uid"]?.stringValue ?? "" }
  var resourceVersion: String { self["metadata"]?["resourceVersion"]?.stringValue ?? "" }
  var generation: Int64 { self["metadata"]?["generation"]?.integerValue ?? 0 }
  var labels: [String: JSONValue] { self["metadata"]?["labels"]?.objectValue ?? [:] }
  var annotations: [String: JSONValue] { self["metadata"]?["annotations"]?.objectValue ?? [:] }
  var finalizers: [String] {
    self["metadata"]?["finalizers"]?.arrayValue?.compactMap(\.stringValue) ?? []
  }
  var isBeingDeleted: Bool { self["metadata"]?["deletionTimestamp"] != nil }
  var ownerReferences: [JSONValue] { self["metadata"]?["ownerReferences"]?.arrayValue ?? [] }
  /// The owner that is the controller.
  var controllerReference: JSONValue? {
    ownerReferences.first { $0["controller"]?.boolValue == true }
  }
  var conditions: [JSONValue] { self["status"]?["conditions"]?.arrayValue ?? [] }

  func condition(_ type: String) -> JSONValue? {
    conditions.first { $0["type"]?.stringValue == type }
  }

  /// The items of a list field; empty where there is none.
  func items(_ path: String...) -> [JSONValue] { self[path: path]?.arrayValue ?? [] }
  func string(_ path: String...) -> String { self[path: path]?.stringValue ?? "" }
  func integer(_ path: String...) -> Int64? { self[path: path]?.integerValue }

  /// The JSON text of the value.
  var jsonText: String { String(decoding: (try? encoded()) ?? Data(), as: UTF8.self) }

  /// The JSON text of the value, to be sent.
  var buffer: ByteBuffer {
    // Encoding JSON that came from JSON cannot fail: there are no infinite numbers in it.
    ByteBuffer(data: (try? encoded()) ?? Data())
  }
}

extension Dictionary where Key == String, Value == JSONValue {
  /// The entries whose values are strings: labels, annotations, selectors.
  var strings: [String: String] { compactMapValues(\.stringValue) }
}
