import Dashboard
import TerminalUI
import TestSupport
import Testing

/// The keys as data: the help and the footer come from the list that the dispatch uses.
@Suite("Key bindings")
struct BindingTests {
  @Test func aKeyHasOneMeaningInAPlace() {
    for context in Binding.Context.allCases {
      var seen: [KeyChord: String] = [:]
      for binding in Binding.bindings(in: context) {
        for chord in binding.chords {
          #expect(seen[chord] == nil, "\(chord) in \(context): \(binding.id)")
          seen[chord] = binding.id
        }
      }
    }
  }

  @Test func everyBindingIsExplained() {
    #expect(Set(Binding.all.map(\.id)).count == Binding.all.count)
    for binding in Binding.all {
      #expect(!binding.chords.isEmpty && !binding.help.isEmpty && !binding.title.isEmpty)
      #expect(!binding.contexts.isEmpty, "\(binding.id)")
    }
  }

  /// Ctrl-D is half a page; what multiplexers and terminals keep for themselves is never the only way.
  @Test func controlKeysDestroyNothing() {
    for binding in Binding.all where binding.id.contains("delete") && binding.id != "form-create" {
      #expect(binding.chords.allSatisfy { !$0.modifiers.contains(.control) }, "\(binding.id)")
    }
    for reserved in ["a", "b", "s", "q", "\\"] as [Character] {
      for binding in Binding.all where binding.chords.contains(.control(reserved)) {
        #expect(binding.chords.count > 1, "\(binding.id)")
      }
    }
  }

  @Test func theHelpNamesEveryKeyOfThePlaceItWasOpenedIn() {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models, columns: 100, rows: 150))
    robot.press("?")
    for binding in Binding.bindings(in: .table) {
      robot.expect(binding.chords.map(\.label).joined(separator: " "))
    }
  }

  @Test(arguments: [80, 60, 36])
  func theFooterShowsWhatWorksNow(columns: Int) {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models, columns: columns))
    robot.expect("? help")
    robot.expect("Enter details")
    robot.press("/")
    robot.expect("Enter keep")
    robot.expectNot("? help")
    let empty = Robot(DashboardFixtures.state(columns: columns))
    empty.expectNot("Enter details")
  }
}
