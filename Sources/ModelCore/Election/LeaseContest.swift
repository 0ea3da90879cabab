package import FoundationEssentials
package import Kubernetes

/// One dashboard's view of one Lease, and what to do about it next. Pure: times come in, requests go out.
///
/// As in client-go, another's Lease has expired when it has not changed for its duration *as seen here*: the times in it are for people,
/// since no two clocks agree. Every write names the version that it replaces, so of two that try one fails.
package struct LeaseContest: Sendable {
  /// How long things take. Hand-over after a death takes at most `duration` and one request.
  package struct Terms: Sendable {
    /// After so long without a sign of its holder the Lease is anybody's.
    package var duration: Duration = .seconds(10)
    /// Between two renewals of a Lease that is ours; also the longest that a request may take.
    package var renewal: Duration = .seconds(3)
    /// Between two attempts that failed.
    package var retry: Duration = .seconds(1)
    /// So long after the last renewal was sent nothing is written any more: well before the others take over.
    package var writing: Duration = .seconds(8)
    /// After a refusal it is tried again this seldom.
    package var refusal: Duration = .seconds(60)

    /// The usual: 10 s until others take over, and 8 s of writing after each renewal.
    package init() {}
  }

  /// What to do now.
  package enum Step: Sendable, Equatable {
    case create(JSONValue)
    case update(JSONValue)
    /// Until then, or until something comes in; `nil` has no end.
    case wait(until: Duration?)
  }

  /// What became of a request of ours.
  package enum Outcome: Sendable {
    case stored(JSONValue)
    /// Somebody was faster, or our version is old.
    case conflict
    case gone
    case refused(String)
    /// There is no such namespace (yet).
    case noNamespace
    case failed
  }

  /// Of the Lease, from ``name(organization:)``.
  package let name: String
  /// Where the Lease is, and which models it is about.
  package let namespace: String
  /// What we write into it as its holder.
  package let identity: String
  /// The Lease is only looked at.
  package let isReadOnly: Bool
  /// How long things take here; of another's Lease the duration counts that it names itself.
  package let terms: Terms

  package private(set) var lease: JSONValue?
  private var observed: (spec: JSONValue, at: Duration)?
  private var hasLooked = false
  /// When the last renewal that was confirmed had been sent.
  private var held: Duration?
  private var notBefore: Duration = .zero
  private var reading: String?
  private var writing: String?
  private var hasNamespace = true
  /// There was something to do in the namespace while a request was on its way.
  private var isWanted = false

  /// Nothing was seen yet: the first step is to wait for a look.
  package init(
    name: String, namespace: String, identity: String, isReadOnly: Bool = false,
    terms: Terms = Terms()
  ) {
    self.name = name
    self.namespace = namespace
    self.identity = identity
    self.isReadOnly = isReadOnly
    self.terms = terms
  }

  /// The Lease of an organization. What cannot be part of an object's name is replaced, and told apart by a number.
  package static func name(organization: String) -> String {
    let folded = organization.lowercased()
    let plain = folded.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    let text = String(plain)
    guard text != organization else { return "modeldeck-\(text)" }
    // FNV-1a: the same in every version and on every machine.
    let hash = organization.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
    return "modeldeck-\(text)-\(String(hash, radix: 16))"
  }

  // MARK: What comes in

  /// The Lease as a list, a watch or an answer tells it; `nil` where there is none.
  package mutating func saw(_ new: JSONValue?, at now: Duration) {
    hasLooked = true
    reading = nil
    guard let new else {
      lease = nil
      observed = nil
      held = nil
      return
    }
    hasNamespace = true
    // What a watch tells may be older than the answer to our own write.
    if let old = lease, old["metadata", "uid"] == new["metadata", "uid"],
      let known = Self.version(old), let told = Self.version(new), told < known
    {
      return
    }
    lease = new
    let spec = new["spec"] ?? [:]
    if observed?.spec != spec { observed = (spec, now) }
    if holder != identity { held = nil }
  }

  /// The list was empty or is complete: what there is has been told.
  package mutating func looked() {
    hasLooked = true
    reading = nil
  }

  /// The Lease may not be read, or there are none: nothing is written until it is seen. The reason is for people.
  package mutating func cannotRead(_ reason: String?) { reading = reason }

  /// There is something to do in the namespace: so it exists.
  package mutating func wanted() {
    isWanted = true
    guard !hasNamespace else { return }
    hasNamespace = true
    notBefore = .zero
  }

  /// What came of a request. `sentAt` is when it was sent: from then on the time to write counts.
  package mutating func wrote(_ outcome: Outcome, sentAt: Duration, at now: Duration) {
    notBefore = now + terms.retry
    switch outcome {
    case .stored(let stored):
      saw(stored, at: now)
      writing = nil
      guard holder == identity else { return }
      held = sentAt
      notBefore = sentAt + terms.renewal
    case .gone:
      lease = nil
      observed = nil
      held = nil
      notBefore = now
    case .refused(let reason):
      writing = reason
      held = nil
      notBefore = now + terms.refusal
    case .noNamespace:
      hasNamespace = isWanted
      isWanted = false
    case .conflict, .failed:
      break
    }
  }

  // MARK: What to do

  /// - Parameter date: what the Lease shows to people.
  package func step(at now: Duration, date: Date) -> Step {
    guard !isReadOnly, hasLooked, reading == nil, hasNamespace else { return .wait(until: nil) }
    guard now >= notBefore else { return .wait(until: notBefore) }
    guard let lease else { return .create(manifest(date)) }
    guard holder == identity || holder.isEmpty || now >= expiry else {
      return .wait(until: expiry)
    }
    return .update(taken(lease, date))
  }

  /// Gives the Lease back, so that the next need not wait; `nil` where it is not ours to give.
  package func released(date: Date) -> JSONValue? {
    guard var lease, held != nil, holder == identity else { return nil }
    lease["spec", "holderIdentity"] = ""
    lease["spec", "leaseDurationSeconds"] = 1
    lease["spec", "renewTime"] = .string(Timestamp.formatMicro(date))
    return lease
  }

  /// For how long writes may go on; `nil` where another writes or may soon.
  package func remaining(at now: Duration) -> Duration? {
    guard let held, held + terms.writing > now else { return nil }
    return held + terms.writing - now
  }

  /// Until when writes are allowed, on the steady clock.
  package var writableUntil: Duration? { held.map { $0 + terms.writing } }

  /// How it stands for people, at that time.
  package func state(at now: Duration) -> WriterState {
    let person =
      holder.isEmpty || (now >= expiry && holder != identity) ? nil : WriterIdentity.person(holder)
    if isReadOnly { return .barred(reason: "read-only", holder: person) }
    if let reason = reading ?? writing { return .barred(reason: reason, holder: person) }
    if remaining(at: now) != nil { return .this }
    guard hasLooked, hasNamespace else { return .looking }
    if holder == identity { return .nobody }
    return person.map(WriterState.other) ?? .nobody
  }

  private var holder: String { lease?["spec", "holderIdentity"]?.stringValue ?? "" }

  private var expiry: Duration {
    guard let observed else { return .zero }
    let seconds = observed.spec["leaseDurationSeconds"]?.integerValue.map { max(1, $0) }
    return observed.at + (seconds.map { Duration.seconds($0) } ?? terms.duration)
  }

  private static func version(_ lease: JSONValue) -> UInt64? {
    lease["metadata", "resourceVersion"]?.stringValue.flatMap { UInt64($0) }
  }

  // MARK: The Lease

  private func manifest(_ date: Date) -> JSONValue {
    let kind = K8s.Lease.resourceKind
    let bare: JSONValue = [
      "apiVersion": .string(kind.apiVersion), "kind": .string(kind.kind),
      "metadata": [
        "name": .string(name), "namespace": .string(namespace),
        "labels": [ModelKeys.managedBy: .string(ModelKeys.manager)],
      ],
      "spec": [:],
    ]
    return taken(bare, date)
  }

  /// The Lease with us as its holder; what others wrote beside that stays.
  private func taken(_ lease: JSONValue, _ date: Date) -> JSONValue {
    var lease = lease
    let time = JSONValue.string(Timestamp.formatMicro(date))
    let before = lease["spec", "holderIdentity"]?.stringValue ?? ""
    if before != identity {
      let transitions = lease["spec", "leaseTransitions"]?.integerValue ?? 0
      if observed != nil { lease["spec", "leaseTransitions"] = .integer(transitions + 1) }
      lease["spec", "acquireTime"] = time
    }
    lease["spec", "holderIdentity"] = .string(identity)
    lease["spec", "leaseDurationSeconds"] = .integer(terms.duration.components.seconds)
    lease["spec", "renewTime"] = time
    return lease
  }
}
