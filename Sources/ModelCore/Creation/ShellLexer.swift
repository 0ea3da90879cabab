internal import FoundationEssentials

/// One pass over the bytes of a script: linear, whatever is in it.
struct ShellLexer {
  private let bytes: [UInt8]
  private var index = 0
  private var literal: [UInt8] = []
  private var parts: [ShellScript.Part] = []
  private var hasWord = false
  private var isQuoted = false
  private var skipsNextWord = false
  private var readsDelimiter = false
  private var hereDocuments: [(delimiter: String, stripsTabs: Bool)] = []
  private var stripsTabs = false
  private var words: [ShellScript.Word] = []
  private(set) var commands: [ShellScript.Command] = []
  private(set) var needsShell = false

  init(_ text: String) { bytes = Array(text.utf8) }

  static func isNameStart(_ byte: UInt8) -> Bool {
    (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
  }

  static func isNameByte(_ byte: UInt8) -> Bool {
    isNameStart(byte) || (48...57).contains(byte)
  }

  mutating func run() throws(ShellSyntaxError) {
    while index < bytes.count { try step() }
    endWord()
    endCommand("")
  }

  private mutating func step() throws(ShellSyntaxError) {
    let byte = bytes[index]
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
      endWord()
      index += 1
    case UInt8(ascii: "\n"):
      endWord()
      endCommand("\n")
      index += 1
      skipHereDocuments()
    case UInt8(ascii: "#") where !hasWord:
      while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
    case UInt8(ascii: "\\"): escape()
    case UInt8(ascii: "'"): try singleQuotes()
    case UInt8(ascii: "\""): try doubleQuotes()
    case UInt8(ascii: "$"): try expansion(inQuotes: false)
    case UInt8(ascii: "`"): try backticks()
    case UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "("),
      UInt8(ascii: ")"):
      operatorSign(byte)
    case UInt8(ascii: "<"), UInt8(ascii: ">"): try redirection()
    default:
      literal.append(byte)
      hasWord = true
      index += 1
    }
  }

  // MARK: Words and commands

  private mutating func flush() {
    guard !literal.isEmpty else { return }
    parts.append(.literal(String(decoding: literal, as: UTF8.self)))
    literal.removeAll(keepingCapacity: true)
  }

  private mutating func endWord() {
    guard hasWord else { return }
    flush()
    let word = ShellScript.Word(parts: parts, isQuoted: isQuoted)
    parts = []
    hasWord = false
    isQuoted = false
    if readsDelimiter {
      hereDocuments.append((word.source, stripsTabs))
      readsDelimiter = false
    } else if skipsNextWord {
      skipsNextWord = false
    } else {
      words.append(word)
    }
  }

  private mutating func endCommand(_ terminator: String) {
    skipsNextWord = false
    readsDelimiter = false
    guard !words.isEmpty || (terminator != "" && terminator != "\n") else { return }
    commands.append(.init(words: words, terminator: terminator))
    words = []
  }

  private mutating func operatorSign(_ byte: UInt8) {
    if byte == UInt8(ascii: "&"), peek(1) == UInt8(ascii: ">") {
      endWord()
      index += peek(2) == UInt8(ascii: ">") ? 3 : 2
      skipsNextWord = true
      needsShell = true
      return
    }
    endWord()
    var sign = [byte]
    if let next = peek(1), byte != UInt8(ascii: "("), byte != UInt8(ascii: ")"),
      next == byte || (byte == UInt8(ascii: "|") && next == UInt8(ascii: "&"))
    {
      sign.append(next)
    }
    index += sign.count
    needsShell = true
    endCommand(String(decoding: sign, as: UTF8.self))
  }

  private func peek(_ offset: Int) -> UInt8? {
    index + offset < bytes.count ? bytes[index + offset] : nil
  }

  // MARK: Quotes

  private mutating func escape() {
    guard let next = peek(1) else {
      literal.append(UInt8(ascii: "\\"))
      hasWord = true
      index += 1
      return
    }
    index += 2
    if next == UInt8(ascii: "\r"), index < bytes.count, bytes[index] == UInt8(ascii: "\n") {
      index += 1  // A line continued in text with CR LF line ends, as pasted from elsewhere.
      return
    }
    guard next != UInt8(ascii: "\n") else { return }
    literal.append(next)
    hasWord = true
    isQuoted = true
  }

  private mutating func singleQuotes() throws(ShellSyntaxError) {
    index += 1
    hasWord = true
    isQuoted = true
    guard let end = bytes[index...].firstIndex(of: UInt8(ascii: "'")) else {
      throw ShellSyntaxError(message: "a single quote (') is not closed")
    }
    literal.append(contentsOf: bytes[index..<end])
    index = end + 1
  }

  private mutating func doubleQuotes() throws(ShellSyntaxError) {
    index += 1
    hasWord = true
    isQuoted = true
    while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        return
      case UInt8(ascii: "\\"):
        guard let next = peek(1) else {
          index += 1
          break
        }
        switch next {
        case UInt8(ascii: "\n"): break
        case UInt8(ascii: "$"), UInt8(ascii: "`"), UInt8(ascii: "\""), UInt8(ascii: "\\"):
          literal.append(next)
        default:
          literal.append(byte)
          literal.append(next)
        }
        index += 2
      case UInt8(ascii: "$"): try expansion(inQuotes: true)
      case UInt8(ascii: "`"): try backticks()
      default:
        literal.append(byte)
        index += 1
      }
    }
    throw ShellSyntaxError(message: "a double quote (\") is not closed")
  }

  // MARK: Expansions

  private mutating func expansion(inQuotes: Bool) throws(ShellSyntaxError) {
    guard let next = peek(1) else { return keep(bytes[index]) }
    switch next {
    case UInt8(ascii: "'") where !inQuotes: try ansiQuotes()
    case UInt8(ascii: "\"") where !inQuotes:
      index += 1
      try doubleQuotes()
    case UInt8(ascii: "("): try substitution(from: index + 1)
    case UInt8(ascii: "{"): try braces(inQuotes: inQuotes)
    case _ where Self.isNameStart(next):
      var end = index + 1
      while end < bytes.count, Self.isNameByte(bytes[end]) { end += 1 }
      variable(String(decoding: bytes[index + 1..<end], as: UTF8.self), nil, inQuotes, end)
    case UInt8(ascii: "@"), UInt8(ascii: "*"), 48...57:
      variable(String(decoding: [next], as: UTF8.self), nil, inQuotes, index + 2)
    case UInt8(ascii: "#"), UInt8(ascii: "?"), UInt8(ascii: "$"), UInt8(ascii: "!"),
      UInt8(ascii: "-"):
      unknown(until: index + 2)
    default: keep(bytes[index])
    }
  }

  private mutating func keep(_ byte: UInt8) {
    literal.append(byte)
    hasWord = true
    index += 1
  }

  private mutating func variable(
    _ name: String, _ fallback: String?, _ inQuotes: Bool, _ end: Int
  ) {
    flush()
    let source = String(decoding: bytes[index..<end], as: UTF8.self)
    parts.append(.variable(name, fallback: fallback, isQuoted: inQuotes, source: source))
    hasWord = true
    needsShell = true
    index = end
  }

  private mutating func unknown(until end: Int) {
    flush()
    parts.append(.unknown(source: String(decoding: bytes[index..<end], as: UTF8.self)))
    hasWord = true
    needsShell = true
    index = end
  }

  /// `${NAME}` and `${NAME:-literal}` are understood, the other forms are unknown.
  private mutating func braces(inQuotes: Bool) throws(ShellSyntaxError) {
    guard let end = closing(from: index + 1, open: "{", close: "}") else {
      throw ShellSyntaxError(message: "a variable (${) is not closed")
    }
    let content = bytes[index + 2..<end]
    let name = content.prefix(while: Self.isNameByte)
    let rest = content.dropFirst(name.count)
    let text = String(decoding: name, as: UTF8.self)
    let isPositional = content.count == 1 && content.first == UInt8(ascii: "@")
    if isPositional {
      variable("@", nil, inQuotes, end + 1)
    } else if !name.isEmpty && rest.isEmpty {
      variable(text, nil, inQuotes, end + 1)
    } else if !name.isEmpty, rest.starts(with: ":-".utf8) || rest.starts(with: "-".utf8) {
      let isColon = rest.first == UInt8(ascii: ":")
      let fallback = rest.dropFirst(isColon ? 2 : 1)
      let plain = fallback.allSatisfy { !"$`'\"\\".utf8.contains($0) }
      if plain {
        variable(text, String(decoding: fallback, as: UTF8.self), inQuotes, end + 1)
      } else {
        unknown(until: end + 1)
      }
    } else {
      unknown(until: end + 1)
    }
  }

  private mutating func substitution(from open: Int) throws(ShellSyntaxError) {
    guard let end = closing(from: open, open: "(", close: ")") else {
      throw ShellSyntaxError(message: "a command substitution ($() is not closed")
    }
    unknown(until: end + 1)
  }

  private mutating func backticks() throws(ShellSyntaxError) {
    var end = index + 1
    while end < bytes.count, bytes[end] != UInt8(ascii: "`") {
      end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard end < bytes.count else {
      throw ShellSyntaxError(message: "a command substitution (`) is not closed")
    }
    unknown(until: end + 1)
  }

  /// The matching sign, quoted text left out.
  private func closing(from start: Int, open: Unicode.Scalar, close: Unicode.Scalar) -> Int? {
    let open = UInt8(ascii: open)
    let close = UInt8(ascii: close)
    var depth = 0
    var position = start
    var quote: UInt8?
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "'") {
        position += 2
        continue
      }
      if let current = quote {
        if byte == current { quote = nil }
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        quote = byte
      } else if byte == open {
        depth += 1
      } else if byte == close {
        depth -= 1
        if depth == 0 { return position }
      }
      position += 1
    }
    return nil
  }

  /// bash's `$'...'` with its escapes.
  private mutating func ansiQuotes() throws(ShellSyntaxError) {
    index += 2
    hasWord = true
    isQuoted = true
    let escapes: [UInt8: UInt8] = [
      UInt8(ascii: "n"): 10, UInt8(ascii: "t"): 9, UInt8(ascii: "r"): 13, UInt8(ascii: "e"): 27,
      UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8,
    ]
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "'") {
        index += 1
        return
      }
      if byte == UInt8(ascii: "\\"), let next = peek(1) {
        literal.append(escapes[next] ?? next)
        index += 2
      } else {
        literal.append(byte)
        index += 1
      }
    }
    throw ShellSyntaxError(message: "a quote ($') is not closed")
  }

  // MARK: Redirections

  private mutating func redirection() throws(ShellSyntaxError) {
    needsShell = true
    let byte = bytes[index]
    if peek(1) == UInt8(ascii: "(") { return try substitution(from: index + 1) }
    // `2>file`: the number belongs to the redirection.
    if hasWord, parts.isEmpty, !isQuoted, literal.allSatisfy({ (48...57).contains($0) }) {
      literal = []
      hasWord = false
    }
    endWord()
    if byte == UInt8(ascii: "<"), peek(1) == byte, peek(2) != byte {
      stripsTabs = peek(2) == UInt8(ascii: "-")
      index += stripsTabs ? 3 : 2
      readsDelimiter = true
      return
    }
    index += 1
    while index < bytes.count,
      [byte, UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: ">")]
        .contains(bytes[index])
    { index += 1 }
    skipsNextWord = true
  }

  private mutating func skipHereDocuments() {
    for document in hereDocuments {
      let delimiter = Array(document.delimiter.utf8)
      while index < bytes.count {
        let end = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        var line = bytes[index..<end]
        if document.stripsTabs { line = line.drop { $0 == UInt8(ascii: "\t") } }
        index = min(end + 1, bytes.count)
        if line.elementsEqual(delimiter) { break }
      }
    }
    hereDocuments = []
  }
}
