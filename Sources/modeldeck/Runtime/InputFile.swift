import Kubernetes
import ModelCore

#if canImport(Glibc)
  import Glibc
#endif

/// A file that was named with `-f`; `-` is standard input.
struct InputFile: Sendable {
  /// As messages call it.
  let name: String
  let text: String

  /// Throws where it cannot be read or is no text.
  init(_ path: String) throws(CommandFailure) {
    name = path == "-" ? "standard input" : path
    let text: String
    do throws(YAMLFile.Problem) {
      text = try YAMLFile.text(try Self.bytes(path))
    } catch {
      throw CommandFailure(
        .invalidInput, "\(name) cannot be used: \(error.message). \(error.advice)")
    }
    guard !text.allSatisfy(\.isWhitespace) else {
      throw CommandFailure(.invalidInput, "\(name) is empty.")
    }
    self.text = text
  }

  /// More than any manifest may have; who sends without end, such as a device, is not waited for.
  private static let mostBytes = 8 << 20

  private static func bytes(_ path: String) throws(YAMLFile.Problem) -> [UInt8] {
    let isInput = path == "-"
    let file = isInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      throw errno == ENOENT
        ? YAMLFile.Problem(message: "it does not exist", advice: "Check its path.")
        : YAMLFile.Problem(message: reason(errno), advice: "Check its permissions.")
    }
    defer { if !isInput { close(file) } }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= mostBytes {
      let count = read(file, &buffer, buffer.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw errno == EISDIR
          ? YAMLFile.Problem(message: "it is a folder", advice: "Name a file in it.")
          : YAMLFile.Problem(message: reason(errno), advice: "Try another file.")
      }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    return bytes
  }

  private static func reason(_ code: Int32) -> String {
    String(cString: strerror(code)).lowercased()
  }

  /// Whether it holds objects of Kubernetes, and no request of ours.
  var holdsManifests: Bool {
    YAMLText(text).documents.contains { $0.member("apiVersion") != nil || $0.member("kind") != nil }
  }

  /// The one document in it, JSON or YAML. Throws with line and column.
  func document() throws(CommandFailure) -> YAMLNode {
    let yaml = YAMLText(text)
    guard yaml.findings.isEmpty else {
      throw CommandFailure(
        .invalidInput, "\(name) cannot be read:", details: yaml.findings.map(line))
    }
    guard let document = yaml.documents.first, yaml.documents.count == 1 else {
      throw CommandFailure(
        .invalidInput, "\(name) has \(yaml.documents.count) documents, and one is wanted.")
    }
    return document
  }

  /// A finding with where it is.
  func line(_ finding: YAMLFinding) -> String {
    let advice = finding.advice.isEmpty ? "" : ". \(finding.advice)"
    return "  \(name):\(finding.position.line):\(finding.position.column): "
      + "\(finding.message)\(advice)"
  }
}
