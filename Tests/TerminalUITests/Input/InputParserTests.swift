import TerminalUI
import Testing

@Suite("Input parser")
struct InputParserTests {
  private func chord(_ text: String) -> InputEvent {
    .key(KeyChord(text) ?? KeyChord(.function(99)))
  }

  @Test(arguments: [
    ("a", "a"), ("D", "D"), ("é", "é"), ("日", "日"), ("🚀", "🚀"), ("\r", "enter"),
    ("\n", "enter"), ("\t", "tab"), ("\u{7F}", "backspace"), ("\u{8}", "backspace"),
    ("\u{3}", "ctrl+c"), ("\u{1A}", "ctrl+z"), ("\u{0}", "ctrl+space"), ("\u{1C}", "ctrl+\\"),
    ("\u{1F}", "ctrl+_"),
    ("\u{1B}[A", "up"), ("\u{1B}OA", "up"), ("\u{1B}[B", "down"), ("\u{1B}[C", "right"),
    ("\u{1B}[D", "left"), ("\u{1B}[H", "home"), ("\u{1B}OF", "end"), ("\u{1B}[1~", "home"),
    ("\u{1B}[4~", "end"), ("\u{1B}[7~", "home"), ("\u{1B}[8~", "end"), ("\u{1B}[2~", "insert"),
    ("\u{1B}[3~", "delete"), ("\u{1B}[5~", "pgup"), ("\u{1B}[6~", "pgdn"),
    ("\u{1B}[Z", "shift+tab"), ("\u{1B}OP", "f1"), ("\u{1B}[11~", "f1"), ("\u{1B}[[A", "f1"),
    ("\u{1B}[[E", "f5"), ("\u{1B}OS", "f4"), ("\u{1B}[15~", "f5"), ("\u{1B}[17~", "f6"),
    ("\u{1B}[21~", "f10"), ("\u{1B}[23~", "f11"), ("\u{1B}[24~", "f12"),
    ("\u{1B}[1;5C", "ctrl+right"), ("\u{1B}[1;2A", "shift+up"), ("\u{1B}[1;3D", "alt+left"),
    ("\u{1B}[1;7D", "ctrl+alt+left"), ("\u{1B}[3;5~", "ctrl+delete"), ("\u{1B}[1;5P", "ctrl+f1"),
    ("\u{1B}[3^", "ctrl+delete"), ("\u{1B}[a", "shift+up"), ("\u{1B}Oa", "ctrl+up"),
    ("\u{1B}x", "alt+x"), ("\u{1B}é", "alt+é"), ("\u{1B}\r", "alt+enter"),
    ("\u{1B}\u{7F}", "alt+backspace"), ("\u{1B}\u{1B}[A", "alt+up"),
    ("\u{1B}[97;5u", "ctrl+a"), ("\u{1B}[27;5;105~", "ctrl+i"), ("\u{1B}[9;2u", "shift+tab"),
    ("\u{1B}Op", "0"), ("\u{1B}Oy", "9"), ("\u{1B}Oj", "*"), ("\u{1B}OM", "enter"),
    ("\u{1B}OX", "="),
  ])
  func keys(bytes: String, key: String) {
    var parser = InputParser()
    #expect(parser.feed(Array(bytes.utf8)) == [chord(key)])
    #expect(parser.pending == .nothing)
  }

  @Test("A key whose bytes come one by one is the same key")
  func oneByOne() {
    let bytes = "a\u{1B}[1;5C日\u{1B}[<0;3;4M\u{1B}[200~x\r\ny\u{1B}[201~\u{1B}OPé\u{1B}[24~q"
    var whole = InputParser()
    let expected = whole.feed(Array(bytes.utf8))
    #expect(expected.count == 9)
    let all = Array(bytes.utf8)
    for size in 1...all.count {
      var parser = InputParser()
      var events: [InputEvent] = []
      for start in stride(from: 0, to: all.count, by: size) {
        events += parser.feed(all[start..<min(all.count, start + size)])
      }
      #expect(events == expected, "in pieces of \(size)")
    }
  }

  @Test("Escape is a key when nothing follows in time")
  func escape() {
    var parser = InputParser()
    #expect(parser.feed([0x1B]) == [])
    #expect(parser.pending == .escape)
    #expect(parser.timeOut() == [chord("esc")])
    #expect(parser.pending == .nothing)
    #expect(parser.timeOut() == [])
    #expect(parser.feed([0x1B, 0x1B]) == [])
    #expect(parser.timeOut() == [chord("esc"), chord("esc")])
  }

  @Test func unfinishedSequences() {
    var parser = InputParser()
    #expect(parser.feed(Array("\u{1B}[".utf8)) == [])
    #expect(parser.pending == .sequence)
    #expect(parser.timeOut() == [chord("alt+[")])
    #expect(parser.feed(Array("\u{1B}[1;".utf8)) == [])
    #expect(parser.timeOut() == [])
    #expect(parser.feed(Array("x".utf8)) == [chord("x")])
  }

  @Test func mouse() {
    var parser = InputParser()
    func events(_ text: String) -> [InputEvent] { parser.feed(Array(text.utf8)) }
    let point = Point(row: 4, column: 299)
    #expect(events("\u{1B}[<0;300;5M") == [.mouse(MouseEvent(.press, at: point))])
    #expect(events("\u{1B}[<0;300;5m") == [])
    #expect(events("\u{1B}[<64;300;5M") == [.mouse(MouseEvent(.scrollUp, at: point))])
    #expect(events("\u{1B}[<65;300;5M") == [.mouse(MouseEvent(.scrollDown, at: point))])
    #expect(events("\u{1B}[<16;300;5M") == [.mouse(MouseEvent(.press, at: point))])
    #expect(events("\u{1B}[<2;300;5M\u{1B}[<32;300;5M\u{1B}[<0;0;0M") == [])
    #expect(events("\u{1B}[M !\"") == [.mouse(MouseEvent(.press, at: Point(row: 1, column: 0)))])
    #expect(events("\u{1B}[M#!\"x") == [chord("x")])
  }

  @Test("A paste is one event, and nothing in it is a key")
  func paste() {
    var parser = InputParser()
    let text = "kind: Deployment\r\n\tname: x\r\u{1B}[Aq\u{3}\u{1B}[20\n日本"
    let bytes = "a\u{1B}[200~\(text)\u{1B}[201~b"
    let shown = "kind: Deployment\n\tname: x\nq\n日本"
    #expect(parser.feed(Array(bytes.utf8)) == [chord("a"), .paste(shown), chord("b")])
  }

  /// Nothing of a colour, a title or a cursor movement stays behind as letters.
  @Test(arguments: [
    ("e\u{1B}[31mvil\u{1B}[0m", "evil"), ("a\u{1B}]0;title\u{7}b", "ab"),
    ("a\u{1B}]8;;http://x\u{1B}\\link", "alink"), ("a\u{9B}2Jb", "ab"), ("a\u{1B}(Bb", "ab"),
    ("a\u{1B}[?2004hb", "ab"), ("a\u{1B}Pq#0\u{1B}\\b", "ab"), ("a\u{1B}", "a"),
    ("a\u{1B}[", "a"), ("a\u{1B}[12", "a"), ("a\u{1B}]no end\nb", "ano end\nb"),
    ("a\u{1B}[日b", "a日b"), ("a\u{1B}hello", "ahello"), ("[31m stays", "[31m stays"),
    ("a\r\nb\rc", "a\nb\nc"),
  ])
  func aPasteLosesItsControlSequences(pasted: String, text: String) {
    var parser = InputParser()
    let bytes = "\u{1B}[200~\(pasted)\u{1B}[201~"
    #expect(parser.feed(Array(bytes.utf8)) == [.paste(text)])
  }

  @Test func pastesTwiceInOneRead() {
    var parser = InputParser()
    let once = "\u{1B}[200~x\u{1B}[201~"
    #expect(parser.feed(Array((once + once).utf8)) == [.paste("x"), .paste("x")])
    #expect(parser.feed(Array("\u{1B}[200~\u{1B}[201~".utf8)) == [.paste("")])
  }

  @Test("Megabytes in pieces are one paste")
  func largePaste() {
    var parser = InputParser()
    let line = Array("0123456789abcdef 日本語 --max-model-len\r".utf8)
    var events = parser.feed(Array("\u{1B}[200~".utf8))
    var piece: [UInt8] = []
    for _ in 0..<400 { piece += line }
    for _ in 0..<150 { events += parser.feed(piece) }
    #expect(events == [])
    events = parser.feed(Array("\u{1B}[201~".utf8))
    guard case .paste(let text) = events.first else {
      Issue.record("no paste")
      return
    }
    #expect(events.count == 1)
    #expect(text.utf8.count == 150 * 400 * line.count)
  }

  @Test("A paste without end is kept up to a limit, and its end is still seen")
  func boundedPaste() {
    var parser = InputParser(pasteLimit: 10_000)
    _ = parser.feed(Array("\u{1B}[200~".utf8))
    let piece = [UInt8](repeating: 0x61, count: 1 << 10)
    for _ in 0..<50 { #expect(parser.feed(piece) == []) }
    let events = parser.feed(Array("\u{1B}[201~x".utf8))
    guard case .paste(let text) = events.first else {
      Issue.record("no paste")
      return
    }
    #expect(text.utf8.count >= 10_000 && text.utf8.count < 10_020)
    #expect(events.last == chord("x"))
  }

  @Test(
    "Replies that nobody asked for and broken bytes do no harm",
    arguments: [
      "\u{1B}]11;rgb:0000/0000/0000\u{1B}\\", "\u{1B}]0;title\u{7}", "\u{1B}P1$r0m\u{1B}\\",
      "\u{1B}[?62;4c", "\u{1B}[12;40R", "\u{1B}[?2026;2$y", "\u{1B}[I", "\u{1B}[O",
      "\u{1B}[99~", "\u{1B}Oz", "\u{85}",
    ])
  func skips(bytes: String) {
    var parser = InputParser()
    #expect(parser.feed(Array(bytes.utf8)) == [])
    #expect(parser.feed(Array("x".utf8)) == [chord("x")])
  }

  @Test(
    arguments: [
      [0xFF], [0xC0, 0xAF], [0xE3, 0x81], [0xED, 0xA0, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
    ] as [[UInt8]])
  func brokenUTF8(bytes: [UInt8]) {
    var parser = InputParser()
    #expect(parser.feed(bytes + Array("x".utf8)) == [chord("x")])
  }

  @Test("Any bytes at all are taken without harm")
  func noise() {
    var generator = SystemRandomNumberGenerator()
    let likely = Array("\u{1B}[O0123;~<MmABuR]P\\".utf8)
    for _ in 0..<2000 {
      var parser = InputParser()
      let bytes = (0..<40).map { _ in
        Bool.random(using: &generator)
          ? likely[Int.random(in: 0..<likely.count)] : UInt8.random(in: 0...255)
      }
      _ = parser.feed(bytes)
      _ = parser.timeOut()
      if parser.pending == .nothing { continue }
      Issue.record("pending after a time-out: \(bytes)")
    }
  }

  @Test("What terminfo says goes before what is customary")
  func terminfo() {
    var parser = InputParser(sequences: [
      Array("\u{1B}[[25~".utf8): .delete, Array("\u{1B}OA".utf8): .down, Array("\u{1}".utf8): .home,
    ])
    #expect(parser.feed(Array("\u{1B}[[25".utf8)) == [])
    #expect(
      parser.feed(Array("~\u{1B}OA\u{1}".utf8)) == [
        chord("delete"), chord("down"), chord("ctrl+a"),
      ])
  }
}
