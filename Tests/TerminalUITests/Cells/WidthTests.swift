import TerminalUI
import Testing

@Suite("Display width")
struct WidthTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("café", 4), ("cafe\u{301}", 4), ("日本語", 6), ("한국어", 6),
    ("\u{1112}\u{1161}\u{11AB}", 2), ("ｱｲｳ", 3), ("Ａ", 2), ("🚀", 2), ("⏳", 2), ("✔", 1),
    ("█▇", 2), ("⣿", 1), ("─┐", 2), ("Ж", 1), ("ไทย", 3), ("ที่", 1),
  ])
  func columns(text: String, width: Int) {
    #expect(text.displayWidth == width)
  }

  @Test(
    "What hides, reorders or moves the cursor shows as a dot",
    arguments: [
      ("a\u{1B}[2Jb", "a·[2Jb"), ("a\rb\nc\td", "a·b·c·d"), ("a\u{7F}\u{9B}b", "a··b"),
      ("\u{202E}gpj.exe", "·gpj.exe"), ("a\u{2066}b\u{2069}", "a·b·"),
      ("a\u{2028}b\u{2029}", "a·b·"), ("pass\u{200B}word", "pass·word"),
      ("a\u{200D}b", "a·b"), ("\u{FEFF}a", "·a"), ("a\u{AD}b", "a·b"), ("\u{3164}", "·"),
      ("a\u{E0041}", "a·"), ("\u{FFFE}", "·"), ("a\r\nb", "a··b"),
    ])
  func replaced(text: String, shown: String) {
    #expect(text.printable == shown)
    #expect(text.displayWidth == shown.count)
  }

  @Test(
    "Joined sequences show as their parts, whose width terminals agree on",
    arguments: [
      ("👨‍👩‍👧", "👨👩👧", 6), ("👍🏽", "👍", 2), ("❤️", "❤", 1), ("🇯🇵", "JP", 2),
      ("می‌خواهم", "می·خواهم", 8), ("1️⃣", "1\u{20E3}", 1),
    ])
  func split(text: String, shown: String, width: Int) {
    #expect(text.printable == shown)
    #expect(text.displayWidth == width)
  }

  @Test("Marks stand on something, and never pile up")
  func marks() {
    #expect("\u{301}a".printable == "·a")
    #expect("\u{301}a".printable.displayWidth == 2)
    let piled = "e" + String(repeating: "\u{301}", count: 50)
    #expect(piled.displayWidth == 1)
    #expect(piled.printable.unicodeScalars.count == 3)
  }

  @Test("Every scalar has a width, and what is shown of it has the same one")
  func printableIsStable() {
    for value in UInt32(0)...0x1FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let text = String(scalar)
      let shown = text.printable
      #expect(text.displayWidth == shown.displayWidth)
      if shown.printable != shown { Issue.record("U+\(String(value, radix: 16)) is not stable") }
    }
  }
}
