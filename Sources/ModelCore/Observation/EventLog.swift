internal import FoundationEssentials
internal import Kubernetes

/// The events that may concern one model, and the lines that a person reads of them. Pure.
struct EventLog: Sendable {
  /// Lines at most; older ones are of no help.
  private static let limit = 100

  private var events: [ObjectKey: K8s.Event] = [:]
  /// `nil` while all is well; else why there are none.
  var unavailable: String? = Self.reading
  /// Why there are none at first.
  static let reading = "reading events"

  mutating func set(_ key: ObjectKey, _ event: K8s.Event?) { events[key] = event }

  /// The events of these objects, the same message of the same object once, latest first.
  func lines(of scope: Scope) -> [ModelDetails.Event] {
    struct Key: Hashable {
      var object: String
      var reason: String
      var message: String
    }
    var merged: [Key: ModelDetails.Event] = [:]
    for event in events.values where scope.contains(event.involvedObject) {
      let about = event.involvedObject
      let key = Key(
        object: "\(about.kind ?? "")/\(about.name ?? "")", reason: event.reason ?? "",
        message: Excerpt.line(event.message ?? ""))
      let count = max(1, event.series?.count ?? event.count ?? 1)
      var line =
        merged[key]
        ?? ModelDetails.Event(
          isWarning: event.type == "Warning", reason: key.reason, message: key.message,
          object: key.object, count: 0)
      line.count = line.count.addingClamped(count)
      line.lastSeen = [line.lastSeen, event.lastSeen].compactMap { $0 }.max()
      merged[key] = line
    }
    let sorted = merged.values.sorted {
      ($0.lastSeen ?? .distantPast, $0.object, $0.message)
        > ($1.lastSeen ?? .distantPast, $1.object, $1.message)
    }
    return Array(sorted.prefix(Self.limit))
  }

  /// Which objects a model's events are about.
  struct Scope: Sendable {
    var uids: Set<String> = []
    /// Names of its ReplicaSets: pods that are gone were named after them.
    var sets: [String] = []

    func contains(_ object: K8s.ObjectReference) -> Bool {
      if let uid = object.uid, uids.contains(uid) { return true }
      guard object.kind == "Pod", let name = object.name else { return false }
      return sets.contains { name.hasPrefix($0 + "-") }
    }
  }

  /// Whether an object of this name can be one of the model's: what is not is not even kept.
  static func mayConcern(_ model: ModelID, _ object: K8s.ObjectReference) -> Bool {
    guard let name = object.name else { return false }
    return name == model.name || name.hasPrefix(model.name + "-")
  }
}
