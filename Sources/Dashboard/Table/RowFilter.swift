package import ModelCore

/// Which models the table shows.
package struct RowFilter: Equatable, Sendable {
  /// As the specification's query parameter `managed`.
  package enum Managed: Equatable, Sendable, CaseIterable {
    case all, managed, unmanaged

    /// What the key that steps through them comes to next.
    package var next: Managed {
      switch self {
      case .all: .managed
      case .managed: .unmanaged
      case .unmanaged: .all
      }
    }
  }

  /// What was typed. Words must all occur; a leading `!` turns the meaning round.
  package var text: String { didSet { query = Query(text) } }
  /// `nil` is all of them.
  package var status: ModelStatus?
  /// Whether it is managed by us counts, not whose it is.
  package var managed: Managed
  /// Managed models of other organizations too.
  package var showsOtherOrganizations: Bool
  private var query: Query

  /// Lets everything through but managed models of other organizations.
  package init() {
    text = ""
    managed = .all
    showsOtherOrganizations = false
    query = Query("")
  }

  /// Nothing is hidden, apart from other organizations' models.
  package var isEmpty: Bool { query.words.isEmpty && status == nil && managed == .all }

  /// Whether the row is shown, as far as text, status and management go; the organization is the table's business.
  package func admits(_ row: ModelRow) -> Bool {
    if let status, row.model.status != status { return false }
    switch managed {
    case .all: break
    case .managed: if !row.model.isManaged { return false }
    case .unmanaged: if row.model.isManaged { return false }
    }
    return query.admits(row.searchText)
  }

  private struct Query: Equatable, Sendable {
    let words: [SearchText]
    let isInverted: Bool

    init(_ text: String) {
      let isInverted = text.hasPrefix("!")
      words = (isInverted ? text.dropFirst() : text[...])
        .split(whereSeparator: \.isWhitespace).map { SearchText($0) }
      self.isInverted = isInverted
    }

    func admits(_ text: SearchText) -> Bool {
      words.isEmpty || words.allSatisfy { text.contains($0) } != isInverted
    }
  }
}

/// Text in lower case as bytes: thousands of rows are searched at every key.
package struct SearchText: Equatable, Sendable {
  private let bytes: [UInt8]

  package init(_ text: some StringProtocol) { self.init([String(text)]) }

  /// Several texts with a line feed between them: no word that is typed reaches over two.
  package init(_ texts: [String]) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(texts.reduce(0) { $0 + $1.utf8.count + 1 })
    for (index, text) in texts.enumerated() {
      if index > 0 { bytes.append(0x0A) }
      // Unicode's rules cost a lot, and names, images and nodes are ASCII.
      if text.utf8.allSatisfy({ $0 < 0x80 }) {
        for byte in text.utf8 { bytes.append((0x41...0x5A).contains(byte) ? byte + 0x20 : byte) }
      } else {
        bytes.append(contentsOf: text.lowercased().utf8)
      }
    }
    self.bytes = bytes
  }

  /// Whether the other stands in it anywhere; an empty one always does.
  package func contains(_ other: SearchText) -> Bool {
    let needle = other.bytes
    guard let first = needle.first else { return true }
    guard bytes.count >= needle.count else { return false }
    return bytes.withUnsafeBufferPointer { hay in
      needle.withUnsafeBufferPointer { needle in
        var start = 0
        let last = hay.count - needle.count
        while start <= last {
          if hay[start] == first {
            var length = 1
            while length < needle.count, hay[start + length] == needle[length] { length += 1 }
            if length == needle.count { return true }
          }
          start += 1
        }
        return false
      }
    }
  }
}
