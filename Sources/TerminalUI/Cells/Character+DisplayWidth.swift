extension Character {
  /// The columns that a terminal gives this character: 0, 1 or 2.
  package var displayWidth: Int {
    guard let first = unicodeScalars.first else { return 0 }
    if first.isASCII { return first.value < 32 || first.value == 127 ? 0 : 1 }
    return 1
  }

  /// The character as it may be shown: what would move the cursor or reorder the line becomes `·`.
  package var printable: Character {
    guard let first = unicodeScalars.first else { return self }
    return first.value < 32 || first.value == 127 ? "·" : self
  }
}

extension StringProtocol {
  /// The columns that the text takes on a terminal.
  package var displayWidth: Int { reduce(0) { $0 + $1.printable.displayWidth } }
}
