import ModelCore
import Testing

@Suite("Excerpt")
struct ExcerptTests {
  @Test(arguments: [
    ("plain", "plain"), ("  two \n\t lines  ", "two lines"), ("\u{1B}[31mred\u{7}", "[31mred"),
    ("left\u{202E}right", "leftright"), ("日本 ä👩‍👩‍👧", "日本 ä👩‍👩‍👧"), ("", ""), ("\n\n", ""),
    ("a\u{0}b", "ab"), ("a\u{85}b", "a b"), ("a\u{2028}b", "a b"), ("a\u{FEFF}b", "ab"),
  ])
  func line(text: String, expected: String) {
    #expect(Excerpt.line(text) == expected)
  }

  @Test func cutsWhatIsLong() {
    #expect(Excerpt.line(String(repeating: "x", count: 300), limit: 10) == "xxxxxxxxxx...")
    #expect(Excerpt.quoted("abcdef", limit: 3) == "'abc...'")
  }

  @Test("looks at no more than it shows", .timeLimit(.minutes(15)))
  func huge() {
    for piece in [" ", "\u{202E}", "\u{1B}", "x"] {
      let text = String(repeating: piece, count: 3_000_000)
      for _ in 0..<100 { #expect(Excerpt.line(text).utf8.count < 300) }
    }
  }
}
