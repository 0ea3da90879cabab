import Kubernetes
import ModelCore
import Testing

@Suite("Image pull message")
struct ImagePullMessageTests {
  @Test(
    "the runtime's words, shortened",
    arguments: [
      ("dial tcp: lookup registry.example on 10.96.0.10:53: no such host", "no such host name"),
      (
        "pull access denied, repository does not exist or may require authorization",
        "needs credentials"
      ),
      ("received unexpected HTTP status: 429 Too Many Requests", "rate limit"),
      (
        "tls: failed to verify certificate: x509: certificate signed by unknown authority",
        "not trusted"
      ),
      ("http: server gave HTTP response to HTTPS client", "speaks HTTP"),
      ("dial tcp 10.0.0.1:443: i/o timeout", "does not answer"),
      ("manifest for x:y not found: manifest unknown: manifest unknown", "no such tag"),
      ("write /var/lib: no space left on device", "disk is full"),
      ("no match for platform in manifest: not found", "architecture"),
    ])
  func causes(message: String, words: String) {
    var scene = StatusScene()
    scene.add(.waiting("ErrImagePull", message))
    #expect(scene.result.status == .failed)
    #expect(scene.result.reason.contains(words), "\(scene.result.reason)")
  }
}
