import TerminalUI
import Testing

@Suite("Key chords")
struct KeyChordTests {
  @Test(
    "What configuration says is read, and written the same",
    arguments: [
      ("ctrl+p", KeyChord.control("p"), "Ctrl-P"),
      ("alt+x", KeyChord(.character("x"), .alt), "Alt-X"),
      ("ctrl+alt+left", KeyChord(.left, [.control, .alt]), "Ctrl-Alt-Left"),
      ("shift+tab", KeyChord(.backTab), "Shift-Tab"),
      ("shift+up", KeyChord(.up, .shift), "Shift-Up"),
      ("f5", KeyChord(.function(5)), "F5"), ("f12", KeyChord(.function(12)), "F12"),
      ("esc", KeyChord(.escape), "Esc"), ("enter", KeyChord(.enter), "Enter"),
      ("space", .character(" "), "Space"), ("ctrl+space", .control(" "), "Ctrl-Space"),
      ("pgup", KeyChord(.pageUp), "PgUp"), ("pgdn", KeyChord(.pageDown), "PgDn"),
      ("D", .character("D"), "D"), ("d", .character("d"), "d"), ("/", .character("/"), "/"),
      ("?", .character("?"), "?"), ("+", .character("+"), "+"), ("<", .character("<"), "<"),
      ("é", .character("é"), "é"), ("ctrl+plus", KeyChord(.character("+"), .control), "Ctrl-+"),
      ("delete", KeyChord(.delete), "Delete"), ("backspace", KeyChord(.backspace), "Backspace"),
    ])
  func readsAndWrites(text: String, chord: KeyChord, label: String) {
    #expect(KeyChord(text) == chord)
    #expect(chord.description == text)
    #expect(chord.label == label)
  }

  @Test(
    "Other spellings",
    arguments: [
      ("Ctrl+P", KeyChord.control("p")), ("CTRL+P", .control("p")), ("escape", KeyChord(.escape)),
      ("Return", KeyChord(.enter)), ("PageUp", KeyChord(.pageUp)), ("F5", KeyChord(.function(5))),
      ("shift+d", .character("D")), ("ctrl++", KeyChord(.character("+"), .control)),
    ])
  func readsOtherSpellings(text: String, chord: KeyChord) {
    #expect(KeyChord(text) == chord)
  }

  @Test(arguments: ["", "ctrl+", "hyper+x", "f99", "foo", "ctrl+foo", "+x+"])
  func refuses(text: String) {
    #expect(KeyChord(text) == nil)
  }
}
