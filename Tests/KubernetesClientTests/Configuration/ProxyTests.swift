import KubernetesClient
import Testing

@Suite("Proxies")
struct ProxyTests {
  @Test(
    arguments: [
      ("http://proxy:3128", .http, "proxy", 3128, nil),
      ("http://proxy", .http, "proxy", 80, nil),
      ("proxy:3128", .http, "proxy", 3128, nil),
      ("http://jane:p%40ss@proxy:3128/", .http, "proxy", 3128, "jane"),
      ("socks5://127.0.0.1:9050", .socks5, "127.0.0.1", 9050, nil),
      ("socks5://127.0.0.1", .socks5, "127.0.0.1", 1080, nil),
      ("http://[fd00::1]:3128", .http, "fd00::1", 3128, nil),
      ("http://[fd00::1]", .http, "fd00::1", 80, nil),
    ] as [(String, Proxy.Kind, String, Int, String?)])
  func reads(text: String, kind: Proxy.Kind, host: String, port: Int, user: String?) {
    let proxy = Proxy(text)
    #expect(proxy?.kind == kind)
    #expect(proxy?.host == host)
    #expect(proxy?.port == port)
    #expect(proxy?.user == user)
    #expect(proxy?.password?.exposed == (user == nil ? nil : "p@ss"))
  }

  @Test(arguments: [
    "https://proxy:3128", "ftp://proxy", "socks5://a:b@proxy", "http://", "http://:3128",
  ])
  func refuses(text: String) {
    #expect(Proxy(text) == nil)
  }

  @Test(arguments: [
    ("https://k8s.example.org", "", true),
    ("https://k8s.example.org", "example.org", false),
    ("https://k8s.example.org", ".example.org", false),
    ("https://example.org", ".example.org", true),
    ("https://k8s.example.org", "*.example.org", false),
    ("https://k8s.example.org", "ple.org", true),
    ("https://k8s.example.org", "other, K8S.example.org", false),
    ("https://k8s.example.org", "*", false),
    ("https://k8s.example.org:6443", "k8s.example.org:443", true),
    ("https://k8s.example.org:6443", "k8s.example.org:6443", false),
    ("https://10.1.2.3:6443", "10.0.0.0/8", false),
    ("https://10.1.2.3:6443", "10.1.2.0/25", false),
    ("https://10.1.2.200:6443", "10.1.2.0/25", true),
    ("https://10.1.2.3:6443", "10.1.2.3", false),
    ("https://10.1.2.3:6443", "10.1.2.4", true),
    ("https://[fd00::1]:6443", "fd00::/8", false),
    ("https://[fd00::1]:6443", "fe80::/10", true),
    ("https://localhost:6443", "", false),
    ("https://127.0.0.1:6443", "", false),
    ("https://[::1]:6443", "", false),
  ])
  func obeysTheEnvironment(server: String, exceptions: String, isProxied: Bool) throws {
    let address = try #require(ServerAddress(server, defaultsToTLS: true))
    let environment = ["https_proxy": "http://proxy:3128", "NO_PROXY": exceptions]
    let proxy = try Proxy.fromEnvironment(environment, for: address)
    #expect((proxy != nil) == isProxied)
  }

  @Test func hasAVariableForEachScheme() throws {
    let plain = try #require(ServerAddress("http://host", defaultsToTLS: true))
    let ignored = try Proxy.fromEnvironment(["HTTPS_PROXY": "http://proxy"], for: plain)
    #expect(ignored == nil)
    let used = try Proxy.fromEnvironment(["HTTP_PROXY": "http://proxy"], for: plain)
    #expect(used?.host == "proxy")
  }

  @Test func doesNotGoPastAProxyThatCannotBeUsed() throws {
    let server = try #require(ServerAddress("https://host", defaultsToTLS: true))
    let error = #expect(throws: KubeconfigError.self) {
      try Proxy.fromEnvironment(["HTTPS_PROXY": "https://jane:secret@proxy"], for: server)
    }
    #expect(error?.description.hasPrefix("the proxy in HTTPS_PROXY must be http://") == true)
    #expect(error?.description.contains("secret") == false)
  }
}
