import KubernetesClient
import Testing

@Suite("Server addresses")
struct ServerAddressTests {
  @Test(
    arguments: [
      ("https://10.0.0.1:6443", true, "10.0.0.1", 6443, ""),
      ("https://k8s.example.org", true, "k8s.example.org", 443, ""),
      ("https://k8s.example.org/", true, "k8s.example.org", 443, ""),
      ("http://127.0.0.1", false, "127.0.0.1", 80, ""),
      ("HTTPS://Host:1", true, "Host", 1, ""),
      (
        "https://rancher.example.org/k8s/clusters/c-1/", true, "rancher.example.org", 443,
        "/k8s/clusters/c-1"
      ),
      ("https://[fd00::1]:6443", true, "fd00::1", 6443, ""),
      ("https://[::1]", true, "::1", 443, ""),
      ("https://[::1]/p", true, "::1", 443, "/p"),
      ("localhost:8080", false, "localhost", 8080, ""),
      ("https://host:", true, "host", 443, ""),
    ] as [(String, Bool, String, Int, String)])
  func reads(text: String, usesTLS: Bool, host: String, port: Int, prefix: String) {
    let address = ServerAddress(text, defaultsToTLS: false)
    #expect(
      address == ServerAddress(usesTLS: usesTLS, host: host, port: port, pathPrefix: prefix))
  }

  @Test func takesTLSWithoutAScheme() {
    #expect(
      ServerAddress("10.0.0.1:6443", defaultsToTLS: true)
        == ServerAddress(usesTLS: true, host: "10.0.0.1", port: 6_443))
  }

  @Test(arguments: [
    "", "https://", "https://:6443", "ftp://host", "https://host:0", "https://host:70000",
    "https://host:port", "https://[::1", "https://fd00::1:6443", "https://ho st",
    "https://user:pass@host", "https://host/path?query=1", "unix:///run/x",
  ])
  func refuses(text: String) {
    #expect(ServerAddress(text, defaultsToTLS: true) == nil)
  }

  @Test(arguments: [
    ("https://10.0.0.1", "10.0.0.1:443", "https://10.0.0.1:443"),
    ("https://[fd00::1]:6443/p", "[fd00::1]:6443", "https://[fd00::1]:6443/p"),
  ])
  func isWrittenAsAPersonReadsIt(text: String, authority: String, description: String) {
    let address = ServerAddress(text, defaultsToTLS: true)
    #expect(address?.authority == authority)
    #expect(address?.description == description)
  }
}
