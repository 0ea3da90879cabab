import ArgumentParser
import Scripting

#if canImport(Glibc)
  import Glibc
#endif

/// The root command: without a subcommand it opens the dashboard.
@main
struct Modeldeck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "modeldeck",
    abstract:
      "A live dashboard of an organization's AI models on Kubernetes, and commands for scripts.",
    discussion: """
      Without a subcommand, opens the dashboard on the cluster of the kubeconfig, as kubectl finds it. To look around \
      without a cluster: modeldeck demo

      The dashboard's flags need no subcommand either: --kubeconfig, --context, --namespace, --organization, --as, \
      --read-only, --server, --token-file, --log-file and others. modeldeck dashboard --help explains them.

      \(ExitStatus.help)
      """,
    version: "modeldeck \(Version.text)",
    subcommands: [DashboardCommand.self, DemoCommand.self, SimulateCommand.self],
    groupedSubcommands: [
      CommandGroup(
        name: "Models",
        subcommands: [
          ListCommand.self, GetCommand.self, CreateCommand.self, ApplyCommand.self,
          UpdateCommand.self, DeleteCommand.self, StopCommand.self, StartCommand.self,
          RestartCommand.self, ScaleCommand.self,
        ]),
      CommandGroup(
        name: "Looking closer",
        subcommands: [
          WhyCommand.self, EventsCommand.self, LogsCommand.self, TestCommand.self,
          GPUsCommand.self, WaitCommand.self, WatchCommand.self, DiffCommand.self,
        ]),
      CommandGroup(
        name: "About modeldeck",
        subcommands: [
          ContextsCommand.self, ConfigCommand.self, VersionCommand.self, ManualCommand.self,
        ]),
      CommandGroup(
        name: "HTTP API",
        subcommands: [ServeCommand.self, TokenCommand.self, ManifestsCommand.self]),
    ],
    defaultSubcommand: DashboardCommand.self)

  static func main() async {
    let status = await status()
    Glibc.exit(status)
  }

  /// Runs the command. Returns the exit status, after it was told what failed.
  private static func status() async -> Int32 {
    do {
      var command = try await asyncParseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      return 0
    } catch let failure as CommandFailure {
      if !failure.message.isEmpty { Talk.say(failure.message) }
      failure.details.forEach(Talk.sayPlain)
      return failure.status.rawValue
    } catch let code as ExitCode {
      return code.rawValue
    } catch {
      return told(error)
    }
  }

  /// What the parser has to say: help and versions are data, all else is talk.
  private static func told(_ error: any Error) -> Int32 {
    let code = exitCode(for: error)
    let text = fullMessage(for: error)
    guard code.isSuccess else {
      Talk.sayPlain(text)
      return code == .validationFailure ? ExitStatus.invalidInput.rawValue : code.rawValue
    }
    signal(SIGPIPE, SIG_IGN)
    try? StandardOutput.write(text + "\n")
    return 0
  }
}

extension ExitStatus {
  /// The table of the codes, for the help and the documentation.
  static var help: String {
    "EXIT STATUS:\n"
      + allCases.map { "  \($0.rawValue)\($0.rawValue < 10 ? "  " : "")  \($0.meaning)" }
      .joined(separator: "\n")
  }
}
