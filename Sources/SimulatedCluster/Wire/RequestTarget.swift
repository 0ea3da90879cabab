/// What a request's path names: a kind, and where in it an object or a part of one.
struct RequestTarget: Sendable, Equatable {
  var group: String
  var version: String
  var plural: String
  var namespace: String?
  var name: String?
  var subresource: String?
  /// Behind `proxy`: the path that is asked for there.
  var rest: [String] = []

  /// Reads `/api/v1/...` and `/apis/<group>/<version>/...`; `nil` where the path names no resource.
  init?(_ path: [String]) {
    var rest: ArraySlice<String>
    switch path.first {
    case "api" where path.count >= 3:
      group = ""
      version = path[1]
      rest = path[2...]
    case "apis" where path.count >= 4:
      group = path[1]
      version = path[2]
      rest = path[3...]
    default: return nil
    }
    // `/namespaces/x` alone is the namespace itself; with more it is where the resource lives.
    if rest.first == "namespaces", rest.count >= 3,
      !["status", "finalize"].contains(rest[rest.startIndex + 2])
    {
      namespace = rest[rest.startIndex + 1]
      rest = rest.dropFirst(2)
    }
    guard let plural = rest.popFirst() else { return nil }
    self.plural = plural
    name = rest.popFirst()
    subresource = rest.popFirst()
    guard rest.isEmpty || subresource == Subresource.proxy.rawValue else { return nil }
    self.rest = Array(rest)
  }
}

/// The query of a request, as an API server reads it.
struct RequestQuery: Sendable {
  private let values: [String: [String]]

  init(_ text: String?) {
    var values: [String: [String]] = [:]
    for pair in (text ?? "").split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = PercentCoding.decode(parts[0], plusIsSpace: true)
      let value = parts.count > 1 ? PercentCoding.decode(parts[1], plusIsSpace: true) : ""
      values[name, default: []].append(value)
    }
    self.values = values
  }

  subscript(name: String) -> String? { values[name]?.first }

  func all(_ name: String) -> [String] { values[name] ?? [] }

  /// Whether a switch is on: `true`, `1`, or named without a value.
  func isOn(_ name: String) -> Bool {
    guard let value = self[name] else { return false }
    return ["", "true", "1", "t", "T", "True", "TRUE"].contains(value)
  }
}

enum PercentCoding {
  static func decode(_ text: Substring, plusIsSpace: Bool) -> String {
    var bytes: [UInt8] = []
    var iterator = Array(text.utf8)[...]
    while let byte = iterator.popFirst() {
      if byte == UInt8(ascii: "%"), iterator.count >= 2,
        let high = hex(iterator[iterator.startIndex]),
        let low = hex(iterator[iterator.startIndex + 1])
      {
        bytes.append(high << 4 | low)
        iterator = iterator.dropFirst(2)
      } else {
        bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func hex(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
  }
}
