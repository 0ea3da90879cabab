import ArgumentParser
import Dashboard
import Kubernetes
import ModelCore
import Scripting

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `modeldeck events NAME`: what the cluster tells about a model and everything that belongs to it.
struct EventsCommand: ScriptCommand {
  static let configuration = CommandConfiguration(
    commandName: "events",
    abstract: "Show the events of a model and of what belongs to it, latest first.")

  @Argument(help: ArgumentHelp("The model; a name, or NAMESPACE/NAME.", valueName: "name"))
  var name: String

  @Flag(help: "Only warnings.")
  var warnings = false

  @OptionGroup var output: OutputOptions
  @OptionGroup var talk: TalkOptions
  @OptionGroup var cluster: ClusterOptions

  func execute(_ run: CommandRun) async throws {
    let format = try output.format(run)
    try await run.withClusterModels(to: "show events") { session, update in
      let model = try run.model(name, in: update)
      let details = try await session.details(of: model.id)
      if let problem = details.eventsUnavailable {
        throw CommandFailure(.forbidden, "the events cannot be read: \(problem).")
      }
      let events = details.events.filter { $0.isWarning || !warnings }
      if events.isEmpty, format.isTable { run.say("there are no events of model \(model.id).") }
      try StandardOutput.write(try text(events, format))
    }
  }

  private func text(_ events: [ModelDetails.Event], _ format: OutputFormat) throws -> String {
    switch format {
    case .table, .wide:
      guard !events.isEmpty else { return "" }
      let header = ["LAST SEEN", "TYPE", "REASON", "OBJECT", "COUNT", "MESSAGE"]
      var table = TextTable(header: output.noHeaders ? nil : header)
      for event in events {
        table.add([
          event.lastSeen.map { Age.text(since: $0, now: Date()) } ?? "-",
          event.isWarning ? "Warning" : "Normal", event.reason, event.object, "\(event.count)",
          event.message,
        ])
      }
      return table.text
    case .name: return events.map { "\($0.object)\n" }.joined()
    case .json, .yaml, .jsonPath:
      return try StructuredText.text(of: ["events": .array(events.map(\.json))], format)
    }
  }
}

extension ModelDetails.Event {
  var json: JSONValue {
    var value: JSONValue = [
      "type": .string(isWarning ? "Warning" : "Normal"), "reason": .string(reason),
      "message": .string(message), "object": .string(object), "count": .integer(Int64(count)),
    ]
    value["last_seen"] = lastSeen.map { .string(Timestamp.format($0)) }
    return value
  }
}
