import ArgumentParser
import Hummingbird
import KubernetesClient
import Logging
import ModelCore
import ModelsAPI
import Scripting
import ServiceLifecycle

#if canImport(Glibc)
  import Glibc
#endif
#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `modeldeck serve`: the HTTP API.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve the Organization Models API over HTTP.",
    discussion: """
      Answers from the cluster of the pod it runs in, or else of the kubeconfig. Who asks is known by a JSON Web Token: \
      its claims name the organization and the role, reader or owner. /openapi.json describes the API; /healthz, \
      /readyz and /metrics are for the cluster. modeldeck token makes a token for trying it out, and modeldeck \
      manifests prints what running it in a cluster needs.
      """)

  @Option(
    help: ArgumentHelp(
      "Path of the kubeconfig file (default: $KUBECONFIG, then ~/.kube/config, then the pod's own).",
      valueName: "file"))
  var kubeconfig: String?

  @Option(help: "Name of the kubeconfig context to use.")
  var context: String?

  @Option(
    name: [.customShort("n"), .long], help: "Namespace where models are made (default: jan-models)."
  )
  var namespace: String?

  @Option(
    help: ArgumentHelp(
      "A namespace that manifests may name; may be repeated. The first is what is meant where they name none (default: default and --namespace).",
      valueName: "name"))
  var yamlNamespace: [String] = []

  @OptionGroup var access: AccessOptions

  @Option(help: ArgumentHelp("Where to listen; :8080 is on all addresses.", valueName: "host:port"))
  var listen = ListenArgument(host: "127.0.0.1", port: 8080)

  @Option(help: ArgumentHelp("PEM file with the TLS certificate chain.", valueName: "file"))
  var tlsCertificate: String?

  @Option(help: ArgumentHelp("PEM file with the TLS key.", valueName: "file"))
  var tlsKey: String?

  @OptionGroup(title: "Tokens") var keys: KeyOptions
  @OptionGroup(title: "Tokens") var claims: ClaimOptions

  @Option(
    help: ArgumentHelp(
      "An organization to serve; may be repeated (default: every one that a token names).",
      valueName: "id"))
  var organization: [String] = []

  @Option(
    help: ArgumentHelp(
      "Requests a second of one subject, with bursts of twice as many; 0 is no limit.",
      valueName: "number"))
  var rateLimit = 100.0

  @Option(help: ArgumentHelp("Connections at most.", valueName: "number"))
  var maxConnections = 1_000

  @Option(
    help: ArgumentHelp("How long requests may take to end at a shutdown.", valueName: "duration"))
  var drain = DurationArgument(.seconds(30))

  @Option(
    help: ArgumentHelp("Time between two reconciliations, e.g. 10s, 1m.", valueName: "duration"))
  var reconcileInterval = DurationArgument(.seconds(10))

  @Flag(help: "Do not repair models; a dashboard or another server does.")
  var noReconcile = false

  func validate() throws {
    guard (tlsCertificate == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-certificate and --tls-key are used together.")
    }
    guard rateLimit >= 0, rateLimit.isFinite else {
      throw ValidationError("--rate-limit must not be negative.")
    }
    guard (1...100_000).contains(maxConnections) else {
      throw ValidationError("--max-connections must be between 1 and 100000.")
    }
    for id in organization where !OrganizationID.isValid(id) {
      throw ValidationError("The organization '\(id)' cannot be a label value.")
    }
  }

  // MARK: Running

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let logger = Logger(label: "serve") { _ in ServerLogHandler() }
    let signals = SignalWaiter([SIGINT, SIGTERM])
    let ring: KeyRing
    do {
      ring = KeyRing(try keys.sources(environment: environment), logger: logger)
      try await ring.start()
    } catch {
      Talk.say("\(error)")
      throw ExitCode(2)
    }
    let session = try await session(environment: environment, logger: logger)
    let application = try application(session, ring, logger)
    try await serve(application, with: session, until: signals, logger: logger)
  }

  private func serve(
    _ application: some ApplicationProtocol, with session: ServeSession?,
    until signals: SignalWaiter, logger: Logger
  ) async throws {
    let work = Task { await session?.run() }
    var quiet = logger
    quiet.logLevel = .error
    var configuration = ServiceGroupConfiguration(
      services: [.init(service: application, successTerminationBehavior: .gracefullyShutdownGroup)],
      logger: quiet)
    configuration.maximumGracefulShutdownDuration = drain.value
    let group = ServiceGroup(configuration: configuration)
    let stopping = Task { @concurrent [stream = signals.signals] in
      var isStopping = false
      for await _ in stream {
        if isStopping { _exit(130) }
        isStopping = true
        logger.info(
          "shutting down: what is being answered ends first; a second signal ends it at once")
        await group.triggerGracefulShutdown()
      }
    }
    defer { withExtendedLifetime(signals) { stopping.cancel() } }
    do {
      try await group.run()
    } catch is CancellationError {
      logger.warning("not everything that was being answered ended in time")
    } catch {
      Talk.say("cannot listen on \(listen.url): \(APIServer.reason(of: error))")
      throw ExitCode(1)
    }
    // The Lease is given back, which takes a moment: a second signal ends that, too.
    work.cancel()
    await work.value
  }

  /// The cluster; `nil` where none is configured: then the API says so.
  private func session(
    environment: [String: String], logger: Logger
  ) async throws -> ServeSession? {
    var flags = access.flags
    flags.set(.kubeconfig, kubeconfig)
    flags.set(.context, context)
    flags.set(.namespace, namespace)
    let settings = try Configuration.load(flags: flags, path: nil, environment: environment)
    let configuration: ClusterConfiguration
    do {
      configuration = try ClusterConfiguration.resolve(
        overrides: settings.overrides, environment: environment)
    } catch .notConfigured(let places) {
      logger.warning(
        "no cluster is configured: the API answers that it is not available",
        metadata: ["looked_for": "\(places.joined(separator: ", "))"])
      return nil
    } catch {
      Talk.say("\(error)")
      throw ExitCode(2)
    }
    do {
      let namespace = settings.text(.namespace)
      let home = namespace ?? CreateRequest.Defaults.namespace
      let fallback =
        namespace ?? configuration.statedNamespace ?? CreateRequest.Defaults.namespace
      var yaml = yamlNamespace
      if yaml.isEmpty { yaml = home == "default" ? ["default"] : ["default", home] }
      return ServeSession(
        try ConfiguredConnection(configuration, logger: logger), fallbackNamespace: fallback,
        settings: .init(
          namespace: home, yamlNamespaces: yaml,
          organizations: organization.isEmpty ? nil : Set(organization),
          reconcileInterval: reconcileInterval.value, reconciles: !noReconcile),
        logger: logger)
    } catch {
      Talk.say("\(error)")
      throw ExitCode(2)
    }
  }

  private func application(
    _ session: ServeSession?, _ ring: KeyRing, _ logger: Logger
  ) throws -> some ApplicationProtocol {
    var rules = claims.rules
    rules.algorithms = try keys.algorithms()
    rules.leeway = keys.jwtLeeway?.value ?? .zero
    if !organization.isEmpty { rules.organizations = Set(organization) }
    var limits = APIResponder.Settings()
    limits.rate = rateLimit == 0 ? nil : rateLimit
    let backend: any ModelsBackend = session?.backend ?? UnconfiguredBackend()
    let responder = APIResponder(
      controller: ModelsController(backend: backend),
      verifier: TokenVerifier(rules: rules, keys: ring), settings: limits,
      version: Version.text, logger: logger)
    var settings = APIServer.Settings()
    settings.host = listen.host
    settings.port = listen.port
    settings.connections = maxConnections
    if let tlsCertificate, let tlsKey {
      settings.tls = .init(certificate: tlsCertificate, key: tlsKey)
    }
    let scheme = settings.tls == nil ? "http" : "https"
    let server = APIServer(responder: responder, settings: settings, logger: logger)
    do {
      return try server.application { port in
        var place = listen
        place.port = port
        print("\(scheme)://\(place.url)")
        fflush(nil)
        logger.info("listening", metadata: ["address": "\(scheme)://\(place.url)"])
      }
    } catch {
      Talk.say("\(error)")
      throw ExitCode(2)
    }
  }
}
