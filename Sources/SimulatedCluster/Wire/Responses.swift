internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes
internal import NIOCore

extension Response {
  static let json = "application/json"

  init(_ json: JSONValue, status: HTTPResponse.Status = .ok) {
    self.init(json.buffer, status: status)
  }

  init(_ body: ByteBuffer, status: HTTPResponse.Status = .ok, type: String = Response.json) {
    self.init(
      status: status, headers: [.contentType: type, .cacheControl: "no-cache, private"],
      body: ResponseBody(byteBuffer: body))
  }

  init(refusal: Refusal) {
    self.init(refusal.json, status: HTTPResponse.Status(code: refusal.code))
    if let seconds = refusal.details?.integer("retryAfterSeconds") {
      headers[.retryAfter] = String(seconds)
    }
  }

  init(text: String, status: HTTPResponse.Status = .ok) {
    self.init(ByteBuffer(string: text), status: status, type: "text/plain; charset=utf-8")
  }
}

/// The `Status` that a deletion answers with.
enum SuccessStatus {
  static func json(_ resource: ResourceDefinition, _ object: StoredObject) -> JSONValue {
    var details = resource.details(object.key.name)
    details["uid"] = .string(object.uid)
    return [
      "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success",
      "details": details,
    ]
  }
}
