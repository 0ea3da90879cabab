package import HTTPTypes

/// What the server can be asked to do.
package enum APIOperation: String, Sendable, CaseIterable {
  case listModels, createModel, createModelFromYAML, getModel, updateModel, deleteModel
  case openAPI, health, readiness, metrics
}

/// One line of the table that the server routes by and that `/openapi.json` is made from.
package struct APIRoute: Sendable {
  /// Who may ask.
  package enum Access: Sendable { case everybody, readers, owners }

  /// What stands between two slashes of a path.
  package enum Segment: Equatable, Sendable {
    case literal(String)
    /// The name of a model.
    case modelID
  }

  /// A GET answers HEAD, too.
  package var method: HTTPRequest.Method
  /// From the first slash on; none of them is empty.
  package var segments: [Segment]
  package var operation: APIOperation
  /// Whose token is needed; the responder looks before the body is read.
  package var access: Access

  /// As OpenAPI writes it: `/v1/organization/models/{model_id}`.
  package var template: String {
    segments.reduce(into: "") { text, segment in
      switch segment {
      case .literal(let name): text += "/" + name
      case .modelID: text += "/{model_id}"
      }
    }
  }

  private init(
    _ method: HTTPRequest.Method, _ path: String, _ operation: APIOperation, _ access: Access
  ) {
    self.method = method
    self.operation = operation
    self.access = access
    segments = path.split(separator: "/").map {
      $0 == "{model_id}" ? .modelID : .literal(String($0))
    }
  }

  /// All of them. Where two fit, the first is taken.
  package static let all: [APIRoute] = [
    APIRoute(.get, "/v1/organization/models", .listModels, .readers),
    APIRoute(.post, "/v1/organization/models", .createModel, .owners),
    APIRoute(.post, "/v1/organization/models/yaml", .createModelFromYAML, .owners),
    APIRoute(.get, "/v1/organization/models/{model_id}", .getModel, .readers),
    APIRoute(.put, "/v1/organization/models/{model_id}", .updateModel, .owners),
    APIRoute(.delete, "/v1/organization/models/{model_id}", .deleteModel, .owners),
    APIRoute(.get, "/openapi.json", .openAPI, .everybody),
    APIRoute(.get, "/healthz", .health, .everybody),
    APIRoute(.get, "/readyz", .readiness, .everybody),
    APIRoute(.get, "/metrics", .metrics, .everybody),
  ]
}

/// What a request leads to.
enum RouteMatch: Sendable {
  case found(APIRoute, modelID: String?)
  /// The path is one of ours, for other methods: these.
  case otherMethods([HTTPRequest.Method])
  case unknown

  /// - Parameter path: as it was sent, without the query. A name with an encoded slash is one segment.
  init(_ method: HTTPRequest.Method, path: String) {
    guard let segments = Self.segments(of: path) else {
      self = .unknown
      return
    }
    let matching = APIRoute.all.filter { route in
      route.segments.count == segments.count
        && zip(route.segments, segments).allSatisfy { pattern, text in
          if case .literal(let name) = pattern { name == text } else { true }
        }
    }
    // A name that is a path of its own is no model's.
    let literal = matching.filter { !$0.segments.contains(.modelID) }
    let fitting = literal.isEmpty ? matching : literal
    let asked: HTTPRequest.Method = method == .head ? .get : method
    if let route = fitting.first(where: { $0.method == asked }) {
      self = .found(route, modelID: route.segments.contains(.modelID) ? segments.last : nil)
    } else if fitting.isEmpty {
      self = .unknown
    } else {
      let methods = fitting.map(\.method)
      self = .otherMethods(methods + (methods.contains(.get) ? [.head] : []) + [.options])
    }
  }

  /// `nil` where the path has empty segments or an escape that is none.
  private static func segments(of path: String) -> [String]? {
    guard path.hasPrefix("/") else { return nil }
    var parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    if parts.count > 1, parts.last?.isEmpty == true { parts.removeLast() }
    var segments: [String] = []
    for part in parts {
      guard !part.isEmpty, let text = PercentEncoding.decode(part) else { return nil }
      segments.append(text)
    }
    return segments
  }
}

/// The escapes of paths and queries (RFC 3986).
enum PercentEncoding {
  /// `nil` where an escape is none, or the bytes are no UTF-8.
  static func decode(_ text: Substring, plusIsBlank: Bool = false) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit)
        else { return nil }
        bytes.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsBlank: bytes.append(UInt8(ascii: " "))
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
  }
}

/// The parameters of a query, in order; a name may be there several times.
struct QueryParameters: Sendable {
  private var pairs: [(name: String, value: String)] = []

  /// `nil` where an escape is none.
  init?(_ query: String?) {
    for pair in (query ?? "").split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = PercentEncoding.decode(parts[0], plusIsBlank: true),
        let value = PercentEncoding.decode(parts.count > 1 ? parts[1] : "", plusIsBlank: true)
      else { return nil }
      pairs.append((name, value))
    }
  }

  subscript(name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }
}
