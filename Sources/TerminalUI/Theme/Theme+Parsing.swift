extension Theme {
  /// One thing that is wrong in a theme file.
  package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The element's name as it is written in the file.
    package let element: String
    /// What is wrong, and what is known instead.
    package let message: String
    package var description: String { "\(element): \(message)" }
  }

  /// Everything that is wrong in a theme file.
  package struct Invalid: Error, Sendable, CustomStringConvertible {
    /// The theme's name, as its file gives it.
    package let theme: String
    /// Never empty, in the order of the names.
    package let problems: [Problem]
    package var description: String {
      "theme \(theme): " + problems.map(\.description).joined(separator: "; ")
    }
  }

  /// A theme from the names and values of a theme file: `table.header: bold fg=green bg=236`.
  ///
  /// - Throws: all problems at once, in the order of the names.
  package init(name: String, elements: [String: String]) throws(Invalid) {
    var styles: [Element: Style] = [:]
    var problems: [Problem] = []
    for (key, value) in elements.sorted(by: { $0.key < $1.key }) {
      guard let element = Element(rawValue: key) else {
        problems.append(Problem(element: key, message: Self.unknownElement(key)))
        continue
      }
      do throws(Style.Malformed) {
        styles[element] = try Style(parsing: value)
      } catch {
        problems.append(Problem(element: key, message: error.description))
      }
    }
    guard problems.isEmpty else { throw Invalid(theme: name, problems: problems) }
    self.init(name: name, styles: styles)
  }

  private static func unknownElement(_ name: String) -> String {
    let stem = name.prefix { $0 != "." }
    let near = Element.allCases.map(\.rawValue).filter { $0.prefix { $0 != "." } == stem }
    let known = near.isEmpty ? Element.allCases.map(\.rawValue) : near
    return "no such element; there are " + known.joined(separator: ", ")
  }

  /// The theme as its file holds it.
  package var fileText: String {
    let lines = Element.allCases.map { "  \($0.rawValue): \(self[$0].description)" }
    return "name: \(name)\nelements:\n" + lines.joined(separator: "\n") + "\n"
  }
}

extension Style: CustomStringConvertible {
  /// What is wrong with a style's text.
  package struct Malformed: Error, Hashable, Sendable, CustomStringConvertible {
    /// The word that is wrong, and what may be there.
    package let description: String
  }

  private static let attributeNames: [(String, Attributes)] = [
    ("bold", .bold), ("dim", .dim), ("italic", .italic), ("reverse", .reverse),
    ("underline", .underline),
  ]

  /// Reads `bold underline fg=green bg=236`; `plain` for nothing special.
  package init(parsing text: String) throws(Malformed) {
    self = .plain
    for word in text.split(separator: " ") {
      if word == "plain" { continue }
      if let known = Self.attributeNames.first(where: { $0.0 == word }) {
        attributes.insert(known.1)
      } else if word.hasPrefix("fg=") {
        foreground = try Color(parsing: word.dropFirst(3))
      } else if word.hasPrefix("bg=") {
        background = try Color(parsing: word.dropFirst(3))
      } else {
        let names = Self.attributeNames.map(\.0).joined(separator: ", ")
        throw Malformed(description: "'\(word)' is none of \(names), plain, fg=COLOR, bg=COLOR")
      }
    }
  }

  /// The style as theme files write it.
  package var description: String {
    var words = Self.attributeNames.filter { attributes.contains($0.1) }.map(\.0)
    if foreground != .default { words.append("fg=\(foreground)") }
    if background != .default { words.append("bg=\(background)") }
    return words.isEmpty ? "plain" : words.joined(separator: " ")
  }
}

extension Color: CustomStringConvertible {
  private static let names = [
    "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white", "bright-black",
    "bright-red", "bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan",
    "bright-white",
  ]

  /// Reads `default`, one of the sixteen names, or a number up to 255.
  package init(parsing text: some StringProtocol) throws(Style.Malformed) {
    if text == "default" {
      self = .default
    } else if let index = Self.names.firstIndex(where: { $0 == text }) {
      self = .indexed(UInt8(index))
    } else if let number = UInt8(text) {
      self = .indexed(number)
    } else {
      let names = Self.names.joined(separator: ", ")
      throw Style.Malformed(
        description: "'\(text)' is no color: default, a number from 0 to 255, or one of \(names)")
    }
  }

  package var description: String {
    switch self {
    case .default: "default"
    case .indexed(let number) where number < 16: Self.names[Int(number)]
    case .indexed(let number): String(number)
    }
  }
}
