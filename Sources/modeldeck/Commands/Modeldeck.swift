import ArgumentParser

/// The root command: without a subcommand it opens the dashboard.
@main
struct Modeldeck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "modeldeck",
    abstract: "A live dashboard of an organization's AI models on Kubernetes.",
    discussion: """
      Without a subcommand, opens the dashboard on the cluster of the kubeconfig, as kubectl finds it. To look around \
      without a cluster: modeldeck demo

      The dashboard's flags need no subcommand either: --kubeconfig, --context, --namespace, --organization, --as, \
      --read-only, --reconcile-interval, --log-file and others. modeldeck dashboard --help explains them.
      """,
    version: "modeldeck \(Version.text)",
    subcommands: [
      DashboardCommand.self, DemoCommand.self, SimulateCommand.self,
      ServeCommand.self, TokenCommand.self, ManifestsCommand.self,
    ],
    defaultSubcommand: DashboardCommand.self)
}
