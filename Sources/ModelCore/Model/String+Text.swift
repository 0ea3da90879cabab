extension StringProtocol {
  /// Without blanks and line ends at both sides.
  package var trimmingBlanks: String {
    let isBlank: (Character) -> Bool = { $0.isWhitespace }
    guard let first = firstIndex(where: { !isBlank($0) }),
      let last = lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(self[first...last])
  }
}

extension String {
  /// What stands behind the last `/`.
  var lastPathComponent: String {
    guard let slash = utf8.lastIndex(of: UInt8(ascii: "/")) else { return self }
    return String(self[utf8.index(after: slash)...])
  }

  /// Where a short text first stands, compared byte by byte.
  func firstIndex(ofText needle: String) -> String.Index? {
    guard let first = needle.utf8.first else { return startIndex }
    var start = utf8.startIndex
    while let candidate = utf8[start...].firstIndex(of: first) {
      if utf8[candidate...].starts(with: needle.utf8) { return candidate }
      start = utf8.index(after: candidate)
    }
    return nil
  }

  func removing(suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }
}
