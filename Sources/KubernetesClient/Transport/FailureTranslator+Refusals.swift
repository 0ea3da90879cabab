internal import AsyncHTTPClient
internal import FoundationEssentials
internal import Kubernetes
internal import NIOHTTP1

// Answers that are no 2xx.
extension FailureTranslator {
  /// The server's `Status` where the body is one, else one made of the code and a short text.
  func refusal(_ response: HTTPClientResponse, body: Data) -> APIError {
    let code = Int(response.status.code)
    var status = decode(body) ?? K8s.Status(code: code, message: words(response, body: body))
    if status.code == nil { status.code = code }
    return .status(
      status, retryAfter: retryAfter(response.headers) ?? retryAfter(status))
  }

  private func decode(_ body: Data) -> K8s.Status? {
    struct Kind: Decodable { var kind: String }
    guard let kind = try? JSONCoding.decoder.decode(Kind.self, from: body), kind.kind == "Status"
    else { return nil }
    return try? JSONCoding.decoder.decode(K8s.Status.self, from: body)
  }

  private struct Refusal: Decodable { var error: String }

  private func words(_ response: HTTPClientResponse, body: Data) -> String {
    let server = configuration.server.authority
    let code = response.status.code
    let answer = "\(server) answered \(code) \(response.status.reasonPhrase)"
    if (300...399).contains(response.status.code) {
      let target = response.headers.first(name: "location").map { ": it redirects to \($0)" } ?? ""
      return "\(answer)\(plain(target) ?? "")"
    }
    // The Organization Models API says in one member what is wrong: those are its own words, and enough.
    if let error = try? JSONCoding.decoder.decode(Refusal.self, from: body).error {
      return code < 500 ? error : "\(answer): \(error)"
    }
    guard let text = plain(String(decoding: body.prefix(400), as: UTF8.self)) else {
      return answer
    }
    return "\(answer): \(text)"
  }

  /// The text when a person can read it: no markup, no JSON, one short line.
  private func plain(_ text: String) -> String? {
    let line = text.trimmingWhitespace
    guard !line.isEmpty, line.count <= 200,
      !line.contains(where: { "<>{}\n\r".contains($0) }),
      line.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
    else { return nil }
    return line
  }

  private func retryAfter(_ headers: HTTPHeaders) -> Duration? {
    // The API server writes seconds; the form with a date is not used by it.
    guard let text = headers.first(name: "retry-after"), let seconds = Int(text), seconds >= 0
    else { return nil }
    return .seconds(seconds)
  }

  private func retryAfter(_ status: K8s.Status) -> Duration? {
    guard let seconds = status.details?.retryAfterSeconds, seconds > 0 else { return nil }
    return .seconds(seconds)
  }
}
