internal import FoundationEssentials
internal import Kubernetes

/// Which part of a log is asked for. Source of names, checks and texts: `PodLogOptions` and its validation in Kubernetes 1.32.
struct PodLogOptions: Sendable, Equatable {
  var container: String?
  var follows = false
  var isPrevious = false
  var hasTimestamps = false
  var tail: Int?
  var since: Date?
  var limitBytes: Int?

  init(_ query: RequestQuery, now: Date) throws(Refusal) {
    if let name = query["container"], !name.isEmpty { container = name }
    follows = query.isOn("follow")
    isPrevious = query.isOn("previous")
    hasTimestamps = query.isOn("timestamps")
    tail = try Self.number("tailLines", query, atLeast: 0)
    limitBytes = try Self.number("limitBytes", query, atLeast: 1)
    if let seconds = try Self.number("sinceSeconds", query, atLeast: 1) {
      since = now.addingTimeInterval(-Double(seconds))
    }
    if let text = query["sinceTime"], !text.isEmpty {
      guard since == nil else {
        throw .invalidOptions(
          "PodLogOptions",
          .forbidden("", "at most one of `sinceTime` or `sinceSeconds` may be specified"))
      }
      guard let time = Timestamp.parse(text) else {
        throw .badRequest("parsing time \"\(text)\" as \"2006-01-02T15:04:05Z07:00\": cannot parse")
      }
      since = time
    }
  }

  private static func number(
    _ name: String, _ query: RequestQuery, atLeast least: Int
  ) throws(Refusal) -> Int? {
    guard let text = query[name], !text.isEmpty else { return nil }
    guard let number = Int(text) else {
      throw .badRequest("strconv.ParseInt: parsing \"\(text)\": invalid syntax")
    }
    guard number >= least else {
      let bound = least == 0 ? "greater than or equal to 0" : "greater than 0"
      throw .invalidOptions(
        "PodLogOptions", .invalid(name, .integer(Int64(number)), "must be \(bound)"))
    }
    return number
  }
}
