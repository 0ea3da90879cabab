/// The proxy that requests go through.
package struct Proxy: Sendable, Equatable {
  /// How the proxy is spoken to.
  package enum Kind: Sendable, Equatable {
    /// HTTP `CONNECT`.
    case http
    case socks5
  }

  package var kind: Kind
  package var host: String
  /// Where the text names none, 80 or, of SOCKS, 1080.
  package var port: Int
  /// Percent-decoded; `nil` where the proxy wants nobody's name.
  package var user: String?
  /// Percent-decoded; only of HTTP proxies.
  package var password: Secret<String>?

  /// Reads `http://[user:password@]host[:port]` or `socks5://host[:port]`; `nil` for anything else.
  package init?(_ text: String) {
    var rest = Substring(text)
    kind = .http
    if let mark = rest.firstRange(of: "://") {
      switch rest[..<mark.lowerBound].lowercased() {
      case "http": kind = .http
      case "socks5", "socks5h": kind = .socks5
      default: return nil
      }
      rest = rest[mark.upperBound...]
    }
    if let slash = rest.firstIndex(of: "/") { rest = rest[..<slash] }
    if let at = rest.lastIndex(of: "@") {
      let parts = rest[..<at].split(
        separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      user = String(parts[0]).percentDecoded
      password = parts.count > 1 ? Secret(String(parts[1]).percentDecoded) : nil
      rest = rest[rest.index(after: at)...]
      guard kind == .http else { return nil }
    }
    // The address has the syntax of a server's; only the ports that a missing one means differ.
    guard let address = ServerAddress("http://\(rest)", defaultsToTLS: false) else { return nil }
    host = address.host
    let namesPort = rest.last != "]" && rest.contains(":") && rest.last != ":"
    port = namesPort ? address.port : kind == .socks5 ? 1080 : 80
  }

  /// What the usual variables say for a server: `HTTPS_PROXY` or `HTTP_PROXY`, unless `NO_PROXY` excludes it.
  ///
  /// Source of the rules: Go's `golang.org/x/net/http/httpproxy`, which kubectl uses; loopback is never proxied.
  package static func fromEnvironment(
    _ environment: [String: String], for server: ServerAddress
  ) throws(KubeconfigError) -> Proxy? {
    func value(_ name: String) -> String? {
      [name, name.lowercased()].compactMap { environment[$0] }.first { !$0.isEmpty }
    }
    let variable = server.usesTLS ? "HTTPS_PROXY" : "HTTP_PROXY"
    guard let text = value(variable), !NoProxy(value("NO_PROXY") ?? "").excludes(server) else {
      return nil
    }
    // Going past a proxy that cannot be used is not what was asked for. Its text may hold a password.
    guard let proxy = Proxy(text) else {
      throw .invalidOption("the proxy in \(variable) \(Self.requirement)")
    }
    return proxy
  }

  /// What a proxy's URL has to be, to go on after its name.
  static let requirement =
    "must be http://[user:password@]host:port or socks5://host:port (no https, no password for SOCKS)"
}

/// The list of hosts in `NO_PROXY`: names with their subdomains, addresses, CIDR blocks, `*`, each with or without a port.
struct NoProxy {
  let elements: [String]

  init(_ text: String) {
    elements = text.split(separator: ",").map { $0.lowercased().trimmingWhitespace }
  }

  func excludes(_ server: ServerAddress) -> Bool {
    let host = server.host.lowercased()
    let address = IPBits(host)
    if host == "localhost" || address?.isLoopback == true { return true }
    return elements.contains { matches($0, host: host, address: address, port: server.port) }
  }

  private func matches(_ element: String, host: String, address: IPBits?, port: Int) -> Bool {
    if element == "*" { return true }
    if let slash = element.firstIndex(of: "/") {
      guard let address, let network = IPBits(String(element[..<slash])),
        let length = Int(element[element.index(after: slash)...])
      else { return false }
      return network.contains(address, prefixLength: length)
    }
    var pattern = element
    if let named = ServerAddress("http://\(element)", defaultsToTLS: false),
      element.last != "]", IPBits(element) == nil, element.contains(":")
    {
      guard named.port == port else { return false }
      pattern = named.host
    }
    if let wanted = IPBits(pattern) { return wanted == address }
    if pattern.hasPrefix("*.") { pattern.removeFirst() }
    if pattern.hasPrefix(".") { return host.hasSuffix(pattern) && host != pattern }
    return host == pattern || host.hasSuffix("." + pattern)
  }
}

extension String {
  /// The text with `%XX` replaced by the bytes they mean.
  var percentDecoded: String {
    var bytes: [UInt8] = []
    var rest = Substring(self).utf8
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let high = rest.first,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
        rest.count >= 2, high != UInt8(ascii: "+"), high != UInt8(ascii: "-")
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
