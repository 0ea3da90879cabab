import ArgumentParser
import Kubernetes
import Scripting

#if canImport(Glibc)
  import Glibc
#endif
#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `modeldeck manual`: everything that the commands say about themselves, as one page.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Print the manual page: every command with its flags.",
    discussion: """
      It is made from the commands themselves. To read it: modeldeck manual | man -l -
      """)

  func run() throws {
    let description = try JSONValue(parsing: Data(Modeldeck._dumpHelp().utf8))
    let statuses = ExitStatus.allCases.map { ($0.rawValue, $0.meaning) }
    guard let page = ManualPage(description, version: Version.text, statuses: statuses) else {
      throw CommandFailure(.failure, "the commands cannot be described.")
    }
    // A reader that goes away (`| head`) is no error.
    signal(SIGPIPE, SIG_IGN)
    try? StandardOutput.write(page.text)
  }
}
