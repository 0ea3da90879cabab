/// What a command says in `--served-model-name`.
package enum ServedModelName: Equatable, Sendable {
  /// The flag is not there.
  case absent
  /// The flag is there, and nothing behind it.
  case withoutValue
  /// The names; the first is what the server reports and what its metrics are labelled with.
  /// `isCertain` is false where the first is only known when a shell runs (`$NAME`).
  case names([String], isCertain: Bool)

  /// What the server of a command reports; where a command starts several, the first that does not serve `name`.
  package init(command: [String], expecting name: String = "") {
    let found = ServerCommand(command).invocations.map(\.arguments.servedModelName)
    self = found.first { !$0.matches(name) } ?? found.first ?? .absent
  }

  /// Whether the server reports this very name.
  package func matches(_ name: String) -> Bool {
    if case .names(let names, isCertain: true) = self { names.first == name } else { false }
  }
}
