import ArgumentParser

/// The root command.
@main
struct Modeldeck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "modeldeck",
    abstract: "A live dashboard of an organization's AI models on Kubernetes.",
    version: "modeldeck \(Version.text)")
}
