/// What can go wrong on request. The raw value is the name on the command line; `--help` and the documentation are made from this list.
package enum FaultKind: String, Sendable, CaseIterable {
  // Connections
  case cut
  case refuse
  case freeze
  case wrongCertificate = "wrong-certificate"
  // Watches
  case cutWatch = "cut-watch"
  case hangWatch = "hang-watch"
  case expired = "410"
  case compact
  // Answers
  case tooManyRequests = "429"
  case internalError = "500"
  case unavailable = "503"
  case expiredToken = "401"
  case cutBody = "cut-body"
  case hangBody = "hang-body"
  case garbage
  case hang
  case latency
  // Writes
  case cutWrite = "cut-write"
  case loseAnswer = "lose-answer"
  // The server itself
  case rotateToken = "rotate-token"
  case replace

  /// What happens, in one line.
  package var summary: String {
    switch self {
    case .cut: "every connection is cut, once or again and again"
    case .refuse: "nothing listens: connections are cut and new ones refused"
    case .freeze:
      "connections are accepted, and not a byte comes back; what waits is answered afterwards"
    case .wrongCertificate: "the certificate is one of another authority; connections are cut"
    case .cutWatch: "watches are cut after a time or a number of events"
    case .hangWatch: "watches stay open and fall silent after a number of events"
    case .expired: "watches that resume and lists that continue are told 410 Expired"
    case .compact: "the history is forgotten, as by a compaction: 410 for what is older"
    case .tooManyRequests: "429 Too Many Requests with Retry-After"
    case .internalError: "500 Internal Server Error"
    case .unavailable: "503 Service Unavailable, in plain text as a load balancer says it"
    case .expiredToken: "401 Unauthorized, as after a token expired"
    case .cutBody: "answers are cut in the middle of the body"
    case .hangBody: "answers stop in the middle of the body, and the connection stays open"
    case .garbage: "200 with a body that is no JSON"
    case .hang: "requests are taken and never answered"
    case .latency: "requests wait before they are performed"
    case .cutWrite: "writes are cut before they are performed"
    case .loseAnswer: "writes are performed, and cut before the answer"
    case .rotateToken:
      "the token is replaced, and the kubeconfig written again; the old token is refused"
    case .replace:
      "another cluster takes the address: empty, other UIDs, resource versions from the start"
    }
  }

  /// What it can be told, besides the conditions that all faults of requests share.
  package var parameters: [FaultParameter] {
    switch self {
    case .cut, .rotateToken, .compact: [.interval]
    case .cutWatch: [.time, .events]
    case .hangWatch: [.events]
    case .tooManyRequests, .unavailable: [.retryAfter]
    case .latency: [.time, .jitter]
    case .replace: [.authority]
    default: []
    }
  }

  /// Whether it concerns single requests, and can be limited to some of them.
  package var concernsRequests: Bool {
    switch self {
    case .cut, .refuse, .freeze, .wrongCertificate, .compact, .rotateToken, .replace: false
    default: true
    }
  }

  /// Whether it closes the way to the server, over which it could be ended.
  var closesTheDoor: Bool { self == .refuse || self == .freeze || self == .wrongCertificate }
}

/// What a fault can be told, as `name=value`.
package enum FaultParameter: String, Sendable, CaseIterable {
  case time, jitter, events, interval
  case retryAfter = "retry-after"
  case authority = "ca"
  // When
  case after
  case lasts = "for"
  // Which requests
  case every, share, times, verb, path, agent

  /// How the value of a parameter is written: `500ms`, `5s` or `2m`, a number from 1, a part from 0 to 1, or a text.
  package enum Form: Sendable { case duration, count, share, text }

  /// How its value is written.
  package var form: Form {
    switch self {
    case .time, .jitter, .interval, .retryAfter, .after, .lasts: .duration
    case .events, .every, .times: .count
    case .share: .share
    case .authority, .verb, .path, .agent: .text
    }
  }

  /// What it means, in one line.
  package var summary: String {
    switch self {
    case .time: "how long (latency 500ms, cut-watch 5s)"
    case .jitter: "up to so much more"
    case .events: "after how many events of the watch"
    case .interval: "again and again, that far apart"
    case .retryAfter: "what the client is asked to wait, in whole seconds (1s)"
    case .authority: "new: with another certificate authority; the kubeconfig is written again"
    case .after: "begins that much later"
    case .lasts: "ends by itself after that time"
    case .every: "every nth request only"
    case .share: "a part of the requests, by chance: 0.3"
    case .times: "so many times in all"
    case .verb: "get, list, watch, create, update, patch, delete, read or write; several with |"
    case .path: "requests with this in their path or query"
    case .agent: "clients with this in their user agent"
    }
  }

  /// What every fault can be told.
  package static let timing: [FaultParameter] = [.after, .lasts]
  /// What faults of requests can be told.
  package static let conditions: [FaultParameter] = [.every, .share, .times, .verb, .path, .agent]
}
