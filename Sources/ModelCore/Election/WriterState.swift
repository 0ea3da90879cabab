package import Kubernetes

/// Who makes the models of a namespace what they were asked to be, as one dashboard sees it.
package enum WriterState: Equatable, Sendable {
  /// Not known yet.
  case looking
  /// This dashboard.
  case this
  /// Another one: `user@host`.
  case other(String)
  /// Nobody right now: the last one left or died, and who is next is about to be settled.
  case nobody
  /// This dashboard may not take part, and why in words. `holder` is who writes, where that may be read.
  case barred(reason: String, holder: String?)
}

/// What becomes known about the writers, in the order in which it does.
package struct WriterNews: Equatable, Sendable {
  /// The namespace that it is about.
  package var namespace: String
  package var state: WriterState
  /// Whether it is the namespace where models are made.
  package var isHome: Bool

  package init(namespace: String, state: WriterState, isHome: Bool) {
    self.namespace = namespace
    self.state = state
    self.isHome = isHome
  }
}

/// The name under which a dashboard writes: `user@host_1f9ac03e`, the end of which is different for every run.
package enum WriterIdentity {
  /// A name for this run: the same user on the same host gets another one each time.
  package static func make(user: String, host: String) -> String {
    var generator = SystemRandomNumberGenerator()
    return make(user: user, host: host, using: &generator)
  }

  static func make(
    user: String, host: String, using generator: inout some RandomNumberGenerator
  ) -> String {
    let digits = String(UInt32.random(in: 0...UInt32.max, using: &generator), radix: 16)
    let suffix = String(repeating: "0", count: 8 - digits.count) + digits
    return "\(user.isEmpty ? "somebody" : user)@\(host.isEmpty ? "unknown" : host)_\(suffix)"
  }

  /// `user@host` of an identity; what somebody else wrote in another form, as it is.
  package static func person(_ identity: String) -> String {
    guard let end = identity.lastIndex(of: "_"), identity.contains("@"),
      identity[end...].dropFirst().count == 8,
      identity[end...].dropFirst().allSatisfy(\.isHexDigit)
    else { return identity }
    return String(identity[..<end])
  }
}

/// Whether the reconciler may write.
package protocol WriterGate: Sendable {
  /// For how long a write in the namespace may still take; `nil` where this dashboard is not the one that writes there.
  func remaining(in namespace: String) -> Duration?
  /// Where models are made.
  var home: String { get }
  /// There is something to write in these namespaces.
  func want(_ namespaces: Set<String>) async
  /// Signalled when this dashboard became the one that writes somewhere.
  var elected: WakeSignal { get }
}
