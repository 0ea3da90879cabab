import ArgumentParser
import Kubernetes
import ModelCore
import Scripting

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `modeldeck watch`: what happens to the models, one line each, for screen readers and logs.
struct WatchCommand: ScriptCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Follow the models as a plain stream, one line a change.",
    discussion: """
      Begins with a line for each model and goes on until it is interrupted. Nothing moves and nothing is coloured: what \
      matters is first, the time is last. With -o json each line is an object with type, model and time.
      """)

  @Argument(help: ArgumentHelp("Only these models (default: all).", valueName: "name"))
  var names: [String] = []

  @Flag(name: [.customShort("A"), .long], help: "All namespaces, whatever is configured.")
  var allNamespaces = false

  @Flag(help: "Only what changes from now on.")
  var onlyChanges = false

  @OptionGroup var filter: FilterOptions

  @Option(
    name: .shortAndLong, help: ArgumentHelp("How to write: text or json.", valueName: "format"))
  var output = "text"

  @OptionGroup var talk: TalkOptions
  @OptionGroup var cluster: ClusterOptions

  func execute(_ run: CommandRun) async throws {
    try filter.check()
    guard ["text", "json"].contains(output) else {
      throw CommandFailure(
        .invalidInput, "--output: \(Excerpt.quoted(output)) is neither text nor json.")
    }
    let namespace = run.namespace(all: allNamespaces)
    try await run.withModels { session, update in
      var stream = ChangeStream(
        writesJSON: output == "json", hidesReplicas: session.isRemote,
        admits: { model in
          (namespace == nil || model.namespace == namespace) && filter.admits(model)
            && (names.isEmpty || names.contains { !run.candidates($0, in: [model]).isEmpty })
        })
      try stream.begin(with: update.changed, isTold: !onlyChanges)
      for await update in await session.updates() { try stream.take(update) }
      try Task.checkCancellation()
    }
  }
}

/// Turns updates into lines.
private struct ChangeStream {
  let writesJSON: Bool
  let hidesReplicas: Bool
  let admits: @Sendable (Model) -> Bool
  private var models: [ModelID: Model] = [:]
  private var isConnected = true

  init(
    writesJSON: Bool, hidesReplicas: Bool, admits: @escaping @Sendable (Model) -> Bool
  ) {
    self.writesJSON = writesJSON
    self.hidesReplicas = hidesReplicas
    self.admits = admits
  }

  mutating func begin(with models: [Model], isTold: Bool) throws {
    for model in models where admits(model) {
      self.models[model.id] = model
      if isTold {
        try tell(ChangeLine(appeared: model, hidesReplicas: hidesReplicas), "ADDED", model)
      }
    }
  }

  mutating func take(_ update: ClusterUpdate) throws {
    try follow(update.connection)
    let gone =
      update.isComplete && update.isSettled
      ? models.keys.filter { id in !update.changed.contains { $0.id == id } } : []
    for id in update.removed + gone {
      guard let model = models.removeValue(forKey: id) else { continue }
      try tell(ChangeLine(removed: id), "DELETED", model)
    }
    for model in update.changed {
      let old = models[model.id]
      guard admits(model) else {
        // It is not what was asked for any more.
        if let old, let line = ChangeLine(from: old, to: model, hidesReplicas: hidesReplicas) {
          models[model.id] = nil
          try tell(line, "DELETED", model)
        }
        continue
      }
      models[model.id] = model
      guard let old else {
        try tell(ChangeLine(appeared: model, hidesReplicas: hidesReplicas), "ADDED", model)
        continue
      }
      if let line = ChangeLine(from: old, to: model, hidesReplicas: hidesReplicas) {
        try tell(line, "MODIFIED", model)
      }
    }
  }

  private mutating func follow(_ connection: Connection) throws {
    switch connection {
    case .disconnected(_, let error, _):
      if isConnected { try note("ATTENTION disconnected: \(error)") }
      isConnected = false
    case .live:
      if !isConnected { try note("connected again") }
      isConnected = true
    case .connecting, .loading, .forbidden: break
    }
  }

  private func note(_ text: String) throws {
    let now = Date()
    guard writesJSON else {
      return try StandardOutput.write("\(text) [\(Timestamp.format(now))]\n")
    }
    try write(["type": "NOTE", "message": .string(text), "time": .string(Timestamp.format(now))])
  }

  private func tell(_ line: ChangeLine, _ type: String, _ model: Model) throws {
    let now = Date()
    guard writesJSON else { return try StandardOutput.write(line.line(at: now)) }
    var value: JSONValue = [
      "type": .string(type), "model": model.json, "message": .string(line.text),
      "time": .string(Timestamp.format(now)),
    ]
    value["reason"] = model.reason.isEmpty ? nil : .string(model.reason)
    try write(value)
  }

  private func write(_ value: JSONValue) throws {
    try StandardOutput.write(String(decoding: try value.encoded(), as: UTF8.self) + "\n")
  }
}
