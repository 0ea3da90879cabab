internal import FoundationEssentials
package import Kubernetes

/// Asks the server what we may write, by SelfSubjectAccessReview, before anybody is let try it.
///
/// It asks once for all namespaces, and for single ones only what was denied there. What is allowed is believed until a
/// write is refused; what is denied is asked for again now and then, since somebody may have been granted it.
package actor AccessReviewer {
  private static let kind = ResourceKind(
    group: "authorization.k8s.io", version: "v1", kind: "SelfSubjectAccessReview",
    plural: "selfsubjectaccessreviews", isNamespaced: false)
  /// Namespaces that are asked about at most; beyond them the server's answer to the write decides.
  private static let namespaceLimit = 30

  private let api: any ClusterAPI
  private let clock: WallClock
  /// Between two questions about what was denied.
  private let interval: Duration
  private let wake = WakeSignal()
  private var namespaces: Set<String>
  private var rights = Set(ModelRights.asked)
  private var isStale = true
  private let subscribers = Subscribers<AccessBoard>(keeping: 1)
  package private(set) var board = AccessBoard()

  /// - Parameter namespace: where models are made.
  package init(
    api: any ClusterAPI, namespace: String, interval: Duration = .seconds(60),
    clock: WallClock = .system
  ) {
    self.api = api
    self.interval = interval
    self.clock = clock
    namespaces = [namespace]
  }

  /// What is known from now on, beginning with what is known now.
  package func boards() -> AsyncStream<AccessBoard> {
    subscribers.stream(beginningWith: [board])
  }

  /// Something of ours is in these namespaces, too.
  package func look(at more: some Sequence<String>) {
    let before = namespaces.count
    for namespace in more where namespaces.count < Self.namespaceLimit {
      namespaces.insert(namespace)
    }
    if namespaces.count > before, board.hasDenials { wake.signal() }
  }

  /// A write was refused, or a person wants to know: everything is asked anew.
  package func askAgain() {
    isStale = true
    wake.signal()
  }

  /// Asks until the task is cancelled.
  package func run() async {
    while !Task.isCancelled {
      let isComplete = await ask()
      guard !Task.isCancelled else { return }
      if !isComplete {
        await wake.wait(atMost: .seconds(15), clock: clock)
      } else if board.hasDenials {
        await wake.wait(atMost: interval, clock: clock)
      } else {
        await wake.wait()
      }
    }
  }

  /// One round of questions. Returns whether all were answered.
  private func ask() async -> Bool {
    let all = isStale
    isStale = false
    let first = rights.filter { all || board[$0] != true }
    guard await ask(first) else {
      isStale = isStale || all
      return false
    }
    let single = rights.filter { board[$0] == false }.flatMap { right in
      namespaces.map { namespace in
        var right = right
        right.namespace = namespace
        return right
      }
    }
    return await ask(Set(single.filter { all || board[$0] != true }))
  }

  private func ask(_ questions: Set<AccessRight>) async -> Bool {
    guard !questions.isEmpty else { return true }
    let api = api
    let answers = await withTaskGroup { group in
      for right in questions {
        group.addTask { @concurrent in (right, await Self.review(right, api)) }
      }
      return await group.reduce(into: [(AccessRight, Answer)]()) { $0.append($1) }
    }
    var isComplete = true
    let before = board
    for (right, answer) in answers {
      switch answer {
      case .allowed(let isAllowed): board[right] = isAllowed
      case .notAnswerable: board[right] = nil
      case .failed: isComplete = false
      }
    }
    if board != before { subscribers.tell(board) }
    return isComplete
  }

  private enum Answer: Sendable {
    case allowed(Bool)
    /// The server does not answer such questions: let the write decide.
    case notAnswerable
    /// There was no answer.
    case failed
  }

  @concurrent
  private static func review(_ right: AccessRight, _ api: any ClusterAPI) async -> Answer {
    var attributes: JSONValue = [
      "verb": .string(right.verb), "group": .string(right.group),
      "resource": .string(right.resource),
    ]
    if let namespace = right.namespace { attributes["namespace"] = .string(namespace) }
    do {
      let review = try await api.create(
        kind,
        [
          "apiVersion": .string(kind.apiVersion), "kind": .string(kind.kind),
          "spec": ["resourceAttributes": attributes],
        ], namespace: nil)
      guard let isAllowed = review.json["status", "allowed"]?.boolValue else {
        return .notAnswerable
      }
      // An authorizer that could not be asked has no opinion: that is no refusal.
      let isSure = review.json["status", "evaluationError"]?.stringValue?.isEmpty ?? true
      return isAllowed || isSure ? .allowed(isAllowed) : .notAnswerable
    } catch let error as APIError {
      let isRefused = [403, 404, 405].contains(error.statusCode ?? 0)
      return isRefused ? .notAnswerable : .failed
    } catch {
      return .failed
    }
  }
}
