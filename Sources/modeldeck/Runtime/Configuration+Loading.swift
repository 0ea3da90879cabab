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
      configuration.context = try configuration.chosenContext(environment)
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

  /// Which context's section counts: the kubeconfig is read for that only where there are sections.
  private func chosenContext(_ environment: [String: String]) throws -> String? {
    guard let file, !file.contexts.isEmpty || file.contextsNode != nil else { return nil }
    if let context = text(.context) { return context }
    return try? Kubeconfig.load(overrides: overrides, environment: environment).currentContext
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
