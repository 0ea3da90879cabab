/// In which form an answer is wanted, from the header `Accept`.
enum Representation: Sendable, Equatable {
  case object
  case table
  case partialMetadata
  /// Discovery of all groups in one answer.
  case aggregatedDiscovery

  /// The first form in the header that the server speaks; `nil` where there is none.
  static func preferred(in accept: String?) -> Representation? {
    guard let accept, !accept.isEmpty else { return .object }
    for range in accept.split(separator: ",") {
      let parts = range.split(separator: ";").map { $0.trimmed }
      var parameters: [String: String] = [:]
      for part in parts.dropFirst() {
        let pair = part.split(separator: "=", maxSplits: 1)
        if pair.count == 2 { parameters[String(pair[0])] = String(pair[1]) }
      }
      guard ["application/json", "application/*", "*/*"].contains(parts.first ?? "") else {
        continue
      }
      switch parameters["as"] {
      case nil: return .object
      case "Table": return .table
      case "PartialObjectMetadata", "PartialObjectMetadataList": return .partialMetadata
      case "APIGroupDiscoveryList" where parameters["v"] == "v2": return .aggregatedDiscovery
      default: continue
      }
    }
    return nil
  }
}

extension Substring {
  var trimmed: String {
    var text = self
    while text.first?.isWhitespace == true { text = text.dropFirst() }
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return String(text)
  }
}
