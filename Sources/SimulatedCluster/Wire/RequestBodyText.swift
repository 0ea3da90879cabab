internal import FoundationEssentials
internal import Kubernetes
internal import NIOCore
internal import NIOFoundationCompat
internal import Yams

/// The body of a request: JSON, YAML or protocol buffers, as its type says.
struct RequestBodyText {
  private let buffer: ByteBuffer
  private let type: String

  init(_ buffer: ByteBuffer, type: String) {
    self.buffer = buffer
    self.type = type.split(separator: ";").first.map(\.trimmed) ?? ""
  }

  var isProtocolBuffer: Bool { type == "application/vnd.kubernetes.protobuf" }
  var bytes: [UInt8] { Array(buffer.readableBytesView) }
  var isEmpty: Bool { buffer.readableBytes == 0 }

  /// The body as JSON.
  ///
  /// - Parameter kind: what it should be, for errors.
  func json(of kind: String) throws(Refusal) -> JSONValue {
    if isProtocolBuffer { return try ProtocolBufferBody(bytes).json() }
    guard ["", "application/json", "application/yaml", "*/*"].contains(type) else {
      throw .unsupportedMediaType(accepted: [
        "application/json", "application/yaml", "application/vnd.kubernetes.protobuf",
      ])
    }
    return type == "application/yaml" ? try yaml(of: kind) : try parsed(of: kind)
  }

  func parsed(of kind: String) throws(Refusal) -> JSONValue {
    do {
      return try JSONValue(parsing: Data(buffer: buffer))
    } catch {
      throw .badRequest(
        "the object provided is unrecognized (must be of type \(kind)): couldn't get version/kind; "
          + "json parse error: \(parseError)")
    }
  }

  /// What Go's JSON decoder would say, as far as it can be told from the outside.
  private var parseError: String {
    let text = String(buffer: buffer)
    guard let first = text.first(where: { !$0.isWhitespace }) else {
      return "unexpected end of JSON input (<empty>)"
    }
    if "{[\"-0123456789tfn".contains(first) {
      return "unexpected end of JSON input (\(text.prefix(80)))"
    }
    return "invalid character '\(first)' looking for beginning of value"
  }

  func yaml(of kind: String) throws(Refusal) -> JSONValue {
    // JSON is YAML, and read faster.
    if let json = try? JSONValue(parsing: Data(buffer: buffer)) { return json }
    do {
      guard let node = try Yams.compose(yaml: String(buffer: buffer)) else { return .null }
      return YAMLReader.json(node)
    } catch {
      throw .badRequest(
        "error decoding YAML: error converting YAML to JSON: yaml: \(Self.text(error))")
    }
  }

  private static func text(_ error: any Error) -> String {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      "line \(mark.line): \(problem)"
    default: "the text is no YAML"
    }
  }

  /// The body of a patch.
  func patch() throws(Refusal) -> JSONValue {
    do {
      return try JSONValue(parsing: Data(buffer: buffer))
    } catch {
      throw .badRequest("error decoding patch: \(parseError)")
    }
  }
}

/// YAML as JSON, with the types of YAML 1.1 that Kubernetes uses.
enum YAMLReader {
  static func json(_ node: Node) -> JSONValue {
    switch node {
    case .mapping(let mapping):
      var object: [String: JSONValue] = [:]
      for (key, value) in mapping { object[key.string ?? ""] = json(value) }
      return .object(object)
    case .sequence(let sequence): return .array(sequence.map(json))
    case .scalar(let scalar): return self.scalar(node, scalar)
    case .alias: return .null
    }
  }

  private static func scalar(_ node: Node, _ scalar: Node.Scalar) -> JSONValue {
    guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
    if node.null != nil { return .null }
    if let value = node.bool { return .bool(value) }
    if let value = node.int { return .integer(Int64(value)) }
    if let value = node.float { return .double(value) }
    return .string(scalar.string)
  }
}
