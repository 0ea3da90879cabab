internal import FoundationEssentials

/// A shell script taken apart into simple commands, as far as it can be known without running it.
///
/// It reads what `sh` and `bash` share: quotes, escapes, comments, operators, redirections, here-documents, and it
/// marks where a variable or a command substitution stands. Source: POSIX.1-2017, Shell Command Language, 2.2 to 2.10.
package struct ShellScript: Equatable, Sendable {
  /// A piece of a word.
  package enum Part: Equatable, Sendable {
    case literal(String)
    /// `$NAME` or `${NAME:-fallback}`; `source` is how it was written.
    case variable(String, fallback: String?, isQuoted: Bool, source: String)
    /// Command substitution, arithmetic and the like: only known when it runs.
    case unknown(source: String)
  }

  /// A word before expansion.
  package struct Word: Equatable, Sendable {
    /// Left to right; they belong together without a blank between them.
    package var parts: [Part]
    /// A quote stood in it, so it is a word even where it is empty, and never a reserved word.
    package var isQuoted: Bool

    /// The text where nothing has to be expanded.
    package var literal: String? {
      var text = ""
      for part in parts {
        guard case .literal(let piece) = part else { return nil }
        text += piece
      }
      return text
    }
  }

  /// The words between two operators, redirections left out.
  package struct Command: Equatable, Sendable {
    /// In their order; assignments in front of the program are words, too.
    package var words: [Word]
    /// What ended it: `;`, `&&`, `||`, `|`, `&`, `(`, `)`, a newline, or nothing at the end.
    package var terminator: String
  }

  /// In the order of the text, also those inside of loops and conditions.
  package var commands: [Command]
  /// It uses what only a shell understands: operators, expansions, redirections, an assignment at its beginning.
  /// Line ends do not count, so that arguments may stand one on a line.
  package var needsShell: Bool

  /// Takes a script apart. Throws where a quote or a substitution is not closed.
  package init(parsing text: String) throws(ShellSyntaxError) {
    var lexer = ShellLexer(text)
    try lexer.run()
    commands = lexer.commands
    needsShell =
      lexer.needsShell || (lexer.commands.first?.words.first.map(Self.isAssignment) ?? false)
  }

  /// `NAME=value`, the name unquoted.
  static func isAssignment(_ word: Word) -> Bool {
    guard case .literal(let text)? = word.parts.first else { return false }
    return assignedName(text) != nil
  }

  /// The name of `NAME=...` at the beginning of a text.
  static func assignedName(_ text: String) -> String? {
    guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) else { return nil }
    let name = text[..<equals]
    guard let first = name.utf8.first, ShellLexer.isNameStart(first),
      name.utf8.allSatisfy(ShellLexer.isNameByte)
    else { return nil }
    return String(name)
  }
}

/// Why a text is no shell script.
package struct ShellSyntaxError: Error, Equatable, Sendable {
  /// What is not closed, in words.
  package var message: String
}

/// Shell words without a shell: for text that a person pastes, and back.
package enum ShellWords {
  /// Splits a line into words. Throws where a quote is not closed.
  ///
  /// Operators are kept out: use ``ShellScript`` where there may be some.
  package static func split(_ text: String) throws(ShellSyntaxError) -> [String] {
    try ShellScript(parsing: text).commands.flatMap(\.words).map(\.source)
  }

  /// The text as one word of a shell: as it is where that is safe, else in single quotes.
  package static func quote(_ text: String) -> String {
    let isSafe = text.utf8.allSatisfy { byte in
      switch byte {
      case 48...57, 65...90, 97...122: true
      case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"),
        UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: "@"),
        UInt8(ascii: "+"), UInt8(ascii: "%"):
        true
      default: byte >= 0x80
      }
    }
    if isSafe && !text.isEmpty { return text }
    return "'"
      + text.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''") + "'"
  }
}

extension ShellScript.Word {
  /// The text with expansions as they were written.
  var source: String {
    var text = ""
    for part in parts {
      switch part {
      case .literal(let piece): text += piece
      case .variable(_, _, _, let source), .unknown(let source): text += source
      }
    }
    return text
  }
}
