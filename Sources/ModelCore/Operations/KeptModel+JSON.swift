internal import FoundationEssentials
package import Kubernetes

// A kept model outlives the program: as JSON that a person can read, without any token.
extension KeptModel {
  /// Why a text is no kept model.
  package struct Unreadable: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is missing in it, in words.
    package var description: String
  }

  private static let lostToken =
    "a Hugging Face token in its manifests is not kept: it stands there as <redacted>, put it in again"

  /// For a file. What looks like a token in somebody's manifests is left out there.
  package var json: JSONValue {
    var value: JSONValue = [
      "namespace": .string(id.namespace), "name": .string(id.name), "uid": .string(uid),
      "display_name": .string(displayName), "description": .string(modelDescription),
      "tags": .array(tags.map(JSONValue.string)), "replicas": .integer(Int64(replicas)),
      "had_token": .bool(hadToken), "claims": .object(claims.mapValues(JSONValue.string)),
      "warnings": .array(warnings.map(JSONValue.string)),
    ]
    if let replicasBeforeStop {
      value["replicas_before_stop"] = .integer(Int64(replicasBeforeStop))
    }
    switch content {
    case .managed(let request):
      var specification = ModelSpecification(
        request: request, organization: "", createdBy: nil, now: Date(timeIntervalSince1970: 0))
      specification.hasToken = hadToken
      value["request"] = .string(specification.json)
    case .manifests(let manifests): value["manifests"] = .array(manifests)
    }
    let clean = value.withoutTokens
    guard clean != value else { return value }
    var told = clean
    told["warnings"] = .array(
      (warnings + [Self.lostToken]).map { JSONValue.string(StrayToken.redacted($0)) })
    return told
  }

  /// Reads what ``json`` wrote. Throws ``Unreadable`` where it does not say which model, or what it was made from.
  package init(json value: JSONValue) throws(Unreadable) {
    guard let namespace = value["namespace"]?.stringValue, !namespace.isEmpty,
      let name = value["name"]?.stringValue, !name.isEmpty,
      let uid = value["uid"]?.stringValue,
      let replicas = value["replicas"]?.integerValue.flatMap(Int.init(exactly:)),
      ModelScaling.bounds.contains(replicas)
    else { throw Unreadable(description: "it does not say which model it is") }
    let content: Content
    if let text = value["request"]?.stringValue {
      do {
        content = .managed(try ModelSpecification.request(from: text, name: name))
      } catch {
        throw Unreadable(description: error.reason)
      }
    } else if let manifests = value["manifests"]?.arrayValue, !manifests.isEmpty {
      content = .manifests(manifests)
    } else {
      throw Unreadable(description: "it does not say what the model was made from")
    }
    let texts = { (key: String) in value[key]?.arrayValue?.compactMap(\.stringValue) ?? [] }
    self.init(
      id: ModelID(namespace: namespace, name: name), uid: uid, content: content,
      displayName: value["display_name"]?.stringValue ?? "",
      modelDescription: value["description"]?.stringValue ?? "", tags: texts("tags"),
      replicas: replicas,
      replicasBeforeStop: value["replicas_before_stop"]?.integerValue.flatMap(Int.init(exactly:)),
      hadToken: value["had_token"]?.boolValue ?? false,
      claims: value["claims"]?.objectValue?.compactMapValues(\.stringValue) ?? [:],
      warnings: texts("warnings"))
  }
}

extension JSONValue {
  /// With a sign in the place of every Hugging Face token.
  fileprivate var withoutTokens: JSONValue {
    switch self {
    case .string(let text): .string(StrayToken.redacted(text))
    case .array(let elements): .array(elements.map(\.withoutTokens))
    case .object(let members): .object(members.mapValues(\.withoutTokens))
    default: self
    }
  }
}
