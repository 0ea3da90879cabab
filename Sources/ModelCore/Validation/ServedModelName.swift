/// What a command says in `--served-model-name`.
package enum ServedModelName: Equatable, Sendable {
  /// The flag is not there.
  case absent
  /// The flag is there, and nothing behind it.
  case withoutValue
  /// The names; the first is what the server reports and what its metrics are labelled with.
  /// `isCertain` is false where the first is only known when a shell runs (`$NAME`).
  case names([String], isCertain: Bool)

  /// Whether the server reports this very name.
  package func matches(_ name: String) -> Bool {
    if case .names(let names, isCertain: true) = self { names.first == name } else { false }
  }
}
