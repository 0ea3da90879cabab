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
      if let sign = await api.lastSignOfLife(),
        clock.now().timeIntervalSince(sign) < 2 * heartbeat.seconds
      {
        // The connection itself is asked, and closed where it does not answer: no request is needed.
        await answered(at: sign)
        continue
      }
      do {
        _ = try await api.serverVersion()
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

  private func isQuiet(for seconds: Double) -> Bool {
    guard board.connection == .live, let asOf = board.asOf else { return false }
    return clock.now().timeIntervalSince(asOf) >= seconds
  }

  private func answered(at time: Date? = nil) {
    board.contactAll(at: time ?? clock.now())
    changed.signal()
  }

  private func suspectLink() {
    for kind in board.live { interruptions[kind]?.signal() }
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
