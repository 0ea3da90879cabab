import Foundation
import TerminalUI
import Testing

@Suite("Themes")
struct ThemeTests {
  @Test("The files hold what is built in", arguments: Theme.builtIn)
  func files(theme: Theme) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let file = root.appending(path: "themes/\(theme.name).yaml")
    if ProcessInfo.processInfo.environment["RECORD"] != nil {
      try theme.fileText.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == theme.fileText)
  }

  @Test("What a file says is read back", arguments: Theme.builtIn)
  func readsItself(theme: Theme) throws {
    var elements: [String: String] = [:]
    for line in theme.fileText.split(separator: "\n").dropFirst(2) {
      let parts = line.split(separator: ":", maxSplits: 1).map { $0.drop { $0 == " " } }
      elements[String(parts[0])] = String(parts[1])
    }
    let read = try Theme(name: theme.name, elements: elements)
    for element in Theme.Element.allCases {
      #expect(read[element] == theme[element], "\(element)")
    }
  }

  @Test("Every theme of its own names every element", arguments: [Theme.default, .mono])
  func complete(theme: Theme) {
    for element in Theme.Element.allCases { #expect(theme.names(element), "\(element)") }
  }

  @Test func monoHasNoColors() {
    for element in Theme.Element.allCases {
      #expect(Theme.mono[element].foreground == .default)
      #expect(Theme.mono[element].background == .default)
    }
  }

  @Test("What must be told apart looks different", arguments: Theme.builtIn)
  func differs(theme: Theme) {
    #expect(theme[.tableRow] != theme[.tableSelected])
    #expect(theme[.button] != theme[.buttonFocused])
    #expect(theme[.buttonDanger] != theme[.buttonDangerFocused])
    #expect(theme[.formField] != theme[.formFieldFocused])
    #expect(theme[.statusRunning] != theme[.statusFailed])
  }

  @Test("On the terminal's own background every color is readable on black and on white")
  func readable() {
    for theme in [Theme.default, .colorBlind] {
      for element in Theme.Element.allCases {
        let style = theme[element]
        guard style.background == .default, case .indexed(let number) = style.foreground else {
          continue
        }
        let light = luminance(number)
        #expect((light + 0.05) / 0.05 >= 3.5, "\(element) on black")
        #expect(1.05 / (light + 0.05) >= 3.5, "\(element) on white")
      }
    }
  }

  @Test func onColoredBackgroundsTheContrastIsHigh() {
    for theme in Theme.builtIn {
      for element in Theme.Element.allCases {
        guard case .indexed(let front) = theme[element].foreground,
          case .indexed(let back) = theme[element].background
        else { continue }
        let pair = [luminance(front), luminance(back)].sorted()
        #expect((pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5, "\(theme.name) \(element)")
      }
    }
  }

  private func luminance(_ number: UInt8) -> Double {
    let levels = [0, 95, 135, 175, 215, 255]
    let cube = Int(number) - 16
    let grey = 8 + 10 * (Int(number) - 232)
    let parts =
      number >= 232
      ? [grey, grey, grey] : [levels[cube / 36], levels[cube / 6 % 6], levels[cube % 6]]
    let linear = parts.map { pow(Double($0) / 255, 2.2) }
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  }

  @Test(arguments: [
    ("plain", Style.plain), ("", .plain), ("bold", Style(.default, on: .default, .bold)),
    ("bold underline fg=green bg=236", Style(.indexed(2), on: .indexed(236), [.bold, .underline])),
    ("fg=bright-blue bg=default", Style(.indexed(12))), ("reverse", Style(.default, .reverse)),
    ("  dim   italic ", Style(.default, [.dim, .italic])), ("fg=0", Style(.indexed(0))),
  ])
  func readsStyles(text: String, style: Style) throws {
    #expect(try Style(parsing: text) == style)
  }

  @Test func saysEverythingThatIsWrong() {
    let elements = [
      "table.selekted": "bold", "error": "fg=256", "header": "blod", "hint": "fg=", "key": "bold",
    ]
    do throws(Theme.Invalid) {
      _ = try Theme(name: "mine", elements: elements)
      Issue.record("accepted")
    } catch {
      #expect(error.problems.map(\.element) == ["error", "header", "hint", "table.selekted"])
      #expect(error.problems[0].message.hasPrefix("'256' is no color"))
      #expect(error.problems[1].message.hasPrefix("'blod' is none of bold"))
      #expect(error.problems[3].message.contains("table.selected"))
      #expect(error.description.hasPrefix("theme mine: error: "))
    }
  }

  @Test("What a theme leaves out looks as in the default one")
  func falls() throws {
    let theme = try Theme(name: "mine", elements: ["error": "fg=red"])
    #expect(theme[.error] == Style(.indexed(1)))
    #expect(theme[.warning] == Theme.default[.warning])
  }
}

@Suite("Colors of lesser terminals")
struct TerminalColorsTests {
  private func resolve(_ style: Style, _ count: Int) -> TerminalColors.Resolved {
    TerminalColors(count: count).resolve(style)
  }

  @Test(
    "The same hue among sixteen",
    arguments: [
      (28, 2), (160, 1), (196, 9), (130, 3), (214, 3), (32, 12), (163, 5), (24, 4), (244, 8),
      (231, 15), (16, 0), (46, 10), (51, 14), (226, 11), (252, 7), (5, 5), (236, 8), (232, 0),
    ])
  func sixteen(number: UInt8, nearest: Int) {
    #expect(resolve(Style(.indexed(number)), 16).foreground == nearest)
    #expect(resolve(Style(.indexed(number)), 256).foreground == Int(number))
  }

  @Test("A warning is not taken for an error, whatever the terminal", arguments: [8, 16, 256])
  func distinct(count: Int) {
    for theme in Theme.builtIn where theme != .mono {
      let statuses: [Theme.Element] = [.statusRunning, .statusPending, .statusFailed]
      let seen = Set(statuses.map { resolve(theme[$0], count) })
      #expect(seen.count == statuses.count, "\(theme.name)")
    }
  }

  @Test func eight() {
    let bright = resolve(Style(.indexed(32)), 8)
    #expect(bright.foreground == 4)
    #expect(bright.attributes == .bold)
    // Grey would be black on black.
    #expect(resolve(Style(.indexed(244)), 8).foreground == -1)
    #expect(resolve(Style(.indexed(8)), 8).foreground == -1)
    #expect(resolve(Style(.indexed(244), on: .indexed(17)), 8).foreground == 7)
    #expect(resolve(Style(.default, on: .indexed(236)), 8).attributes == .reverse)
  }

  @Test("Text is never the color of its background", arguments: [8, 16])
  func visible(count: Int) {
    for front in UInt8.min...UInt8.max {
      for back in stride(from: UInt8(0), to: 250, by: 7) where front != back {
        let resolved = resolve(Style(.indexed(front), on: .indexed(back)), count)
        #expect(resolved.foreground != resolved.background || resolved.foreground < 0)
      }
    }
  }

  @Test("Without colors a background becomes reverse video")
  func monochrome() {
    let banner = resolve(Theme.default[.banner], 0)
    #expect(banner.foreground == -1 && banner.background == -1)
    #expect(banner.attributes == [.bold, .reverse])
    #expect(resolve(Style(.indexed(231), on: .indexed(16)), 0).attributes == [])
  }

  @Test("Terminals that count by red, green and blue")
  func direct() {
    let resolved = resolve(Style(.indexed(160), on: .indexed(4)), 1 << 24)
    #expect(resolved.foreground == 0xD70000)
    #expect(resolved.background == 4)
  }
}
