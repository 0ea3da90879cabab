internal import Kubernetes

/// The server of a model that a container runs, as far as its command tells.
struct ServedModel: Sendable, Equatable {
  /// What it is called by who asks it; the first is shown.
  var names: [String]
  /// Where the weights come from.
  var root: String
  var port: Int64

  /// `nil` where the container serves no model.
  init?(_ container: JSONValue) {
    let words = Self.words(container)
    let names = Self.values(of: "--served-model-name", in: words)
    let root = Self.values(of: "--model", in: words).first ?? Self.positional(words)
    guard let first = names.first ?? root else { return nil }
    self.names = names.isEmpty ? [first] : names
    self.root = root ?? first
    let declared = container.items("ports").first?.integer("containerPort")
    port = Self.values(of: "--port", in: words).first.flatMap { Int64($0) } ?? declared ?? 8_000
  }

  /// The words of command and arguments; a script of a shell is taken apart at its blanks.
  private static func words(_ container: JSONValue) -> [String] {
    (container.items("command") + container.items("args")).compactMap(\.stringValue)
      .flatMap { text -> [String] in
        guard text.contains(" --") else { return [text] }
        return text.split(whereSeparator: \.isWhitespace).map { word in
          String(word.filter { $0 != "'" && $0 != "\"" })
        }
      }
  }

  private static func values(of option: String, in words: [String]) -> [String] {
    for (index, word) in words.enumerated() {
      if word == option {
        return Array(words[(index + 1)...].prefix { !$0.hasPrefix("-") && $0 != "&&" })
      }
      if word.hasPrefix(option + "=") { return [String(word.dropFirst(option.count + 1))] }
    }
    return []
  }

  /// `vllm serve MODEL`
  private static func positional(_ words: [String]) -> String? {
    guard let index = words.firstIndex(of: "serve"), index + 1 < words.count else { return nil }
    let word = words[index + 1]
    return word.hasPrefix("-") ? nil : word
  }
}
