/// One argument of a command, and whether its text is certain.
package struct CommandArgument: Equatable, Sendable {
  /// The text; where it is not certain, expansions stand as they were written (`$MODEL`).
  package var text: String
  /// Nothing of it depends on what is only known when the command runs.
  package var isExact: Bool

  /// A text that is certain, unless it is said otherwise.
  package init(_ text: String, isExact: Bool = true) {
    self.text = text
    self.isExact = isExact
  }
}

/// What is known of a shell's variables while its script is read from top to bottom.
struct ShellExpansion {
  /// Bytes that expansions may still add: a script that doubles a variable sixty times has no end.
  private var budget = 262_144

  private var variables: [String: CommandArgument] = [:]
  /// `$0`, `$1`, ...: what stands behind the script in `sh -c SCRIPT NAME ARGS...`.
  private let positional: [CommandArgument]
  /// `$*`: all of them from `$1` on.
  private let allPositional: CommandArgument

  init(positional: [CommandArgument] = []) {
    self.positional = positional
    let rest = positional.dropFirst()
    allPositional = CommandArgument(
      rest.map(\.text).joined(separator: " "), isExact: rest.allSatisfy(\.isExact))
  }

  /// Notes `NAME=value`.
  mutating func assign(_ word: ShellScript.Word) {
    guard case .literal(let text)? = word.parts.first,
      let name = ShellScript.assignedName(text)
    else { return }
    var value = word
    value.parts[0] = .literal(String(text.dropFirst(name.count + 1)))
    value.isQuoted = true
    variables[name] = joined(value)
  }

  /// The arguments that a word becomes: none, one, or several where something unquoted holds blanks.
  mutating func expand(_ word: ShellScript.Word) -> [CommandArgument] {
    if let text = word.literal {
      return text.isEmpty && !word.isQuoted ? [] : [CommandArgument(text)]
    }
    var fields = Fields()
    for part in word.parts {
      switch part {
      case .literal(let text): fields.append(text)
      case .unknown(let source): fields.append(source, isExact: false)
      case .variable("@", _, isQuoted: true, let source):
        guard spend(allPositional.text.utf8.count) else {
          fields.append(source, isExact: false)
          continue
        }
        for (index, argument) in positional.dropFirst().enumerated() {
          if index > 0 { fields.end() }
          fields.append(argument.text, isExact: argument.isExact)
        }
      case .variable(let name, let fallback, let isQuoted, let source):
        guard let value = value(of: name, fallback: fallback), value.isExact,
          spend(value.text.utf8.count)
        else {
          fields.append(source, isExact: false)
          continue
        }
        if isQuoted { fields.append(value.text) } else { fields.appendSplit(value.text) }
      }
    }
    fields.end()
    return fields.done.isEmpty && word.isQuoted && !hasOnlyPositional(word)
      ? [CommandArgument("")] : fields.done
  }

  /// `"$@"` without arguments is nothing, not an empty argument.
  private func hasOnlyPositional(_ word: ShellScript.Word) -> Bool {
    word.parts.allSatisfy {
      if case .variable("@", _, isQuoted: true, _) = $0 { true } else { false }
    }
  }

  /// Arguments while their word is put together.
  private struct Fields {
    var done: [CommandArgument] = []
    private var current: CommandArgument?

    mutating func append(_ text: String, isExact: Bool = true) {
      var argument = current ?? CommandArgument("")
      argument.text += text
      argument.isExact = argument.isExact && isExact
      current = argument
    }

    mutating func end() {
      if let current { done.append(current) }
      current = nil
    }

    /// Blanks in the text end an argument.
    mutating func appendSplit(_ text: String) {
      let isBlank: (UInt8) -> Bool = { $0 == 32 || $0 == 9 || $0 == 10 }
      if text.utf8.first.map(isBlank) ?? false { end() }
      for (index, piece) in text.utf8.split(whereSeparator: isBlank).enumerated() {
        if index > 0 { end() }
        append(String(Substring(piece)))
      }
      if text.utf8.last.map(isBlank) ?? false { end() }
    }
  }

  private mutating func spend(_ bytes: Int) -> Bool {
    guard bytes <= budget else { return false }
    budget -= bytes
    return true
  }

  private mutating func joined(_ word: ShellScript.Word) -> CommandArgument {
    var result = CommandArgument("")
    for part in word.parts {
      switch part {
      case .literal(let text): result.text += text
      case .unknown(let source):
        result.text += source
        result.isExact = false
      case .variable(let name, let fallback, _, let source):
        if let value = value(of: name, fallback: fallback), value.isExact,
          spend(value.text.utf8.count)
        {
          result.text += value.text
        } else {
          result.text += source
          result.isExact = false
        }
      }
    }
    return result
  }

  private func value(of name: String, fallback: String?) -> CommandArgument? {
    if let known = variables[name], !(known.text.isEmpty && fallback != nil) { return known }
    if name == "@" || name == "*" { return allPositional }
    if let number = Int(name) {
      return number < positional.count ? positional[number] : CommandArgument("")
    }
    // What the image's environment holds is not known here: a fallback may or may not be taken.
    return nil
  }
}
