/// Makes a text out of the bytes of a file, or says why they are none.
package enum YAMLFile {
  /// Why a file cannot be read as a manifest, with what to do.
  package struct Problem: Error, Equatable, Sendable {
    package var message: String
    package var advice: String

    package init(message: String, advice: String) {
      self.message = message
      self.advice = advice
    }
  }

  /// The text with line feeds for line ends and without a byte order mark.
  package static func text(_ bytes: [UInt8]) throws(Problem) -> String {
    guard bytes.count <= YAMLText.Limits.bytes else {
      throw Problem(
        message: "it has \(bytes.count >> 10) KiB, and \(YAMLText.Limits.bytes >> 10) KiB are read",
        advice: "Put large files into the image or on a volume.")
    }
    if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) {
      throw Problem(message: "it is UTF-16", advice: "Save it as UTF-8.")
    }
    if bytes.starts(with: [0x1F, 0x8B]) {
      throw Problem(message: "it is compressed", advice: "Unpack it first.")
    }
    if let index = bytes.firstIndex(of: 0) {
      throw Problem(
        message: "it is no text: there is a zero byte in line \(line(of: index, in: bytes))",
        advice: "Choose a YAML file.")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Problem(
        message: "it is not UTF-8: see line \(firstInvalidLine(bytes))", advice: "Save it as UTF-8."
      )
    }
    return YAMLText.normalized(text)
  }

  private static func line(of index: Int, in bytes: [UInt8]) -> Int {
    bytes[..<index].count { $0 == 10 } + 1
  }

  private static func firstInvalidLine(_ bytes: [UInt8]) -> Int {
    let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    let index = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
    return (index ?? 0) + 1
  }
}
