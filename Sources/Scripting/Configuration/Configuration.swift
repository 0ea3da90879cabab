package import ModelCore

/// The settings in layers: flags, environment, the file's section of the context, the file, defaults.
package struct Configuration: Sendable {
  /// Where a value comes from, for people who wonder why it counts.
  package enum Origin: Sendable, Equatable, CustomStringConvertible {
    case flag(String)
    case environment(String)
    case file(String, YAMLPosition, context: String?)
    case standard

    package var description: String {
      switch self {
      case .flag(let name): "flag \(name)"
      case .environment(let name): "environment \(name)"
      case .file(let path, let position, let context):
        "\(path):\(position.line)" + (context.map { " (context \($0))" } ?? "")
      case .standard: "default"
      }
    }
  }

  /// What a setting is, and who says so.
  package struct Value: Sendable, Equatable {
    /// Several for a list; empty where nothing is said and the default counts.
    package var texts: [String]
    package var origin: Origin
    /// The first of the texts; `nil` where nothing is said.
    package var text: String? { texts.first }
  }

  private var flags: [Setting.ID: [String]]
  private let environment: [Setting.ID: [String]]
  /// `nil` where there is none.
  package let file: ConfigurationFile?
  /// Where the file was looked for; `nil` where there is no place for one.
  package let filePath: String?
  /// Whose section of the file counts.
  package var context: String?
  /// Where the models are looked for.
  package var place = Destination.kubeconfig(context: nil)

  /// - Parameters:
  ///   - flags: what the command line says; checked already where its types do that.
  ///   - file: `nil` where there is none.
  /// Throws what is wrong with flags and variables.
  package init(
    flags: [Setting.ID: [String]], environment: [String: String], file: ConfigurationFile?,
    filePath: String? = nil
  ) throws(ConfigurationError) {
    var problems: [String] = []
    var variables: [Setting.ID: [String]] = [:]
    for setting in Setting.all {
      for text in flags[setting.id] ?? [] {
        if let problem = setting.problem(with: text) {
          problems.append("--\(setting.name): \(problem).")
        }
      }
      guard let text = environment[setting.variable], !text.isEmpty else { continue }
      var texts = [text]
      if case .list = setting.kind { texts = text.split(separator: ",").map(String.init) }
      if let problem = texts.lazy.compactMap(setting.problem).first {
        problems.append("$\(setting.variable): \(problem).")
      }
      variables[setting.id] = texts
    }
    guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
    self.flags = flags
    self.environment = variables
    self.file = file
    self.filePath = filePath
  }

  /// The value that counts, and where it comes from; no texts where the default is found out elsewhere.
  package subscript(id: Setting.ID) -> Value {
    if let texts = flags[id], !texts.isEmpty {
      return Value(texts: texts, origin: .flag("--\(id.rawValue)"))
    }
    // A variable may be meant for another server than that of a context.
    if case .serverContext(let name) = place, Self.ofServers.contains(id), let file,
      let entry = file.entry(id, context: name)
    {
      return Value(texts: entry.values, origin: .file(file.path, entry.position, context: name))
    }
    if let texts = environment[id] {
      return Value(texts: texts, origin: .environment(Setting[id].variable))
    }
    if let file {
      if let context, let entry = file.entry(id, context: context) {
        return Value(
          texts: entry.values, origin: .file(file.path, entry.position, context: context))
      }
      if let entry = file.settings[id] {
        return Value(texts: entry.values, origin: .file(file.path, entry.position, context: nil))
      }
    }
    return Value(texts: [], origin: .standard)
  }

  /// The value as it was written; `nil` where nothing is said.
  package func text(_ id: Setting.ID) -> String? { self[id].text }

  /// `nil` where nothing is said.
  package func flag(_ id: Setting.ID) -> Bool? { self[id].text.flatMap(Setting.flag) }

  /// `nil` where nothing is said.
  package func duration(_ id: Setting.ID) -> Duration? {
    guard case .duration(let bounds) = Setting[id].kind, let text = self[id].text else {
      return nil
    }
    return DurationText.parse(text, within: bounds)
  }

  /// A path as it can be opened; `nil` where nothing is said.
  ///
  /// - Parameter home: the home directory, for what begins with `~/`.
  package func path(_ id: Setting.ID, home: String?) -> String? {
    let value = self[id]
    guard let text = value.text else { return nil }
    if text.hasPrefix("~/"), let home { return home + text.dropFirst() }
    guard case .file(let file, _, _) = value.origin, !text.hasPrefix("/"),
      let slash = file.lastIndex(of: "/")
    else { return text }
    return String(file[...slash]) + text
  }

  /// The settings that belong to one server, and must not go to another.
  static let ofServers: Set<Setting.ID> = [
    .server, .tokenFile, .token, .certificateAuthority, .skipsTLSVerification, .allowsPlainHTTP,
  ]

  /// The same as it is for another context of the configuration file, or of a kubeconfig: without what the flags say about one
  /// server.
  package func switched(to name: String) -> Configuration {
    var copy = self
    if name != context { copy.flags = flags.filter { !Self.ofServers.contains($0.key) } }
    copy.context = name
    let isServer = file?.serverContexts.contains { $0.name == name } == true
    if name != context || isServer {
      copy.place = isServer ? .serverContext(name) : .kubeconfig(context: name)
    }
    return copy
  }

  /// The models are reached through an HTTP API, and the token says whose they are.
  package var isRemote: Bool { if case .kubeconfig = place { false } else { true } }

  /// The organization's id, as labels hold it.
  package var organization: String { text(.organization) ?? Setting[.organization].standard }
  /// Writes are refused; without a word about it they are not.
  package var isReadOnly: Bool { flag(.readOnly) ?? false }

  /// Where the file is when neither a flag nor a variable names one.
  package static func standardPath(environment: [String: String]) -> String? {
    if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") {
      return folder + "/modeldeck/config.yaml"
    }
    guard let home = environment["HOME"], !home.isEmpty else { return nil }
    return home + "/.config/modeldeck/config.yaml"
  }
}
