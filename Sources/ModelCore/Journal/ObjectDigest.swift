internal import Crypto
internal import FoundationEssentials
package import Kubernetes

/// Tells whether an object is as it was: a hash of what people decide about it, without what the cluster notes on it.
package enum ObjectDigest {
  /// The first 16 hexadecimal digits of the SHA-256 of labels, our annotations and spec, as JSON with sorted keys.
  package static func of(_ object: JSONValue) -> String {
    let annotations = object["metadata", "annotations"]?.objectValue ?? [:]
    let decided: JSONValue = [
      "uid": object["metadata", "uid"] ?? .null,
      "labels": object["metadata", "labels"] ?? .null,
      "annotations": .object(annotations.filter { $0.key.hasPrefix(ModelKeys.annotationPrefix) }),
      "spec": object["spec"] ?? .null,
    ]
    guard let data = try? decided.encoded() else { return "" }
    return SHA256.hash(data: data).prefix(8).map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }
}
