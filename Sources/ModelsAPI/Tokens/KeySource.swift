internal import AsyncHTTPClient
package import FoundationEssentials
internal import Kubernetes
internal import ModelCore
internal import NIOCore
internal import NIOHTTP1

/// Where keys come from. Read again and again, so that they can be rotated without a restart.
package enum KeySource: Sendable, Equatable {
  /// A shared secret that does not change while the program runs.
  case secret(Data)
  /// A file with a shared secret; a line end at its end does not count.
  case secretFile(String)
  /// A file with one PEM block.
  case pemFile(String)
  /// A file with a JSON Web Key Set.
  case keySetFile(String)
  /// The address of a JSON Web Key Set.
  case keySetURL(String)

  /// How long what was read is good without another look.
  var interval: Duration {
    switch self {
    case .secret: .seconds(86_400)
    case .secretFile, .pemFile, .keySetFile: .seconds(30)
    case .keySetURL: .seconds(300)
    }
  }

  /// What it is, without what is in it.
  package var description: String {
    switch self {
    case .secret: "the secret"
    case .secretFile(let path): "the secret file \(path)"
    case .pemFile(let path): "the key file \(path)"
    case .keySetFile(let path): "the key set \(path)"
    case .keySetURL(let url): "the key set \(url)"
    }
  }

  /// Whether the address may be asked for keys: by TLS, or on this machine.
  package static func isSafe(url: String) -> Bool {
    if url.hasPrefix("https://") { return true }
    guard url.hasPrefix("http://") else { return false }
    let authority = url.dropFirst("http://".count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard !authority.contains("@") else { return false }
    return ["localhost", "127.0.0.1", "[::1]"].contains { host in
      authority == host || authority.hasPrefix(host + ":")
    }
  }

  /// The keys that are there now. Throws an error whose text names the source.
  package func load() async throws -> [VerificationKey] {
    do {
      switch self {
      case .secret(let secret): return try await VerificationKey.keys(secret: secret)
      case .secretFile(let path):
        return try await VerificationKey.keys(secret: Self.secret(in: try Self.read(path)))
      case .pemFile(let path):
        let text = String(decoding: try Self.read(path), as: UTF8.self)
        return [try await VerificationKey.key(pem: text)]
      case .keySetFile(let path):
        return try await VerificationKey.keys(jwks: try Self.json(try Self.read(path)))
      case .keySetURL(let url):
        return try await VerificationKey.keys(jwks: try Self.json(try await KeyDownload.get(url)))
      }
    } catch {
      throw KeySourceFailure(source: self, reason: "\(error)")
    }
  }

  /// The secret of a file: without the line end that an editor or `echo` puts there.
  package static func secret(in content: Data) -> Data {
    var content = content
    if content.last == UInt8(ascii: "\n") { content.removeLast() }
    if content.last == UInt8(ascii: "\r") { content.removeLast() }
    return content
  }

  private static func json(_ data: Data) throws -> JSONValue {
    do {
      return try JSONValue(parsing: data)
    } catch {
      throw VerificationKey.Unusable("it is no JSON")
    }
  }

  private static func read(_ path: String) throws -> Data {
    do {
      let data = try Data(contentsOf: URL(filePath: path))
      guard data.count <= KeyDownload.largest else {
        throw VerificationKey.Unusable("it has more than \(KeyDownload.largest) bytes")
      }
      return data
    } catch let error as VerificationKey.Unusable {
      throw error
    } catch {
      throw VerificationKey.Unusable("it cannot be read")
    }
  }
}

/// Why a source gave no keys.
package struct KeySourceFailure: Error, CustomStringConvertible {
  var source: KeySource
  var reason: String
  package var description: String { "\(source.description): \(reason)" }
}

/// Fetches key sets.
enum KeyDownload {
  static let largest = 1 << 20
  private static let limit = TimeAmount.seconds(10)

  static func get(_ url: String) async throws -> Data {
    guard KeySource.isSafe(url: url) else {
      throw VerificationKey.Unusable("keys are fetched by https only")
    }
    var request = HTTPClientRequest(url: url)
    request.headers.add(name: "Accept", value: "application/json")
    do {
      let response = try await HTTPClient.shared.execute(request, timeout: limit)
      guard response.status == .ok else {
        throw VerificationKey.Unusable("the answer is \(response.status.code)")
      }
      let body = try await response.body.collect(upTo: largest)
      return Data(body.readableBytesView)
    } catch let error as VerificationKey.Unusable {
      throw error
    } catch {
      throw VerificationKey.Unusable("it cannot be fetched: \(error)")
    }
  }
}
