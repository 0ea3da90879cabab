internal import FoundationEssentials
internal import Kubernetes

extension ClusterObserver {
  /// Asks for a sign of life where none came for a while: a link that died without a word (a laptop's sleep, a
  /// firewall's forgotten connection) is found in seconds and not when the watches end.
  @concurrent
  func watchLink() async {
    guard let heartbeat = settings.heartbeat else { return }
    while !Task.isCancelled {
      try? await clock.sleep(heartbeat)
      guard !Task.isCancelled, await isQuiet(for: heartbeat.seconds) else { continue }
      // The connection itself is asked, and closed where it does not answer: no request is needed. Negative where the clock was set back.
      let age = await api.lastSignOfLife().map { clock.now().timeIntervalSince($0) }
      if let age, (0..<2 * heartbeat.seconds).contains(age) {
        await answered(age: age)
        continue
      }
      do {
        try await askForSignOfLife()
        await answered()
      } catch let error as APIError {
        switch error {
        case .status: await answered()
        // The watches go on with the credentials that they began with; nothing is known of the link.
        case .unauthorized: continue
        case .transport, .timedOut, .decoding: await suspectLink()
        }
      } catch {
        continue
      }
    }
  }

  /// A server that takes requests and never answers is found sooner than a slow answer is given up.
  @concurrent
  private func askForSignOfLife() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      defer { group.cancelAll() }
      group.addTask { [api] in _ = try await api.serverVersion() }
      group.addTask { [clock] in
        try await clock.sleep(Self.patience)
        throw APIError.timedOut("the API server does not answer")
      }
      try await group.next()
    }
  }

  private static let patience = Duration.seconds(10)

  private func isQuiet(for seconds: Double) -> Bool {
    guard board.connection == .live, let asOf = board.asOf else { return false }
    return clock.steady().timeIntervalSince(asOf) >= seconds
  }

  private func answered(age: TimeInterval = 0) {
    board.contactAll(at: clock.steady().addingTimeInterval(-age))
    changed.signal()
  }

  private func suspectLink() {
    for kind in board.live { controls[kind]?.retry() }
  }

  /// Where definitions may not be listed, discovery tells what is served; it has no watch, so it is asked now and then.
  @concurrent
  func watchDefinitionsWithoutPermission() async {
    while !Task.isCancelled {
      try? await clock.sleep(.seconds(2))
      guard !Task.isCancelled else { return }
      guard await mayNotListDefinitions else { continue }
      await lookAtServedKinds()
      try? await clock.sleep(.seconds(58))
    }
  }

  private var mayNotListDefinitions: Bool {
    if case .forbidden = board.state(.definitions) { return true }
    return false
  }

  private func lookAtServedKinds() async {
    let kinds: [(String, ResourceKind)] = [
      (ClusterCache.aibrixDefinition, .podAutoscaler),
      (ClusterCache.gpuOperatorDefinition, .clusterPolicy),
      (ClusterCache.serviceMonitorDefinition, .serviceMonitor),
    ]
    for (name, kind) in kinds {
      guard let isServed = try? await api.serves(kind) else { return }
      cache.setDefinition(name, isThere: isServed)
    }
    cache.setListed(.definitions, true)
    changed.signal()
  }
}
