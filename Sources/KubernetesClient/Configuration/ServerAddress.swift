/// Where an API server is: what `server` of a kubeconfig's cluster says.
package struct ServerAddress: Sendable, Equatable {
  package var usesTLS: Bool
  /// A host name or an IP address; IPv6 addresses without brackets.
  package var host: String
  package var port: Int
  /// What stands before every path, e.g. `/k8s/clusters/c-1` behind Rancher: empty, or with a leading slash and none at the end.
  package var pathPrefix: String

  package init(usesTLS: Bool = true, host: String, port: Int, pathPrefix: String = "") {
    self.usesTLS = usesTLS
    self.host = host
    self.port = port
    self.pathPrefix = pathPrefix
  }

  /// Reads a URL, or `host:port` without a scheme as kubectl takes it; `nil` where the text is neither.
  ///
  /// - Parameter defaultsToTLS: what a missing scheme means: kubectl takes TLS where certificates are configured.
  package init?(_ text: String, defaultsToTLS: Bool) {
    var rest = Substring(text)
    usesTLS = defaultsToTLS
    if let mark = rest.firstRange(of: "://") {
      switch rest[..<mark.lowerBound].lowercased() {
      case "https": usesTLS = true
      case "http": usesTLS = false
      default: return nil
      }
      rest = rest[mark.upperBound...]
    }
    let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
    var authority = rest[..<end]
    guard !rest[end...].contains(where: { $0 == "?" || $0 == "#" }) else { return nil }
    if let at = authority.lastIndex(of: "@") {
      // User and password in a URL are not what a kubeconfig's server may have.
      guard at == authority.startIndex else { return nil }
      authority = authority[authority.index(after: at)...]
    }
    guard let (host, portText) = Self.split(authority), Self.isPlausible(host) else { return nil }
    self.host = host
    if let portText {
      guard let port = Int(portText), (1...65_535).contains(port) else { return nil }
      self.port = port
    } else {
      port = usesTLS ? 443 : 80
    }
    var path = rest[end...]
    while path.last == "/" { path = path.dropLast() }
    pathPrefix = String(path)
  }

  /// `host:port` as a person reads it, IPv6 addresses in brackets.
  package var authority: String { "\(bracketedHost):\(port)" }

  var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }

  private static func split(_ authority: Substring) -> (host: String, port: Substring?)? {
    if authority.first == "[" {
      guard let close = authority.firstIndex(of: "]") else { return nil }
      let host = authority[authority.index(after: authority.startIndex)..<close]
      let tail = authority[authority.index(after: close)...]
      guard tail.isEmpty || tail.first == ":" else { return nil }
      return (String(host), tail.count > 1 ? tail.dropFirst() : nil)
    }
    guard let colon = authority.lastIndex(of: ":") else { return (String(authority), nil) }
    let host = authority[..<colon]
    let port = authority[authority.index(after: colon)...]
    // More than one colon without brackets is an IPv6 address that cannot be told from its port.
    guard !host.contains(":") else { return nil }
    return (String(host), port.isEmpty ? nil : port)
  }

  private static func isPlausible(_ host: String) -> Bool {
    !host.isEmpty
      && host.utf8.allSatisfy { byte in
        switch byte {
        // Letters, digits, and - . _ : of names and addresses, % of IPv6 zones.
        case 48...57, 65...90, 97...122, 45, 46, 95, 58, 37: true
        default: false
        }
      }
  }
}

extension ServerAddress: CustomStringConvertible {
  package var description: String {
    "\(usesTLS ? "https" : "http")://\(authority)\(pathPrefix)"
  }
}
