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

/// `modeldeck why NAME`: the status, the reason, and what it was concluded from.
struct WhyCommand: ScriptCommand {
  static let configuration = CommandConfiguration(
    commandName: "why", abstract: "Say why a model has the status that it has, with the evidence.")

  @Argument(help: ArgumentHelp("The model; a name, or NAMESPACE/NAME.", valueName: "name"))
  var name: String

  @OptionGroup var output: OutputOptions
  @OptionGroup var talk: TalkOptions
  @OptionGroup var cluster: ClusterOptions

  func execute(_ run: CommandRun) async throws {
    let format = try output.format(run)
    try await run.withClusterModels(to: "say why a model has its status") { session, update in
      let id = try run.model(name, in: update).id
      let details = try await session.details(of: id)
      // Events may have told more meanwhile.
      guard let model = await session.observer.model(id) else { throw run.notFound(name, update) }
      let evidence = Evidence(model: model, details: details, now: Date())
      switch format {
      case .table, .wide: try StandardOutput.write(evidence.text)
      case .name: try StandardOutput.write("\(model.name)\n")
      case .json, .yaml, .jsonPath:
        try StandardOutput.write(try StructuredText.text(of: evidence.json, format))
      }
    }
  }
}

/// A model's status with all that speaks for it.
private struct Evidence {
  let model: Model
  let details: ModelDetails
  let now: Date

  private var isSilent: Bool { model.reason.isEmpty }

  var text: String {
    var text = "\(model.name): \(ModelListing.status(of: model))\n"
    text += "reason: \(isSilent ? "nothing to say" : line(model.reason))\n"
    text += "replicas: \(model.readyReplicas) of \(model.desiredReplicas) ready\n"
    if model.gpu.requested > 0 {
      text += "GPUs: \(model.gpu.assigned) of \(model.gpu.requested) assigned"
      let places = model.gpu.placements.map { place in
        "\(place.count) on \(place.node)" + (place.product.map { " (\($0))" } ?? "")
      }
      text += places.isEmpty ? "\n" : ": \(places.joined(separator: ", "))\n"
    }
    for drift in model.drift { text += "drift: \(line(drift))\n" }
    text += section("pods", pods)
    text += section("conditions", conditions)
    text += section("objects", objects)
    text += section("events", events)
    if let problem = details.eventsUnavailable { text += "\nevents: \(problem)\n" }
    return text
  }

  private func line(_ text: String) -> String { Excerpt.line(text, limit: 600) }

  private func section(_ title: String, _ rows: [[String]]) -> String {
    guard !rows.isEmpty else { return "" }
    var table = TextTable(header: nil)
    for row in rows { table.add(["  \(row[0])"] + row.dropFirst()) }
    return "\n\(title):\n\(table.text)"
  }

  private var pods: [[String]] {
    details.pods.map { pod in
      [
        pod.name, pod.phase, pod.isReady ? "ready" : "not ready", pod.node ?? "no node",
        "restarts \(pod.restarts)", line(pod.state),
      ]
    }
  }

  private var conditions: [[String]] {
    details.conditions.map { [$0.type, $0.status, $0.reason, line($0.message)] }
  }

  private var objects: [[String]] { details.objects.map { [$0.kind, $0.name, line($0.state)] } }

  private var events: [[String]] {
    details.events.prefix(12).map { event in
      [
        event.lastSeen.map { Age.text(since: $0, now: now) } ?? "-",
        event.isWarning ? "Warning" : "Normal", event.reason, event.object, event.message,
      ]
    }
  }

  var json: JSONValue {
    [
      "id": .string(model.name), "namespace": .string(model.namespace),
      "status": .string(model.status.rawValue), "reason": .string(model.reason),
      "replicas": [
        "desired": .integer(Int64(model.desiredReplicas)),
        "ready": .integer(Int64(model.readyReplicas)),
      ],
      "gpus": [
        "requested": .integer(Int64(model.gpu.requested)),
        "assigned": .integer(Int64(model.gpu.assigned)),
      ],
      "drift": .array(model.drift.map(JSONValue.string)),
      "pods": .array(
        details.pods.map { pod in
          [
            "name": .string(pod.name), "phase": .string(pod.phase), "ready": .bool(pod.isReady),
            "node": pod.node.map(JSONValue.string) ?? .null,
            "restarts": .integer(Int64(pod.restarts)), "state": .string(pod.state),
          ]
        }),
      "conditions": .array(
        details.conditions.map { condition in
          [
            "type": .string(condition.type), "status": .string(condition.status),
            "reason": .string(condition.reason), "message": .string(condition.message),
          ]
        }),
      "objects": .array(
        details.objects.map { object in
          [
            "kind": .string(object.kind), "name": .string(object.name),
            "state": .string(object.state),
          ]
        }),
      "events": .array(details.events.map(\.json)),
    ]
  }
}
