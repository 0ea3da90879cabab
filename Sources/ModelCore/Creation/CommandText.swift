internal import FoundationEssentials
internal import Kubernetes

/// A command as a person types or pastes it, and back.
package enum CommandText {
  /// Reads arguments from one on a line, a shell line, or a JSON array.
  ///
  /// Text that needs a shell (`&&`, `$MODEL`, `A=b ...`) becomes `sh -c TEXT`. Throws where a quote is not closed.
  package static func arguments(of text: String) throws(ShellSyntaxError) -> [String] {
    let trimmed = text.trimmingBlanks
    guard !trimmed.isEmpty else { return [] }
    if trimmed.utf8.first == UInt8(ascii: "["), let array = jsonArray(trimmed) { return array }
    let script = try ShellScript(parsing: trimmed)
    if script.needsShell { return ["sh", "-c", trimmed] }
    return script.commands.flatMap(\.words).compactMap(\.literal)
  }

  /// One argument on a line, quoted where it has to be, so that ``arguments(of:)`` gives the same back.
  package static func text(of arguments: [String]) -> String {
    arguments.map(ShellWords.quote).joined(separator: "\n")
  }

  private static func jsonArray(_ text: String) -> [String]? {
    guard case .array(let elements)? = try? JSONValue(parsing: Data(text.utf8)) else { return nil }
    let strings = elements.compactMap(\.stringValue)
    return strings.count == elements.count ? strings : nil
  }
}
