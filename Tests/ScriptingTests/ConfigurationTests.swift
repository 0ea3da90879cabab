import Foundation
import ModelCore
import Scripting
import Testing

/// Flags, environment, file and defaults, and what is wrong with them.
@Suite("Configuration") struct ConfigurationTests {
  private func configuration(
    flags: [Setting.ID: [String]] = [:], environment: [String: String] = [:], file: String? = nil,
    context: String? = nil
  ) throws -> Configuration {
    var configuration = try Configuration(
      flags: flags, environment: environment,
      file: try file.map { try ConfigurationFile($0, path: "config.yaml") })
    configuration.context = context
    return configuration
  }

  @Test func eachLayerTakesPrecedenceOverTheNext() throws {
    let file = """
      theme: light
      contexts:
        "prod-*": {theme: mono}
      """
    #expect(try configuration().text(.theme) == nil)
    #expect(try configuration(file: file).text(.theme) == "light")
    #expect(try configuration(file: file, context: "prod-eu").text(.theme) == "mono")
    let environment = ["MODELDECK_THEME": "dark"]
    #expect(
      try configuration(environment: environment, file: file, context: "prod-eu").text(.theme)
        == "dark")
    let flagged = try configuration(flags: [.theme: ["sun"]], environment: environment, file: file)
    #expect(flagged.text(.theme) == "sun")
    #expect(flagged[.theme].origin.description == "flag --theme")
  }

  @Test func originsNameTheLineAndTheVariable() throws {
    let configuration = try configuration(
      environment: ["MODELDECK_AS_GROUP": "a,b", "MODELDECK_ORGANIZATION": ""],
      file: "# mine\nrequest-timeout: 5\nread-only: yes\norganization: 7\n")
    #expect(configuration[.requestTimeout].origin.description == "config.yaml:2")
    #expect(configuration.duration(.requestTimeout) == .seconds(5))
    #expect(configuration.isReadOnly)
    // An empty variable is an unset one.
    #expect(configuration.organization == "7")
    #expect(configuration[.asGroup].texts == ["a", "b"])
    #expect(configuration[.asGroup].origin.description == "environment MODELDECK_AS_GROUP")
  }

  @Test(arguments: [
    ("thme: mono", "config.yaml:1:1: there is no setting 'thme'", "theme"),
    ("a: 1\ntheme: mono\n", "config.yaml:1:1:", "kubeconfig"),
    ("theme: mono\nread-only: maybe\n", "config.yaml:2:12: read-only: 'maybe'", "true nor false"),
    ("request-timeout: soon", "config.yaml:1:18:", "1m30s"),
    ("token: secret", "config.yaml:1:1: 'token' does not belong in a file", "environment"),
    ("output: xml", "config.yaml:1:9:", "jsonpath"),
    ("organization: -x-", "config.yaml:1:15:", "label"),
    ("theme: [a, b]", "config.yaml:1:8: theme: it is a list", "one value"),
    ("theme:", "config.yaml:1:", "no value"),
    ("contexts: 3", "config.yaml:1:11: contexts is no mapping", "keys"),
    ("contexts: {a: {mouse: no}}", "cannot differ from context", "top"),
    ("contexts: {a: {nmspace: x}}", "there is no setting 'nmspace'", "deny-delete"),
    ("- a", "config.yaml:1:1:", "key: value"),
    ("theme: 'open", "config.yaml:1:", ""),
  ])
  func whatIsWrongIsSaidWithItsPlace(text: String, problem: String, allowed: String) throws {
    let error = try #require(throws: ConfigurationError.self) {
      _ = try ConfigurationFile(text, path: "config.yaml")
    }
    let all = error.problems.joined(separator: "\n")
    #expect(all.contains(problem) && (allowed.isEmpty || all.contains(allowed)), "\(all)")
    #expect(!all.contains("secret"))
  }

  @Test func badVariablesAndFlagsNameThemselves() throws {
    let error = try #require(throws: ConfigurationError.self) {
      _ = try configuration(
        flags: [.organization: ["-bad-"]], environment: ["MODELDECK_REQUEST_TIMEOUT": "soon"])
    }
    #expect(error.problems.contains { $0.hasPrefix("--organization: '-bad-'") })
    #expect(error.problems.contains { $0.hasPrefix("$MODELDECK_REQUEST_TIMEOUT: 'soon'") })
  }

  @Test(arguments: [
    ("prod-*", "prod-eu", true), ("*", "", true), ("a?c", "abc", true), ("a?c", "ac", false),
    ("*-eu-*", "x-eu-1", true), ("prod", "prod-eu", false), ("*a*b", "xaxxb", true),
  ])
  func patternsMatchNames(pattern: String, name: String, matches: Bool) {
    #expect(ContextPolicies.matches(pattern, name) == matches)
  }

  // MARK: HTTP APIs

  private static let servers = """
    kubeconfig: /kube
    token-file: top-token
    contexts:
      api: {server: "https://models.example.com", token-file: token, certificate-authority: ~/ca}
      "prod-*": {theme: mono}
    """

  @Test(
    arguments: [
      (flags: [:], environment: [:], Configuration.Destination.kubeconfig(context: nil)),
      ([.server: "https://a"], [:], .server("https://a")),
      ([:], ["MODELDECK_SERVER": "https://a"], .server("https://a")),
      ([.context: "api"], [:], .serverContext("api")),
      ([.context: "prod-eu"], [:], .kubeconfig(context: "prod-eu")),
      // What is closer to the command counts.
      ([.context: "api"], ["MODELDECK_SERVER": "https://a"], .serverContext("api")),
      ([.context: "prod-eu"], ["MODELDECK_SERVER": "https://a"], .kubeconfig(context: "prod-eu")),
      ([.kubeconfig: "/x"], ["MODELDECK_SERVER": "https://a"], .kubeconfig(context: nil)),
      ([.server: "https://a"], ["MODELDECK_CONTEXT": "prod-eu"], .server("https://a")),
    ] as [(flags: [Setting.ID: String], environment: [String: String], Configuration.Destination)])
  func aServerIsChosenByTheStrongestLayer(
    flags: [Setting.ID: String], environment: [String: String],
    destination: Configuration.Destination
  ) throws {
    let configuration = try configuration(
      flags: flags.mapValues { [$0] }, environment: environment, file: Self.servers)
    #expect(try configuration.destination() == destination)
  }

  @Test(
    arguments: [
      ([.server: "https://a", .context: "x"], [:], "flag --server and flag --context"),
      ([.server: "https://a", .context: "api"], [:], "flag --server and flag --context"),
      ([.server: "https://a", .kubeconfig: "/x"], [:], "flag --server and flag --kubeconfig"),
      ([.server: "https://a", .asUser: "bob"], [:], "flag --server and flag --as"),
      ([.context: "api", .kubeconfig: "/x"], [:], "flag --context and flag --kubeconfig"),
      (
        [:], ["MODELDECK_SERVER": "https://a", "MODELDECK_CONTEXT": "x"],
        "environment MODELDECK_SERVER and environment MODELDECK_CONTEXT"
      ),
    ] as [([Setting.ID: String], [String: String], String)])
  func twoPlacesOfOneLayerAreAConflict(
    flags: [Setting.ID: String], environment: [String: String], problem: String
  ) throws {
    let configuration = try configuration(
      flags: flags.mapValues { [$0] }, environment: environment, file: Self.servers)
    let error = try #require(throws: ConfigurationError.self) {
      _ = try configuration.destination()
    }
    #expect(error.problems.first?.hasPrefix(problem) == true, "\(error)")
  }

  @Test func aContextKeepsItsServerAndItsTokenTogether() throws {
    let environment = ["MODELDECK_SERVER": "https://other", "MODELDECK_TOKEN": "others"]
    let here = try configuration(environment: environment, file: Self.servers)
    let api = here.switched(to: "api")
    #expect(api.place == .serverContext("api"))
    #expect(api.text(.server) == "https://models.example.com")
    #expect(try api.tokenSetting() == .tokenFile)
    // As the file stands, and not where the program runs.
    #expect(api.path(.tokenFile, home: "/home/ada") == "token")
    #expect(api.path(.certificateAuthority, home: "/home/ada") == "/home/ada/ca")
    // A token of the file is not for any server that somebody names.
    var elsewhere = try configuration(flags: [.server: ["https://a"]], file: Self.servers)
    elsewhere.place = .server("https://a")
    #expect(throws: ConfigurationError.self) { try elsewhere.tokenSetting() }
    // Another context does not get what the flags say about one server.
    let flagged = try configuration(
      flags: [.server: ["https://a"], .tokenFile: ["t"]], file: Self.servers)
    #expect(flagged.switched(to: "prod-eu").text(.server) == nil)
    #expect(flagged.switched(to: "api").text(.tokenFile) == "token")
  }

  @Test func aServerNeedsTheNameOfOneContext() throws {
    let error = try #require(throws: ConfigurationError.self) {
      _ = try ConfigurationFile("contexts: {\"prod-*\": {server: \"https://a\"}}", path: "c")
    }
    #expect(error.problems.first?.contains("server cannot stand under the pattern") == true)
  }
}
