extension KeyChord: CustomStringConvertible, LosslessStringConvertible {
  private static let names: [(name: String, key: Key)] = [
    ("enter", .enter), ("tab", .tab), ("esc", .escape), ("backspace", .backspace),
    ("delete", .delete), ("insert", .insert), ("up", .up), ("down", .down), ("left", .left),
    ("right", .right), ("home", .home), ("end", .end), ("pgup", .pageUp), ("pgdn", .pageDown),
    ("space", .character(" ")), ("plus", .character("+")),
  ]

  /// Other ways in which people write keys.
  private static let aliases: [String: String] = [
    "escape": "esc", "return": "enter", "del": "delete", "ins": "insert", "pageup": "pgup",
    "pagedown": "pgdn", "bs": "backspace",
  ]

  /// Reads a chord as configuration and help write it: `ctrl+p`, `alt+x`, `shift+tab`, `f5`, `D`, `/`.
  ///
  /// A single character stands for itself, case included; `+` may be written `plus`.
  package init?(_ text: String) {
    var rest = Substring(text)
    var modifiers: Modifiers = []
    while rest.count > 1, let plus = rest.dropFirst().firstIndex(of: "+") {
      switch rest[..<plus].lowercased() {
      case "ctrl", "control", "c": modifiers.insert(.control)
      case "alt", "meta", "option": modifiers.insert(.alt)
      case "shift": modifiers.insert(.shift)
      default: return nil
      }
      rest = rest[rest.index(after: plus)...]
    }
    guard var key = Self.key(rest) else { return nil }
    if modifiers.contains(.shift) {
      switch key {
      case .tab:
        key = .backTab
        modifiers.remove(.shift)
      case .character(let character):
        // Shift with a character is that character's upper case.
        guard let upper = character.uppercased().first else { return nil }
        key = .character(upper)
        modifiers.remove(.shift)
      default: break
      }
    }
    if modifiers.contains(.control), case .character(let character) = key {
      guard let lower = character.lowercased().first else { return nil }
      key = .character(lower)
    }
    self.init(key, modifiers)
  }

  private static func key(_ text: Substring) -> Key? {
    if text.count == 1, let character = text.first { return .character(character) }
    let lower = text.lowercased()
    let name = aliases[lower] ?? lower
    if name == "backtab" { return .backTab }
    if let known = names.first(where: { $0.name == name }) { return known.key }
    if name.first == "f", let number = Int(name.dropFirst()), (1...24).contains(number) {
      return .function(number)
    }
    return nil
  }

  /// The chord as configuration writes it; reading it gives the same chord.
  package var description: String {
    var text = ""
    if modifiers.contains(.control) { text += "ctrl+" }
    if modifiers.contains(.alt) { text += "alt+" }
    if modifiers.contains(.shift) { text += "shift+" }
    switch key {
    case .backTab: return text + "shift+tab"
    case .function(let number): return text + "f\(number)"
    case .character("+") where modifiers.isEmpty: return "+"
    default: break
    }
    if let known = Self.names.first(where: { $0.key == key }) { return text + known.name }
    if case .character(let character) = key { text.append(character) }
    return text
  }

  /// The chord as a footer or a help screen shows it: `Ctrl-P`, `Shift-Tab`, `F5`, `Esc`, `D`.
  package var label: String {
    var text = ""
    if modifiers.contains(.control) { text += "Ctrl-" }
    if modifiers.contains(.alt) { text += "Alt-" }
    if modifiers.contains(.shift) { text += "Shift-" }
    switch key {
    case .backTab: return text + "Shift-Tab"
    case .pageUp: return text + "PgUp"
    case .pageDown: return text + "PgDn"
    case .function(let number): return text + "F\(number)"
    case .character(" "): return text + "Space"
    case .character(let character):
      return text + (modifiers.isEmpty ? String(character) : character.uppercased())
    default:
      let name = Self.names.first { $0.key == key }?.name ?? ""
      return text + name.prefix(1).uppercased() + name.dropFirst()
    }
  }
}
