extension EditorState {
  /// Where a text of one line stands next, round and round; letters of either case are the same.
  ///
  /// - Parameters:
  ///   - start: the first place that is looked at, or the one behind the last where it goes backwards.
  package func place(
    of needle: String, from start: EditorPlace, isBackwards: Bool = false
  ) -> EditorPlace? {
    let needle = needle.unicodeScalars.map(\.folded)
    guard !needle.isEmpty else { return nil }
    let lines = text.lines
    let start = text.clamped(start)
    // The line of the start is looked at twice: its one part first, its other part last.
    for step in 0...lines.count {
      let row = (start.row + (isBackwards ? lines.count - step % lines.count : step)) % lines.count
      var columns = 0..<max(0, lines[row].count - needle.count + 1)
      if step == 0 {
        columns =
          isBackwards
          ? 0..<min(start.column, columns.upperBound)
          : min(start.column, columns.upperBound)..<columns.upperBound
      }
      if let column = Self.column(of: needle, in: lines[row], columns, isBackwards) {
        return EditorPlace(row: row, column: column)
      }
    }
    return nil
  }

  private static func column(
    of needle: [Unicode.Scalar], in line: [Unicode.Scalar], _ columns: Range<Int>,
    _ isBackwards: Bool
  ) -> Int? {
    guard !columns.isEmpty else { return nil }
    let first = needle[0]
    func matches(_ column: Int) -> Bool {
      guard line[column].folded == first else { return false }
      return needle.indices.dropFirst().allSatisfy { line[column + $0].folded == needle[$0] }
    }
    return isBackwards ? columns.last(where: matches) : columns.first(where: matches)
  }
}

extension Unicode.Scalar {
  /// The small letter of a letter that has one alone.
  fileprivate var folded: Unicode.Scalar {
    if isASCII { return (65...90).contains(value) ? Unicode.Scalar(UInt8(value + 32)) : self }
    let lower = properties.lowercaseMapping.unicodeScalars
    return lower.count == 1 ? lower.first ?? self : self
  }
}
