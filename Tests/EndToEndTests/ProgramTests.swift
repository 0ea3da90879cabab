import Foundation
import Testing

/// What the program does without a cluster, on a terminal and without one.
@Suite("Program", .serialized)
struct ProgramTests {
  @Test func withoutAClusterItSaysWhatItLookedForAndNamesTheDemo() throws {
    let terminal = try Terminal(columns: 200)
    try terminal.run([Program.path])
    let screen = try terminal.wait(forText: "modeldeck demo")
    #expect(screen.contains(".kube/config"))
    #expect(try terminal.state("#{alternate_on}") == "0")
    let said = screen.split(separator: "\n").filter {
      !$0.contains("ready$") && !$0.trimmingCharacters(in: .whitespaces).isEmpty
    }
    #expect(said.count == 3, "\(screen)")
  }

  @Test func withoutATerminalItSaysSo() throws {
    let result = try Shell.run([Program.path, "demo"], checked: false)
    #expect(result.status == 1)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains("terminal"))
  }

  @Test(arguments: ["--organization=-bad-", "--reconcile-interval=0", "--reconcile-interval=soon"])
  func badFlagsAreRefusedWithAReason(flag: String) throws {
    let result = try Shell.run([Program.path, "demo", flag], checked: false)
    #expect(result.status == 2)
    let name = flag.prefix { $0 != "=" }
    #expect(result.errors.contains("\(name): '"))
  }

  @Test func versionIsPrinted() throws {
    let result = try Shell.run([Program.path, "--version"])
    #expect(result.output.hasPrefix("modeldeck "))
  }
}
