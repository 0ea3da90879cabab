import ArgumentParser
import KubernetesClient
import Logging
import ModelCore
import SimulatedCluster

#if canImport(Glibc)
  import Glibc
#endif
#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `modeldeck simulate`: the embedded cluster alone, for kubectl and for a dashboard beside it.
struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Run the embedded Kubernetes cluster alone, with a kubeconfig that kubectl can use.",
    discussion: """
      Prints the path of the kubeconfig on standard output when the cluster is ready, and runs until it is \
      interrupted. Nothing of it is real: no container runs, and all is gone when it ends.

      \(FaultHelp.text)
      """)

  @Option(help: ArgumentHelp("Port on 127.0.0.1; 0 picks a free one.", valueName: "number"))
  var port = 0

  @Option(help: ArgumentHelp("How many nodes, with eight GPUs each.", valueName: "number"))
  var nodes = 4

  @Option(help: ArgumentHelp("How many models to fill it with.", valueName: "number"))
  var models = 0

  @Option(help: ArgumentHelp("How many replicas each of them has.", valueName: "number"))
  var replicas = 1

  @Option(
    help: ArgumentHelp(
      "How many objects to change a second, for measuring; the signal USR1 pauses it and lets it go on.",
      valueName: "number"))
  var churn = 0

  @Option(
    help: ArgumentHelp(
      "Write a line for every request: its method and its target.", valueName: "file"))
  var requestLog: String?

  @Option(
    help: ArgumentHelp(
      "Where to write the kubeconfig (default: a new file in the temporary folder).",
      valueName: "file"))
  var writeKubeconfig: String?

  @Option(
    help: ArgumentHelp(
      "What shall go wrong, once the cluster is filled; may be repeated. See above.",
      valueName: "name[:settings]"))
  var fault: [String] = []

  @Option(
    help: ArgumentHelp(
      "Also write the kubeconfig of a user without rights outside of --restricted-namespace.",
      valueName: "file"))
  var restrictedKubeconfig: String?

  @Option(help: ArgumentHelp("The namespaces of that user, with commas.", valueName: "names"))
  var restrictedNamespace = "jan-models"

  @Flag(help: "That user may read everything instead, and write nothing.")
  var restrictedReads = false

  func validate() throws {
    try check(port, 0...65_535, "--port")
    try check(nodes, 0...10_000, "--nodes")
    try check(models, 0...99_999, "--models")
    try check(replicas, 0...100, "--replicas")
    try check(churn, 0...10_000, "--churn")
    _ = try faults()
  }

  private func faults() throws -> [Fault] {
    try fault.map { text in
      do {
        return try Fault(text)
      } catch {
        throw ValidationError("\(error)")
      }
    }
  }

  private func check(_ value: Int, _ bounds: ClosedRange<Int>, _ flag: String) throws {
    guard bounds.contains(value) else {
      throw ValidationError(
        "\(flag) must be between \(bounds.lowerBound) and \(bounds.upperBound).")
    }
  }

  func run() async throws {
    let signals = SignalWaiter([SIGINT, SIGTERM, SIGHUP])
    let pauses = SignalWaiter([SIGUSR1])
    let onRequest = try requestLog.map(RequestLogFile.writer)
    let cluster: SimulatedCluster
    do {
      var configuration = SimulatedCluster.Configuration(nodes: NodeSpec.uniform(nodes))
      configuration.port = port
      configuration.onRequest = onRequest
      cluster = try await SimulatedCluster.start(configuration)
    } catch {
      Talk.say("the simulated cluster cannot listen on 127.0.0.1:\(port): \(error)")
      throw ExitCode(1)
    }
    if models > 0 {
      Talk.say("filling the cluster with \(models) models")
      let client = try ConfiguredConnection(
        cluster.clientConfiguration,
        logger: Logger(label: "simulate") { _ in SwiftLogNoOpLogHandler() })
      try await GeneratedModels.create(
        models, replicas: replicas, organization: "1", in: client.api)
      await client.close()
    }
    let file = try KubeconfigOutput(
      path: writeKubeconfig, text: cluster.kubeconfigYAML(contextName: "simulated"))
    cluster.onNewKubeconfig { [weak cluster] in
      guard let cluster else { return }
      file.replace(cluster.kubeconfigYAML(contextName: "simulated"))
    }
    try writeRestricted(cluster)
    for fault in try faults() { await cluster.begin(fault) }
    print(file.path)
    fflush(nil)
    Talk.say("the simulated cluster answers at \(cluster.url); stop it with Ctrl-C")
    let changes = Task { [churn] in
      while !Task.isCancelled {
        let change = Task { await Churn(cluster, rate: churn).run() }
        _ = await pauses.first()
        change.cancel()
        _ = await pauses.first()
      }
    }
    let signal = await signals.first()
    changes.cancel()
    await cluster.stop()
    file.removeIfTemporary()
    if signal != SIGINT { throw ExitCode(128 + signal) }
  }

  private func writeRestricted(_ cluster: SimulatedCluster) throws {
    guard let restrictedKubeconfig else { return }
    let namespaces = restrictedNamespace.split(separator: ",").map(String.init)
    let token = cluster.admit(
      restrictedReads ? .viewer("restricted") : .namespaced("restricted", in: Set(namespaces)))
    _ = try KubeconfigOutput(
      path: restrictedKubeconfig,
      text: cluster.kubeconfigYAML(
        contextName: "restricted", token: token, namespace: namespaces.first ?? "default"))
  }
}

/// Where the simulated cluster's requests are told, one a line.
enum RequestLogFile {
  /// Throws `ExitCode` after it has said why the file cannot be written.
  static func writer(_ path: String) throws -> @Sendable (String) -> Void {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      Talk.say("the log of requests \(path) cannot be written: \(String(cString: strerror(errno)))")
      throw ExitCode(1)
    }
    return { line in
      let bytes = Array((line + "\n").utf8)
      _ = write(descriptor, bytes, bytes.count)
    }
  }
}

/// The kubeconfig of the simulated cluster on disk: it holds a token, so only its owner may read it.
struct KubeconfigOutput {
  let path: String
  private let isTemporary: Bool

  /// Throws `ExitCode` after it has said why the file cannot be written.
  init(path: String?, text: String) throws {
    isTemporary = path == nil
    self.path =
      path
      ?? FileManager.default.temporaryDirectory.appending(
        path: "modeldeck-\(getpid()).kubeconfig"
      ).path(percentEncoded: false)
    guard let reason = Self.write(text, to: self.path) else { return }
    Talk.say("the kubeconfig \(self.path) cannot be written: \(reason)")
    throw ExitCode(1)
  }

  /// Puts another text in its place at once: who reads it finds the old one or the new one, never a part.
  func replace(_ text: String) {
    let fresh = path + ".new"
    if let reason = Self.write(text, to: fresh) ?? Self.rename(fresh, path) {
      Talk.say("the kubeconfig \(path) cannot be written: \(reason)")
    }
  }

  private static func rename(_ old: String, _ new: String) -> String? {
    Glibc.rename(old, new) == 0 ? nil : String(cString: strerror(errno))
  }

  /// Returns why it could not be written.
  private static func write(_ text: String, to path: String) -> String? {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    let bytes = Array(text.utf8)
    let written = descriptor < 0 ? -1 : Glibc.write(descriptor, bytes, bytes.count)
    let reason = String(cString: strerror(errno))
    if descriptor >= 0 {
      fchmod(descriptor, 0o600)
      Glibc.close(descriptor)
    }
    return written == bytes.count ? nil : reason
  }

  func removeIfTemporary() {
    if isTemporary { unlink(path) }
  }
}

/// The faults as `--help` lists them: made from the same data that reads them.
enum FaultHelp {
  static var text: String {
    let kinds = FaultKind.allCases.map { kind in
      let settings = kind.parameters.map(\.rawValue).joined(separator: ", ")
      return row(kind.rawValue, kind.summary + (settings.isEmpty ? "" : " (\(settings))"))
    }
    let shared = (FaultParameter.timing + FaultParameter.conditions).map {
      row($0.rawValue, $0.summary)
    }
    let own = FaultParameter.allCases.filter { parameter in
      FaultKind.allCases.contains { $0.parameters.contains(parameter) }
    }.map { row($0.rawValue, $0.summary) }
    return """
      FAULTS, as NAME or NAME:setting=value,setting=value:
      \(kinds.joined(separator: "\n"))

      SETTINGS of the faults that name them:
      \(own.joined(separator: "\n"))

      SETTINGS of every fault (after, for) and of faults of single requests (the rest):
      \(shared.joined(separator: "\n"))

      Faults are switched while it runs at \(SimulatedCluster.faultPath), with the token of the kubeconfig: GET lists them, POST adds those in the \
      body (one a line), PUT puts them in place of all, DELETE ends all. Examples: 429:retry-after=5s,for=20s  cut-watch:time=3s,path=/pods  \
      500:share=0.2,verb=read  lose-answer:verb=create,path=/services,times=1  refuse:after=10s,for=15s
      """
  }

  private static func row(_ name: String, _ text: String) -> String {
    "  " + name + String(repeating: " ", count: max(1, 18 - name.count)) + text
  }
}
