/// A container image by name: `[registry[:port]/]path[:tag][@algorithm:hex]`.
///
/// Source of the grammar: the OCI distribution specification and `distribution/reference`.
package struct ImageReference: Equatable, Sendable {
  /// The registry with its port; `nil` is the default registry.
  package var registry: String?
  /// The repository without its registry: lower-case parts with slashes between them.
  package var path: String
  /// `nil` where none is named: then it is `latest`, unless there is a digest.
  package var tag: String?
  /// The algorithm and the digits, without the `@`; `nil` where none is named.
  package var digest: String?

  /// Reads a reference; throws what is wrong with it and what to do.
  package init(parsing text: String) throws(Problem) {
    if let problem = Self.obvious(text) { throw problem }
    var rest = Substring(text)
    if let at = rest.firstIndex(of: "@") {
      digest = String(rest[rest.index(after: at)...])
      rest = rest[..<at]
    }
    // A colon behind the last slash begins the tag, one before it the registry's port.
    let lastSlash = rest.lastIndex(of: "/") ?? rest.startIndex
    if let colon = rest[lastSlash...].firstIndex(of: ":") {
      tag = String(rest[rest.index(after: colon)...])
      rest = rest[..<colon]
    }
    if let slash = rest.firstIndex(of: "/") {
      let first = rest[..<slash]
      if first.contains(".") || first.contains(":") || first == "localhost" {
        registry = String(first)
        rest = rest[rest.index(after: slash)...]
      }
    }
    path = String(rest)
    if let problem = problem() { throw problem }
  }

  /// What is wrong with a reference.
  package struct Problem: Error, Equatable {
    /// What is wrong, with the text that it is about.
    package var message: String
    package var fix: String
  }

  static func findings(_ image: String) -> [Finding] {
    guard !image.isEmpty else {
      return [
        Finding(
          field: .image, message: "image is required",
          fix: "Enter an image such as vllm/vllm-openai:v0.9.2.")
      ]
    }
    do {
      _ = try ImageReference(parsing: image)
      return []
    } catch {
      return [Finding(field: .image, message: error.message, fix: error.fix)]
    }
  }

  private static func obvious(_ text: String) -> Problem? {
    let shown = Excerpt.quoted(text)
    if text.utf8.count > 1_024 {
      return Problem(
        message: "the image \(shown) is too long", fix: "A reference has at most 1024 characters.")
    }
    if text.unicodeScalars.contains(where: \.properties.isWhitespace) {
      return Problem(message: "the image \(shown) contains a blank", fix: "Remove it.")
    }
    if let scheme = text.firstIndex(ofText: "://") {
      let rest = Excerpt.line(String(text[scheme...].dropFirst(3)), limit: 80)
      return Problem(
        message: "the image \(shown) is a URL", fix: "Leave out the scheme: \(rest)")
    }
    if !text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
      return Problem(
        message: "the image \(shown) contains a character that is not allowed",
        fix: "Use letters, digits and . _ - / : @ only.")
    }
    return nil
  }

  private func problem() -> Problem? {
    if let registry, let problem = Self.registryProblem(registry) { return problem }
    if let problem = pathProblem() { return problem }
    if let tag, !Self.isTag(tag) {
      return Problem(
        message: tag.isEmpty
          ? "the image has no tag behind the colon"
          : "the tag \(Excerpt.quoted(tag)) of the image is not allowed",
        fix: "A tag has up to 128 of A-Z, a-z, 0-9, _ . - and begins with none of . and -.")
    }
    if let digest, !Self.isDigest(digest) {
      return Problem(
        message: "the digest \(Excerpt.quoted(digest)) of the image is not allowed",
        fix: "A digest is sha256: and 64 hexadecimal digits.")
    }
    return nil
  }

  private func pathProblem() -> Problem? {
    if path.isEmpty {
      return Problem(
        message: "the image names no repository",
        fix: "Write [registry/]path[:tag], e.g. vllm/vllm-openai:v0.9.2.")
    }
    if path.contains(where: \.isUppercase) {
      return Problem(
        message: "the image has upper-case letters in \(Excerpt.quoted(path))",
        fix: "Write the repository in lower case: \(Excerpt.line(path.lowercased(), limit: 80))")
    }
    let components = path.split(separator: "/", omittingEmptySubsequences: false)
    if components.contains(where: \.isEmpty) {
      return Problem(
        message: "the image has an empty part in \(Excerpt.quoted(path))",
        fix: "Remove the slash that is too many.")
    }
    if !components.allSatisfy(Self.isPathComponent) || path.utf8.count > 255 {
      return Problem(
        message: "the repository \(Excerpt.quoted(path)) of the image is not allowed",
        fix: "Use a-z and 0-9, with single . _ - or double __ between them, at most 255 in all.")
    }
    return nil
  }

  private static func registryProblem(_ registry: String) -> Problem? {
    let parts = registry.split(separator: ":", omittingEmptySubsequences: false)
    let host = parts.first ?? ""
    let isHost = host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
      !label.isEmpty && label.first != "-" && label.last != "-"
        && label.utf8.allSatisfy { ShellLexer.isNameByte($0) && $0 != 95 || $0 == 45 }
    }
    let hasPort = parts.count == 2
    let isPort = !hasPort || (Int(parts[1]).map { (1...65_535).contains($0) } ?? false)
    if registry.first == "[" && registry.contains("]") { return nil }  // An IPv6 address.
    if isHost && isPort && parts.count <= 2 { return nil }
    return Problem(
      message: "the registry \(Excerpt.quoted(registry)) of the image is not a host with a port",
      fix: "Write it like registry.example.com:5000, or leave it out.")
  }

  private static func isPathComponent(_ component: Substring) -> Bool {
    var separators: [UInt8] = []
    var isFirst = true
    for byte in component.utf8 {
      if (97...122).contains(byte) || (48...57).contains(byte) {
        if isFirst && !separators.isEmpty { return false }
        if !isSeparator(separators) { return false }
        separators = []
        isFirst = false
      } else {
        separators.append(byte)
      }
    }
    return separators.isEmpty
  }

  /// Nothing, `.`, `_`, `__`, or any number of dashes.
  private static func isSeparator(_ bytes: [UInt8]) -> Bool {
    switch bytes {
    case [], [UInt8(ascii: ".")], [UInt8(ascii: "_")], [UInt8(ascii: "_"), UInt8(ascii: "_")]: true
    default: bytes.allSatisfy { $0 == UInt8(ascii: "-") }
    }
  }

  private static func isTag(_ tag: String) -> Bool {
    guard let first = tag.utf8.first, tag.utf8.count <= 128, ShellLexer.isNameByte(first) else {
      return false
    }
    return tag.utf8.allSatisfy { ShellLexer.isNameByte($0) || $0 == 46 || $0 == 45 }
  }

  private static func isDigest(_ digest: String) -> Bool {
    let parts = digest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else { return false }
    let isHexadecimal = parts[1].utf8.allSatisfy {
      (48...57).contains($0) || (97...102).contains($0)
    }
    let length: Int? = ["sha256": 64, "sha384": 96, "sha512": 128][String(parts[0])]
    return isHexadecimal && length == parts[1].utf8.count
  }
}
