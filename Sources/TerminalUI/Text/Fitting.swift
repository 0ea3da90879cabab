/// Where a text stands in a field that is wider.
package enum Alignment: Sendable { case leading, center, trailing }

extension String {
  /// The text cut at the end to a width, with an ellipsis where something is missing.
  package func truncated(to width: Int, ellipsis: String = "…") -> String {
    guard displayWidth > width else { return self }
    let mark = ellipsis.displayWidth < width ? ellipsis : ellipsis.prefix(columns: width)
    return prefix(columns: width - mark.displayWidth) + mark
  }

  /// The text with its middle left out: for what differs at the end, such as pod names and images.
  package func truncatedInTheMiddle(to width: Int, ellipsis: String = "…") -> String {
    guard displayWidth > width else { return self }
    let room = width - ellipsis.displayWidth
    guard room > 1 else { return truncated(to: width, ellipsis: ellipsis) }
    let tail = suffix(columns: room / 2)
    return prefix(columns: room - tail.displayWidth) + ellipsis + tail
  }

  /// Blanks around the text up to a width; a longer text stays as it is.
  package func padded(to width: Int, _ alignment: Alignment = .leading) -> String {
    let missing = width - displayWidth
    guard missing > 0 else { return self }
    let before =
      switch alignment {
      case .leading: 0
      case .center: missing / 2
      case .trailing: missing
      }
    return String(repeating: " ", count: before) + self
      + String(repeating: " ", count: missing - before)
  }

  /// Cut or padded to exactly this width.
  package func fitted(
    to width: Int, _ alignment: Alignment = .leading, ellipsis: String = "…"
  ) -> String {
    truncated(to: width, ellipsis: ellipsis).padded(to: width, alignment)
  }

  /// As much of the start as fits in that many columns, as it is shown.
  package func prefix(columns: Int) -> String {
    var kept = ""
    var width = 0
    for printed in printedScalars {
      guard width + printed.width <= columns else { break }
      width += printed.width
      kept.unicodeScalars.append(contentsOf: printed.text.unicodeScalars)
    }
    return kept
  }

  /// As much of the end as fits in that many columns, as it is shown.
  package func suffix(columns: Int) -> String {
    let all = Array(printedScalars)
    var first = all.endIndex
    var width = 0
    while first > 0, width + all[first - 1].width <= columns {
      first -= 1
      width += all[first].width
    }
    return all[first...].map(\.text).joined()
  }

  /// The text in lines of at most that width, broken between words where it can be; its own line
  /// breaks stay, and so does the indentation of each line.
  package func wrapped(to width: Int) -> [String] {
    guard width > 0 else { return [] }
    return split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).flatMap {
      Self.wrap($0, to: width)
    }
  }

  private static func wrap(_ paragraph: Substring, to width: Int) -> [String] {
    let indentation = String(paragraph.prefix { $0 == " " }.prefix(width / 2))
    var lines: [String] = []
    var line = indentation
    var used = line.displayWidth
    var isFresh = true
    for word in paragraph.split(separator: " ") {
      var word = String(word).printable
      var columns = word.displayWidth
      if !isFresh, used + 1 + columns > width {
        lines.append(line)
        line = indentation
        used = line.displayWidth
        isFresh = true
      }
      if !isFresh {
        line += " "
        used += 1
      }
      // A word that no line can hold is broken where it must be.
      while used + columns > width {
        let head = word.prefix(columns: width - used)
        guard !head.isEmpty else { break }
        lines.append(line + head)
        word = String(word.unicodeScalars.dropFirst(head.unicodeScalars.count))
        columns = word.displayWidth
        line = indentation
        used = line.displayWidth
      }
      line += word
      used += columns
      isFresh = false
    }
    return lines + [line]
  }
}
