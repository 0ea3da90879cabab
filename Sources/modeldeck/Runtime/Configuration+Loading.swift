import Kubernetes
import KubernetesClient
import ModelCore
import Scripting

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension Configuration {
  /// Reads the layers: what the flags say, the environment, the file. Throws what is wrong with any of them.
  static func load(
    flags: [Setting.ID: [String]], path: String?, environment: [String: String]
  ) throws(CommandFailure) -> Configuration {
    let named = path ?? environment["MODELDECK_CONFIG"].nonEmpty
    let place = named ?? standardPath(environment: environment)
    do {
      var configuration = try Configuration(
        flags: flags, environment: environment,
        file: try file(at: place, isNamed: named != nil), filePath: place)
      try configuration.choosePlace(environment)
      return configuration
    } catch let error as ConfigurationError {
      throw CommandFailure(
        .invalidInput, error.problems.first ?? "the configuration is not valid",
        details: Array(error.problems.dropFirst()))
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure(.invalidInput, "\(error)")
    }
  }

  private static func file(at path: String?, isNamed: Bool) throws -> ConfigurationFile? {
    guard let path else { return nil }
    guard FileManager.default.fileExists(atPath: path) else {
      guard isNamed else { return nil }
      throw CommandFailure(.invalidInput, "there is no configuration file \(path).")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure(.invalidInput, "the configuration file \(path) cannot be read.")
    }
    return try ConfigurationFile(String(decoding: data, as: UTF8.self), path: path)
  }

  /// Finds out where the models are, and which context's section counts: the kubeconfig is read for that only where there are
  /// sections.
  private mutating func choosePlace(_ environment: [String: String]) throws(ConfigurationError) {
    place = try destination()
    if case .kubeconfig = place {
    } else if case .flag(let flag) = self[.organization].origin {
      throw ConfigurationError(problems: [
        "\(flag) is for a kubeconfig: through an HTTP API the token says which organization it is."
      ])
    }
    switch place {
    case .server(let address):
      context = ServerAddress(address, defaultsToTLS: true)?.authority ?? address
    case .serverContext(let name): context = name
    case .kubeconfig(let name):
      guard let file, !file.contexts.isEmpty || file.contextsNode != nil else { return }
      context = name
      guard name == nil else { return }
      context =
        try? Kubeconfig.load(overrides: overrides, environment: environment).currentContext
      if let context, file.serverContexts.contains(where: { $0.name == context }) {
        place = .serverContext(context)
      }
    }
  }

  /// How the HTTP API is reached; `nil` where a cluster is worked on itself. Throws what is wrong with it.
  func modelsAPIOptions(
    _ environment: [String: String]
  ) throws(CommandFailure) -> ModelsAPIOptions? {
    if case .kubeconfig = place {
      let stray: [Setting.ID] = [
        .server, .tokenFile, .certificateAuthority, .skipsTLSVerification, .allowsPlainHTTP,
      ]
      for id in stray {
        guard case .flag(let flag) = self[id].origin else { continue }
        throw CommandFailure(
          .invalidInput, "\(flag) is for an HTTP API: give --server with its address as well.")
      }
      return nil
    }
    guard let server = text(.server) else { return nil }
    var options = ModelsAPIOptions(server: server)
    options.name = context
    let home = environment["HOME"]
    do {
      switch try tokenSetting() {
      case .tokenFile?: options.tokenFile = path(.tokenFile, home: home)
      case .token?: options.token = text(.token).map { Secret($0) }
      default: break
      }
    } catch {
      throw CommandFailure(.invalidInput, error.problems.first ?? "the token is not clear")
    }
    options.authorityFile = path(.certificateAuthority, home: home)
    options.skipsVerification = flag(.skipsTLSVerification) ?? false
    options.allowsPlainHTTP = flag(.allowsPlainHTTP) ?? false
    options.requestTimeout = duration(.requestTimeout)
    return options
  }

  /// What may not be done on which context. Throws what is wrong with it, by file, line and column.
  func policies() throws(CommandFailure) -> ContextPolicies {
    var findings: [YAMLFinding] = []
    let others = Set(Setting.all.filter(\.isPerContext).map(\.name))
    let policies = ContextPolicies(file?.contextsNode, others: others, findings: &findings)
    let problems = findings.map { finding in
      let place =
        "\(filePath ?? "the configuration"):\(finding.position.line):\(finding.position.column)"
      return "\(place): \(finding.message). \(finding.advice)"
    }
    guard let first = problems.first else { return policies }
    throw CommandFailure(.invalidInput, first, details: Array(problems.dropFirst()))
  }

  /// What of it the client takes.
  var overrides: KubeconfigOverrides {
    var overrides = KubeconfigOverrides(
      kubeconfig: text(.kubeconfig), context: text(.context), namespace: text(.namespace))
    overrides.token = text(.token).nonEmpty.map { Secret($0) }
    let (user, uid, groups) = (text(.asUser), text(.asUID), self[.asGroup].texts)
    if user != nil || uid != nil || !groups.isEmpty {
      overrides.impersonation = Impersonation(user: user ?? "", uid: uid, groups: groups)
    }
    overrides.requestTimeout = duration(.requestTimeout)
    return overrides
  }

  var clusterSettings: ClusterParts.Settings {
    var settings = ClusterParts.Settings(organization: organization)
    settings.isReadOnly = isReadOnly
    if let interval = duration(.reconcileInterval) { settings.reconcileInterval = interval }
    return settings
  }

  /// How long the first look at a cluster may take; `nil` waits for ever.
  var readingLimit: Duration? {
    let limit = duration(.requestTimeout) ?? .seconds(30)
    return limit == .zero ? nil : limit
  }
}
