internal import FoundationEssentials
internal import Kubernetes

/// A column of the table that the server makes of a list for kubectl.
struct TableColumn: Sendable {
  var name: String
  var type = "string"
  var format = ""
  var description = ""
  /// 0 is always shown, 1 with `-o wide`.
  var priority: Int64 = 0

  init(_ name: String, type: String = "string", format: String = "", wide: Bool = false) {
    self.name = name
    self.type = type
    self.format = format
    priority = wide ? 1 : 0
  }

  static let name = TableColumn("Name", format: "name")
  static let age = TableColumn("Age")

  var json: JSONValue {
    [
      "name": .string(name), "type": .string(type), "format": .string(format),
      "description": .string(description), "priority": .integer(priority),
    ]
  }
}

/// How objects of a kind become rows.
protocol TableColumns: Sendable {
  var columns: [TableColumn] { get }
  func cells(_ object: JSONValue, now: Date) -> [JSONValue]
}

/// Name and age: what the server shows of kinds it knows nothing of.
struct GenericColumns: TableColumns {
  let columns = [TableColumn.name, .age]

  func cells(_ object: JSONValue, now: Date) -> [JSONValue] {
    [.string(object.name), .string(Age.text(of: object, now: now))]
  }
}

/// Durations as kubectl prints them.
enum Age {
  static func text(of object: JSONValue, now: Date) -> String {
    text(since: object["metadata", "creationTimestamp"]?.stringValue, now: now)
  }

  static func text(since timestamp: String?, now: Date) -> String {
    guard let timestamp, let date = Timestamp.parse(timestamp) else { return "<unknown>" }
    return human(seconds: Int(now.timeIntervalSince(date)))
  }

  /// Source: `k8s.io/apimachinery/pkg/util/duration.HumanDuration`.
  static func human(seconds: Int) -> String {
    if seconds < -1 { return "<invalid>" }
    let seconds = max(0, seconds)
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400)
    func with(_ first: Int, _ unit: String, _ second: Int, _ subunit: String) -> String {
      second == 0 ? "\(first)\(unit)" : "\(first)\(unit)\(second)\(subunit)"
    }
    if seconds < 120 { return "\(seconds)s" }
    if minutes < 10 { return with(minutes, "m", seconds % 60, "s") }
    if hours < 3 { return "\(minutes)m" }
    if hours < 8 { return with(hours, "h", minutes % 60, "m") }
    if hours < 48 { return "\(hours)h" }
    if days < 8 { return with(days, "d", hours % 24, "h") }
    if days < 730 { return "\(days)d" }
    if days < 365 * 8 { return with(days / 365, "y", days % 365, "d") }
    return "\(days / 365)y"
  }
}
