package import FoundationEssentials

/// What a reflector does next: list in pages, watch from there, resume or list again, wait. Pure.
///
/// The contract of a list and a watch: Kubernetes' API concepts, "Efficient detection of changes". It uses no
/// WatchList, which servers before 1.27 do not know.
package struct ReflectorMachine: Sendable, Equatable {
  /// What happened.
  package enum Input: Sendable {
    case start
    /// A page came. Without a continue token it was the last.
    case page(count: Int, continueToken: String?, resourceVersion: String)
    /// The server answered the watch; events may be long in coming.
    case opened
    case event(resourceVersion: String)
    case bookmark(resourceVersion: String)
    /// The server ended the watch, as it does after some minutes.
    case ended
    /// The request failed, or the watch told an error.
    case failed(APIError)
    /// The wait is over.
    case due
    /// Somebody has reason to believe that waiting or this watch is of no use.
    case interrupted(reason: String)
    /// The watch brought nothing for longer than bookmarks are apart: it may be dead, and it may be one that gets none.
    case silent
    /// Another cluster answers at the address: nothing that is known counts any more.
    case replaced
  }

  /// What to do, or to tell.
  package enum Action: Sendable, Equatable {
    /// A list begins: nothing is seen yet.
    case beginList
    case list(continueToken: String?, limit: Int?)
    /// The list is whole: what was known and not seen is gone.
    case endList
    case watch(resourceVersion: String)
    case wait(Duration)
    case report(ReflectorState)
    /// What is known was current at this moment.
    case current
    /// A watch goes on where an earlier one stopped.
    case resumed(resourceVersion: String)
  }

  private enum Phase: Sendable, Equatable {
    case idle
    case listing
    case watching(opened: Date?, heard: Bool)
    case waiting(Resume)
  }

  private enum Resume: Sendable, Equatable {
    case list
    case page(String)
    case watch
  }

  /// A watch that lived as long as this was healthy: the next failure starts over with a short wait.
  private static let healthy: TimeInterval = 30
  /// How long until a refusal or an unknown kind is looked at again: soon where it could be read before, because a server that has just started
  /// refuses for a moment what it grants later.
  private static let refusalWaits = [3, 10, 30, 60].map(Duration.seconds)

  private let policy: RetryPolicy
  private let pageSize: Int
  /// What the requests are, in words for `forbidden(missing:)`.
  private let listing: String
  private let watching: String
  /// Whether a server without this kind is no Kubernetes API server, or not at this address.
  private let isEverServed: Bool

  private var phase = Phase.idle
  private var objects = 0
  private var hasListed = false
  private var resourceVersion = ""
  private var continueToken: String?
  /// Failures in a row.
  private var attempt = 0
  /// Refusals in a row.
  private var refusals = 0
  /// Expired versions in a row, without an event or a healthy watch between them.
  private var expirations = 0
  private var staleSince: Date?
  /// Whether what is known is of another cluster than the one that answers now.
  private var isForeign = false
  /// Whether the next watch follows a list, and so resumes nothing.
  private var followsList = false
  private var reported: ReflectorState?

  /// A machine that has not begun: give it `start`.
  ///
  /// - Parameters:
  ///   - listing: what the list is, in words; `watching` the same of the watch.
  ///   - pageSize: objects a page.
  package init(
    listing: String, watching: String, isEverServed: Bool = false,
    policy: RetryPolicy = RetryPolicy(), pageSize: Int = 500
  ) {
    self.listing = listing
    self.watching = watching
    self.isEverServed = isEverServed
    self.policy = policy
    self.pageSize = pageSize
  }

  /// Takes what happened and says what to do. The last of `list`, `watch` and `wait` is the one thing to
  /// be at from now on; without one of them, what is under way goes on.
  package mutating func handle(
    _ input: Input, now: Date, using generator: inout some RandomNumberGenerator
  ) -> [Action] {
    switch input {
    case .start:
      return report(.loading(objects: 0)) + list()
    case .page(let count, let token, let version):
      return page(count: count, continueToken: token, resourceVersion: version)
    case .opened:
      phase = .watching(opened: now, heard: false)
      staleSince = nil
      let resumed: [Action] = followsList ? [] : [.resumed(resourceVersion: resourceVersion)]
      followsList = false
      return [.current] + resumed + report(.live)
    case .event(let version), .bookmark(let version):
      return heard(version, now: now, using: &generator)
    case .ended:
      return ended(now: now, using: &generator)
    case .failed(let error):
      return failed(error, now: now, using: &generator)
    case .silent:
      guard case .watching = phase else { return [] }
      return watch()
    case .replaced:
      expirations = 0
      attempt = 0
      refusals = 0
      isForeign = true
      return list()
    case .due:
      return resume()
    case .interrupted(let reason):
      if case .waiting = phase { return resume() }
      return failed(.timedOut(reason), now: now, using: &generator)
    }
  }

  // MARK: Listing

  private mutating func list(limited: Bool = true) -> [Action] {
    phase = .listing
    objects = 0
    continueToken = nil
    return [.beginList, .list(continueToken: nil, limit: limited ? pageSize : nil)]
  }

  private mutating func page(
    count: Int, continueToken token: String?, resourceVersion version: String
  ) -> [Action] {
    objects += count
    attempt = 0
    refusals = 0
    staleSince = nil
    if let token, !token.isEmpty {
      phase = .listing
      continueToken = token
      let state = hasListed ? [] : report(.loading(objects: objects))
      return [.current] + state + [.list(continueToken: token, limit: pageSize)]
    }
    hasListed = true
    isForeign = false
    continueToken = nil
    resourceVersion = version
    followsList = true
    return [.endList, .current] + report(.live) + watch()
  }

  // MARK: Watching

  private mutating func watch() -> [Action] {
    phase = .watching(opened: nil, heard: false)
    return [.watch(resourceVersion: resourceVersion)]
  }

  private mutating func heard(
    _ version: String, now: Date, using generator: inout some RandomNumberGenerator
  ) -> [Action] {
    guard case .watching(let opened, _) = phase else { return [] }
    if let old = UInt64(resourceVersion), let new = UInt64(version), new < old {
      // Versions of one kind only grow. If they do not, this is another cluster or one restored from a backup.
      return failed(
        .status(
          .init(code: 410, reason: "Expired", message: "the cluster's data went back in time")),
        now: now, using: &generator)
    }
    if !version.isEmpty { resourceVersion = version }
    phase = .watching(opened: opened, heard: true)
    attempt = 0
    expirations = 0
    staleSince = nil
    return report(.live)
  }

  private mutating func ended(
    now: Date, using generator: inout some RandomNumberGenerator
  ) -> [Action] {
    guard case .watching(let opened, let heard) = phase else { return [] }
    let lived = opened.map { now.timeIntervalSince($0) } ?? 0
    guard heard || lived >= 1 else {
      return failed(
        .transport("the API server ends the watch at once", kind: .cut), now: now, using: &generator
      )
    }
    settle(lived: lived)
    return watch()
  }

  private mutating func settle(lived: TimeInterval) {
    guard lived >= Self.healthy else { return }
    attempt = 0
    expirations = 0
  }

  // MARK: Failing

  private mutating func failed(
    _ error: APIError, now: Date, using generator: inout some RandomNumberGenerator
  ) -> [Action] {
    if case .watching(.some(let opened), _) = phase { settle(lived: now.timeIntervalSince(opened)) }
    let wasListing = phase == .listing
    if error.isExpired { return expired(error, now: now, using: &generator) }
    if error.isForbidden {
      return slowly(.forbidden(missing: wasListing ? listing : watching))
    }
    if error.isNotFound, !isEverServed { return slowly(.absent) }
    let error = error.isNotFound ? misplaced(error) : error
    let resume: Resume = wasListing ? (continueToken.map(Resume.page) ?? .list) : .watch
    return backOff(error, resume: resume, now: now, using: &generator)
  }

  /// What every API server has is not there: that tells of the address, or of a gateway, and nothing of the cluster.
  private func misplaced(_ error: APIError) -> APIError {
    .transport(
      "\(error) (\(listing)): is the server's address right, with its path?", kind: .other)
  }

  private mutating func expired(
    _ error: APIError, now: Date, using generator: inout some RandomNumberGenerator
  ) -> [Action] {
    expirations += 1
    switch expirations {
    case 1: return list()
    // The cluster changes faster than pages are fetched: all at once, as kubectl does.
    case 2: return list(limited: false)
    default: return backOff(error, resume: .list, now: now, using: &generator)
    }
  }

  private mutating func slowly(_ state: ReflectorState) -> [Action] {
    phase = .waiting(.list)
    attempt = 0
    staleSince = nil
    // What is not served is not there; and what is left of another cluster must not stay because this one refuses.
    let forget: [Action] =
      (state == .absent && hasListed) || isForeign ? [.beginList, .endList] : []
    let step = hasListed ? min(refusals, Self.refusalWaits.count - 1) : Self.refusalWaits.count - 1
    refusals += 1
    return forget + report(state) + [.wait(Self.refusalWaits[step])]
  }

  private mutating func backOff(
    _ error: APIError, resume: Resume, now: Date, using generator: inout some RandomNumberGenerator
  ) -> [Action] {
    attempt += 1
    let delay = policy.delay(attempt: attempt, retryAfter: error.retryAfter, using: &generator)
    phase = .waiting(resume)
    let since = staleSince ?? now
    staleSince = since
    return report(
      .stale(
        since: since, error: error.description, attempt: attempt,
        nextAttempt: now.addingTimeInterval(delay.seconds))) + [.wait(delay)]
  }

  private mutating func resume() -> [Action] {
    guard case .waiting(let resume) = phase else { return [] }
    switch resume {
    case .list: return list(limited: expirations != 2)
    case .page(let token):
      phase = .listing
      return [.list(continueToken: token, limit: pageSize)]
    case .watch: return watch()
    }
  }

  private mutating func report(_ state: ReflectorState) -> [Action] {
    guard reported != state else { return [] }
    reported = state
    return [.report(state)]
  }
}

extension APIError {
  /// After how long the server wants to be asked again: the header, or the `Status` itself.
  package var retryAfter: Duration? {
    guard case .status(let status, let header) = self else { return nil }
    return header ?? status.details?.retryAfterSeconds.map { .seconds($0) }
  }
}
