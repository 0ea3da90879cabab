import Foundation
import Kubernetes
import Testing

@Suite("Refusals")
struct StatusTests {
  @Test func keepsAllOfAStatus() throws {
    let text = """
      {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",
       "message":"Deployment.apps \\"x\\" is invalid: spec.replicas: Invalid value: -1",
       "reason":"Invalid","code":422,
       "details":{"name":"x","group":"apps","kind":"Deployment","uid":"u","retryAfterSeconds":2,
       "causes":[{"reason":"FieldValueInvalid","message":"Invalid value: -1","field":"spec.replicas"}]}}
      """
    let status = try JSONCoding.decoder.decode(K8s.Status.self, from: Data(text.utf8))
    #expect(status.reason == "Invalid")
    #expect(status.code == 422)
    #expect(status.details?.kind == "Deployment")
    #expect(status.details?.retryAfterSeconds == 2)
    #expect(status.details?.causes?.first?.field == "spec.replicas")
    #expect(APIError.status(status).description == status.message)
  }

  @Test func doesNotShowThePieceOfTheRequestThatTheServerQuotes() {
    let status = K8s.Status(
      code: 400,
      message:
        "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: ReadString: expects \" "
        + "or n, but found 1, error found in #10 byte of ...|{\"a\":1}|...")
    #expect(APIError.status(status).description.hasSuffix("expects \" or n, but found 1"))
    #expect(APIError.status(K8s.Status(code: 500)).description == "the API server answered 500")
  }

  @Test func tellsWhichKindOfRefusalItIs() {
    func refusal(_ code: Int, _ reason: String? = nil) -> APIError {
      .status(K8s.Status(code: code, reason: reason))
    }
    #expect(refusal(404).isNotFound)
    #expect(refusal(409, "AlreadyExists").isAlreadyExists)
    #expect(refusal(409, "Conflict").isConflict && !refusal(409, "Conflict").isAlreadyExists)
    #expect(refusal(403).isForbidden)
    #expect(refusal(410).isExpired && refusal(500, "Expired").isExpired)
  }

  @Test(
    arguments: [
      (.timedOut(""), true), (.transport("", kind: .cut), true),
      (.transport("", kind: .other), true),
      (.decoding(""), true), (.status(K8s.Status(code: 504)), true),
      (.transport("", kind: .refused), false), (.transport("", kind: .unreachable), false),
      (.transport("", kind: .tls), false), (.transport("", kind: .nameNotFound), false),
      (.unauthorized(""), false), (.status(K8s.Status(code: 409)), false),
    ] as [(APIError, Bool)])
  func knowsWhenAWriteMayHaveHappened(error: APIError, isUnknown: Bool) {
    #expect(error.isOutcomeUnknown == isUnknown)
  }
}
