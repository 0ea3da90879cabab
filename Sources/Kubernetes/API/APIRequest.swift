package import FoundationEssentials

/// One request to the API server, before it has an address, credentials or a connection.
package struct APIRequest: Sendable, Equatable {
  /// The HTTP method.
  package enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
  }

  /// A parameter of the query, not percent-encoded yet.
  package struct QueryItem: Sendable, Equatable {
    package var name: String
    package var value: String
    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  package var method: Method
  /// An absolute path whose segments are percent-encoded already.
  package var path: String
  package var query: [QueryItem]
  package var body: Data?
  package var contentType: String?
  /// What the answer should be; `nil` means `application/json`.
  package var accept: String?
  /// What is known already, as its `etag` said: where it is still so, the answer is 304 without a body.
  package var ifNoneMatch: String?
  /// What the request is, for a person: `list deployments in all namespaces`.
  package var purpose: String

  package init(
    _ method: Method, _ path: String, query: [QueryItem] = [], body: Data? = nil,
    contentType: String? = nil, accept: String? = nil, purpose: String
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.body = body
    self.contentType = contentType
    self.accept = accept
    self.purpose = purpose
  }

  /// The path with its query, percent-encoded.
  package var target: String {
    guard !query.isEmpty else { return path }
    return path + "?"
      + query.map { "\($0.name.percentEncodedSegment)=\($0.value.percentEncodedSegment)" }
      .joined(separator: "&")
  }
}

/// A whole answer of the API server.
package struct APIResponse: Sendable {
  /// 200...299, or 304 to what has an `ifNoneMatch`: everything else is thrown as `APIError`.
  package var statusCode: Int
  package var body: Data
  /// What the server knows this answer by, where it says so.
  package var etag: String?

  package init(statusCode: Int, body: Data, etag: String? = nil) {
    self.statusCode = statusCode
    self.body = body
    self.etag = etag
  }

  /// What was known is still so.
  package var isUnchanged: Bool { statusCode == 304 }
}
