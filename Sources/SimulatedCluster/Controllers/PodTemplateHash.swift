internal import Kubernetes

/// The hash that tells the ReplicaSets of a Deployment apart.
enum PodTemplateHash {
  static let label = "pod-template-hash"

  /// A template without the hash's own label, for comparison.
  static func normalized(_ template: JSONValue?) -> JSONValue? {
    var template = template
    template?["metadata", "labels", label] = nil
    return template
  }

  /// The hash in the letters that the server uses for generated names.
  static func text(_ template: JSONValue, collisions: Int64) -> String {
    var hash: UInt32 = 2_166_136_261
    for byte in "\(template.jsonText)\(collisions)".utf8 {
      hash = (hash ^ UInt32(byte)) &* 16_777_619
    }
    let letters = Array("bcdfghjklmnpqrstvwxz2456789")
    return String(String(hash).utf8.map { letters[Int($0) % letters.count] })
  }
}
