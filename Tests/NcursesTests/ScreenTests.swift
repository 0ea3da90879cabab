import Glibc
import Ncurses
import TerminalUI
import Testing

/// Curses has one terminal a process: everything that uses it is in here, one at a time.
@Suite("Curses", .serialized)
@MainActor
struct CursesTests {}

extension CursesTests {
  @Suite("Screen without a terminal")
  @MainActor
  struct ScreenTests {
    private func screen(
      _ term: String, rows: Int = 6, columns: Int = 40, options: ScreenOptions = ScreenOptions()
    ) throws -> NcursesScreen {
      let screen = try NcursesScreen(
        output: open("/dev/null", O_WRONLY), input: open("/dev/null", O_RDONLY), term: term,
        options: options)
      screen.resize(to: Size(rows: rows, columns: columns))
      return screen
    }

    @Test(arguments: [
      "xterm-256color", "tmux-256color", "xterm", "vt100", "linux", "screen", "dumb",
    ])
    func showsWhatTheFrameSays(term: String) throws {
      let screen = try screen(term)
      defer { screen.close() }
      #expect(screen.size == Size(rows: 6, columns: 40))
      var frame = Frame(size: screen.size)
      Box(title: "モデル dashboard", style: Style(.indexed(208), on: .indexed(17), .bold))
        .draw(into: &frame, rect: frame.bounds)
      frame.write(
        "한국어 e\u{301}té ⣿⣷ ░▒▓ ✔ 🚀 🇯🇵", at: Point(row: 1, column: 3), style: Style(.indexed(3)))
      frame.write(String(repeating: "日", count: 30), at: Point(row: 5, column: 0))
      screen.draw(frame)
      #expect(screen.contents == frame.lines)
    }

    @Test("One frame after another leaves nothing behind", arguments: ["xterm-256color", "vt100"])
    func followsFrames(term: String) throws {
      let screen = try screen(term)
      defer { screen.close() }
      for shift in [0, 1, 2, 3, 2, 0] {
        var frame = Frame(size: screen.size)
        for row in 0..<frame.size.rows where row != shift {
          frame.write(
            "x日本\(row)e\u{301}", at: Point(row: row, column: shift),
            style: Theme.default[Theme.Element.allCases[row + shift]])
        }
        screen.draw(frame)
        #expect(screen.contents == frame.lines)
      }
    }

    @Test(
      "A frame of another size than the screen does no harm",
      arguments: [
        Size(rows: 1, columns: 1), Size(rows: 0, columns: 0), Size(rows: 3, columns: 7),
        Size(rows: 20, columns: 100), Size(rows: 6, columns: 39),
      ])
    func otherSizes(size: Size) throws {
      let screen = try screen("xterm-256color")
      defer { screen.close() }
      var frame = Frame(size: size)
      for row in 0..<size.rows {
        frame.write(String(repeating: "日", count: 60), at: Point(row: row, column: 0))
      }
      frame.cursor = Point(row: 50, column: 500)
      screen.draw(frame)
      let shown = screen.contents
      #expect(shown.count == 6)
      #expect(shown[0].displayWidth <= min(40, size.columns))
    }

    @Test("A screen of one cell", arguments: ["xterm-256color", "vt100", "dumb"])
    func oneCell(term: String) throws {
      let screen = try screen(term, rows: 1, columns: 1)
      defer { screen.close() }
      var frame = Frame(size: screen.size)
      frame.write("日x", at: Point(row: 0, column: 0))
      frame.cursor = Point(row: 0, column: 0)
      screen.draw(frame)
      screen.draw(Frame(size: Size(rows: 1, columns: 1)))
      #expect(screen.contents.count == 1)
    }

    @Test("Every theme on every kind of terminal", arguments: ["xterm-256color", "xterm", "vt100"])
    func themes(term: String) throws {
      for colors in [true, false] {
        let screen = try screen(term, rows: 60, options: ScreenOptions(colors: colors))
        defer { screen.close() }
        for theme in Theme.builtIn {
          var frame = Frame(size: screen.size, style: theme[.text])
          for (row, element) in Theme.Element.allCases.enumerated() {
            frame.write(element.rawValue, at: Point(row: row, column: 0), style: theme[element])
          }
          screen.draw(frame)
          #expect(screen.contents == frame.lines)
        }
      }
    }

    @Test("More color pairs than the terminal has")
    func manyPairs() throws {
      let screen = try screen("xterm", rows: 9, columns: 9)
      defer { screen.close() }
      var frame = Frame(size: screen.size)
      for row in 0..<9 {
        for column in 0..<9 {
          let style = Style(
            row == 8 ? .default : .indexed(UInt8(row)),
            on: column == 8 ? .default : .indexed(UInt8(column)))
          frame.write("x", at: Point(row: row, column: column), style: style)
        }
      }
      screen.draw(frame)
      #expect(screen.contents == Array(repeating: "xxxxxxxxx", count: 9))
    }

    @Test func anUnknownTerminalIsAnError() {
      #expect(throws: ScreenError.unknownTerminalType(term: "nonsense")) {
        _ = try screen("nonsense")
      }
      #expect("\(ScreenError.unknownTerminalType(term: "x"))".contains("TERM=xterm-256color"))
    }

    @Test func afterClosingNothingHappens() throws {
      let screen = try screen("xterm-256color")
      screen.close()
      screen.close()
      screen.draw(Frame(size: Size(rows: 3, columns: 3)))
      screen.redraw()
      screen.suspend()
      screen.resume()
      #expect(screen.size == Size(rows: 0, columns: 0))
      #expect(!screen.isOpen)
    }

    @Test(
      "Without a UTF-8 locale of the user's, another one is found", arguments: ["C", "xx_YY", ""])
    func locales(name: String) async {
      // In a process of its own: the environment is everybody's.
      await #expect(processExitsWith: .success) { [name = name as String] in
        setenv("LC_ALL", name, 1)
        setenv("LANG", name, 1)
        try await MainActor.run {
          let screen = try ScreenTests().screen("xterm-256color")
          var frame = Frame(size: screen.size)
          frame.write("│日本│", at: Point(row: 0, column: 0))
          screen.draw(frame)
          try #require(screen.isUnicode && screen.contents == frame.lines)
        }
      }
    }

    @Test("Widths are those of curses, but for what newer versions of Unicode changed")
    func widths() throws {
      let screen = try screen("xterm-256color")
      defer { screen.close() }
      // Hexagrams, digrams and counting rods became wide, circled numbers and tone marks narrow.
      let changed: [ClosedRange<UInt32>] = [
        0x2630...0x2637, 0x268A...0x268F, 0x302E...0x302F, 0x3248...0x324F, 0x4DC0...0x4DFF,
        0x1171E...0x1171E, 0x13430...0x13438, 0x16FF0...0x16FF1, 0x1D300...0x1D376,
        0x1FA00...0x1FAFF,
      ]
      var different: [String] = []
      for value in UInt32(0x20)...0x1FFFF where !changed.contains(where: { $0.contains(value) }) {
        guard let scalar = Unicode.Scalar(value), scalar.properties.generalCategory != .unassigned
        else { continue }
        let columns = NcursesScreen.columns(of: scalar)
        let text = String(scalar)
        // What libc does not know is left to the stand-in; what is replaced has its dot's width.
        if columns < 0 || text.printable != text { continue }
        if columns != text.displayWidth { different.append(String(value, radix: 16)) }
      }
      #expect(different == [])
    }
  }
}
