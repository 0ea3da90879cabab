import FoundationEssentials
package import TerminalUI
package import Testing

/// Compares a text with a golden file beside the test: `Goldens/<name>.screen`.
///
/// `RECORD=1` writes the files instead, and fails, so that a recording run is never taken for a passing one.
package func expectGolden(
  _ actual: String, named name: String, filePath: String = #filePath,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  var directory = filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast()
  // Tests in a folder of their target share the goldens of the target.
  while let last = directory.last, !last.hasSuffix("Tests") { directory.removeLast() }
  let path = (directory + ["Goldens", "\(name).screen"]).joined(separator: "/")
  if ProcessInfo.processInfo.environment["RECORD"] == "1" {
    do {
      try Data(actual.utf8).write(to: URL(filePath: path))
      Issue.record("recorded \(name)", sourceLocation: sourceLocation)
    } catch {
      Issue.record("cannot write \(path): \(error)", sourceLocation: sourceLocation)
    }
    return
  }
  guard let data = try? Data(contentsOf: URL(filePath: path)) else {
    Issue.record("no golden \(name): record it with RECORD=1", sourceLocation: sourceLocation)
    return
  }
  let expected = String(decoding: data, as: UTF8.self)
  if expected == actual { return }
  Issue.record(
    "\(name) differs from its golden:\n\(difference(expected, actual))",
    sourceLocation: sourceLocation)
}

/// The first lines that differ, both ways.
private func difference(_ expected: String, _ actual: String) -> String {
  let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
  let new = actual.split(separator: "\n", omittingEmptySubsequences: false)
  var text: [String] = []
  for index in 0..<max(old.count, new.count) where text.count < 24 {
    let before = index < old.count ? old[index] : "(no line)"
    let after = index < new.count ? new[index] : "(no line)"
    if before != after { text += ["\(index + 1) - \(before)", "\(index + 1) + \(after)"] }
  }
  return text.joined(separator: "\n")
}

extension Frame {
  /// The screen as a text: its characters, then a letter for the style of each cell, then the letters' meaning.
  package var goldenText: String {
    var letters: [Style: Character] = [.plain: "."]
    var legend: [String] = []
    let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    var styles: [String] = []
    for row in 0..<size.rows {
      var line = ""
      for column in 0..<size.columns {
        let style = self[row, column].style
        if letters[style] == nil {
          let letter = alphabet[min(legend.count, alphabet.count - 1)]
          letters[style] = letter
          legend.append("\(letter) \(style.golden)")
        }
        line.append(letters[style] ?? "?")
      }
      while line.last == "." { line.removeLast() }
      styles.append(line)
    }
    let cursor = cursor.map { ["cursor \($0.row),\($0.column)"] } ?? []
    return (["\(size.columns)x\(size.rows)"] + lines + ["styles"] + styles + legend + cursor)
      .joined(separator: "\n") + "\n"
  }
}

extension Style {
  fileprivate var golden: String {
    func name(_ color: Color) -> String {
      switch color {
      case .default: "default"
      case .indexed(let index): "\(index)"
      }
    }
    let names: [(Attributes, String)] = [
      (.bold, "bold"), (.dim, "dim"), (.reverse, "reverse"), (.underline, "underline"),
      (.italic, "italic"),
    ]
    let attributes = names.filter { self.attributes.contains($0.0) }.map(\.1)
    return (["\(name(foreground)) on \(name(background))"] + attributes).joined(separator: " ")
  }
}
