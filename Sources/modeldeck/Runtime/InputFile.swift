import Kubernetes
import ModelCore

#if canImport(Glibc)
  import Glibc
#endif
#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A file that was named with `-f`; `-` is standard input.
struct InputFile: Sendable {
  /// As messages call it.
  let name: String
  let text: String

  /// Throws where it cannot be read or is no text.
  init(_ path: String) throws(CommandFailure) {
    name = path == "-" ? "standard input" : path
    let data: Data
    if path == "-" {
      data = Self.standardInput()
    } else {
      var isFolder = false
      _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      guard !isFolder else { throw CommandFailure(.invalidInput, "\(path) is a folder.") }
      do {
        data = try Data(contentsOf: URL(filePath: path))
      } catch {
        let problem =
          access(path, F_OK) == 0 ? "cannot be read: check its permissions" : "does not exist"
        throw CommandFailure(.invalidInput, "the file \(path) \(problem).")
      }
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw CommandFailure(.invalidInput, "\(name) is no text in UTF-8.")
    }
    guard !text.allSatisfy(\.isWhitespace) else {
      throw CommandFailure(.invalidInput, "\(name) is empty.")
    }
    self.text = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
  }

  private static func standardInput() -> Data {
    var data = Data()
    var buffer = [UInt8](repeating: 0, count: 65_536)
    // More than any manifest may have; who sends without end is not waited for.
    while data.count <= 8 << 20 {
      let count = read(STDIN_FILENO, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      data.append(contentsOf: buffer[..<count])
    }
    return data
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

extension String {
  /// `nil` where the bytes are not valid in the encoding.
  fileprivate init?(validating data: Data, as encoding: UTF8.Type) {
    guard let text = String(bytes: data, encoding: .utf8) else { return nil }
    self = text
  }
}
