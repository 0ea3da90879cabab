internal import FoundationEssentials
internal import Kubernetes

/// Takes secrets out of what is shown: a token, what Secrets hold, and what is put into variables that are called so.
struct SecretMask: Sendable {
  /// What stands in the place of a secret.
  static let mark = "<redacted>"

  /// Texts that must not be shown wherever they turn up.
  private var secrets: [String]

  init(_ secrets: [String]) {
    // Shorter ones are parts of other words.
    self.secrets = Set(secrets.filter { $0.utf8.count >= 4 }).sorted { $0.count > $1.count }
  }

  /// Of a request: whoever put it into a message, an admission webhook that quotes what it refuses, or we.
  init(token: HuggingFaceToken?) { self.init(token.map { [$0.reveal()] } ?? []) }

  init(manifests: [JSONValue]) {
    var found: [String] = []
    for manifest in manifests { Self.collect(manifest, into: &found) }
    self.init(found)
  }

  private static func collect(_ manifest: JSONValue, into found: inout [String]) {
    guard manifest["kind"] == "Secret" else {
      collectVariables(manifest, into: &found)
      return
    }
    for key in ["data", "stringData"] {
      for value in manifest[key]?.objectValue?.values.compactMap(\.stringValue) ?? [] {
        found.append(value)
        if key == "data", let data = Data(base64Encoded: value) {
          found.append(String(decoding: data, as: UTF8.self))
        }
      }
    }
  }

  private static func collectVariables(_ value: JSONValue, into found: inout [String]) {
    switch value {
    case .object(let members):
      if let text = variable(value) { found.append(text) }
      for member in members.values { collectVariables(member, into: &found) }
    case .array(let elements):
      for element in elements { collectVariables(element, into: &found) }
    default: break
    }
  }

  /// The value of an environment variable that is called like a secret.
  private static func variable(_ value: JSONValue) -> String? {
    guard let name = value["name"]?.stringValue?.uppercased(),
      let text = value["value"]?.stringValue
    else { return nil }
    let words = ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "API_KEY", "APIKEY", "CREDENTIAL"]
    return words.contains(where: name.contains) ? text : nil
  }

  /// An object as it may be shown: keys of Secrets stay, their values do not.
  func masked(_ object: JSONValue) -> JSONValue {
    var object = object
    if object["kind"] == "Secret" {
      for key in ["data", "stringData"] {
        guard let members = object[key]?.objectValue else { continue }
        object[key] = .object(members.mapValues { _ in .string(Self.mark) })
      }
    }
    return replaced(object)
  }

  private func replaced(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): .string(masked(text))
    case .array(let elements): .array(elements.map(replaced))
    case .object(let members): .object(members.mapValues(replaced))
    default: value
    }
  }

  func masked(_ text: String) -> String {
    secrets.reduce(Self.withoutTokens(text)) { text, secret in
      text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: Self.mark)
    }
  }

  /// Hugging Face tokens are told by how they begin.
  private static func withoutTokens(_ text: String) -> String {
    guard text.contains("hf_") else { return text }
    var result = ""
    var rest = Substring(text)
    while let start = rest.firstRange(of: "hf_") {
      let tail = rest[start.upperBound...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
      let isToken = tail.count >= 20
      result += rest[..<start.lowerBound]
      result += isToken ? mark : "hf_" + tail
      rest = rest[tail.endIndex...]
    }
    return result + rest
  }
}

extension OperationResult {
  /// The same without secrets, whoever put them into a message: an admission webhook may quote what it refuses.
  func masking(_ mask: SecretMask) -> OperationResult {
    switch self {
    case .succeeded(let text): return .succeeded(mask.masked(text))
    case .outcomeUnknown(let text): return .outcomeUnknown(mask.masked(text))
    case .invalid: return self
    case .failed(let failure): return .failed(failure.masking(mask))
    }
  }
}

extension OperationFailure {
  func masking(_ mask: SecretMask) -> OperationFailure {
    var failure = self
    failure.message = mask.masked(message)
    return failure
  }
}
