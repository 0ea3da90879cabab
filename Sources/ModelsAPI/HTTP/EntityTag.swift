internal import Crypto
internal import FoundationEssentials
internal import HTTPTypes
internal import NIOCore

/// What says that two answers are the same, byte for byte: a strong validator (RFC 9110, 8.8).
///
/// It is made of what an answer depends on, not of its bytes, so that nothing has to be written to know that nothing is new. The organization is
/// part of it: a tag of another one is never taken for one's own. It is the end of a keyed hash, so it says nothing about what it was made of.
package struct EntityTag: Hashable, Sendable {
  /// As it stands in a header, with its quotation marks.
  package let text: String

  /// Makes tags that only this server process knows to make.
  struct Maker: Sendable {
    private let key = SymmetricKey(size: .bits256)

    /// - Parameter parts: what the answer depends on; their limits count.
    func tag(_ parts: [String]) -> EntityTag {
      var hash = HMAC<SHA256>(key: key)
      for part in parts {
        hash.update(data: Array("\(part.utf8.count):".utf8))
        hash.update(data: Array(part.utf8))
      }
      let digits = hash.finalize().prefix(16).map { byte in
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
      return EntityTag(text: "\"\(digits.joined())\"")
    }
  }

  fileprivate init(text: String) { self.text = text }
}

/// What a caller has already, as `If-None-Match` says it.
package enum KnownTags: Sendable {
  /// `*`: whatever it is.
  case any
  case these(Set<String>)

  /// The caller has nothing: everything is answered whole.
  package static let none = KnownTags.these([])

  /// Reads the header's fields. They are compared weakly, as the header wants it: `W/` says nothing.
  init(_ fields: [String]) {
    let texts = fields.flatMap { $0.split(separator: ",") }.map(Self.trimmed)
    self = texts == ["*"] ? .any : .these(Set(texts.filter { $0.hasPrefix("\"") }))
  }

  // A tag of ours has no comma and no blank: one that is cut here is none of ours.
  private static func trimmed(_ text: Substring) -> String {
    let text = text.drop { $0 == " " || $0 == "\t" }
    let strong = text.hasPrefix("W/") ? text.dropFirst(2) : text
    return String(strong.prefix { $0 != " " && $0 != "\t" })
  }

  /// Whether the caller has the answer with this tag: then a 304 is enough.
  package func contains(_ tag: EntityTag) -> Bool {
    switch self {
    case .any: true
    case .these(let texts): texts.contains(tag.text)
    }
  }
}

extension APIAnswer {
  /// The answer to a read, or that what the caller has is still so.
  init(_ read: ModelShelf.Read) {
    self = read.body.map { APIAnswer(.ok, body: $0) } ?? APIAnswer(.notModified, body: ByteBuffer())
    headers[.eTag] = read.tag.text
    // The caller's own cache may keep it and has to ask each time; no other one may.
    headers[.cacheControl] = "private, no-cache"
    headers[.vary] = "Authorization"
  }

  /// Whether it has a body, and headers that tell of one.
  var hasContent: Bool { status != .noContent && status != .notModified }
}
