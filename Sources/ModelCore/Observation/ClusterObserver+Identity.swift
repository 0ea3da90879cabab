internal import FoundationEssentials
internal import Kubernetes

// Another API server may take the address of the one that was read: a cluster made anew, or a backup restored. A watch that resumes there is accepted,
// and hears nothing before the new server has come to the old version. So whenever a watch resumes, it is found out who answers.

extension ClusterObserver {
  func noteResumption(at version: String) {
    identity.highest = max(identity.highest, UInt64(version) ?? 0)
    identitySignal.signal()
  }

  /// Finds out who answers, each time that it may be another one.
  @concurrent
  func watchIdentity() async {
    var generator = SystemRandomNumberGenerator()
    while !Task.isCancelled {
      await identitySignal.wait()
      // All watches come back at about the same time.
      try? await clock.sleep(.milliseconds(100))
      var attempt = 0
      while !Task.isCancelled {
        do {
          let seen = try await lookWhoAnswers()
          await take(seen)
          break
        } catch {
          attempt += 1
          let wait = RetryPolicy(cap: .seconds(5)).delay(
            attempt: attempt, retryAfter: (error as? APIError)?.retryAfter, using: &generator)
          try? await clock.sleep(wait)
        }
      }
    }
  }

  /// Who answers: the UID of a namespace that every cluster has, and up to which version it has come. Where namespaces may not be read, the version
  /// alone.
  @concurrent
  private func lookWhoAnswers() async throws -> ServerIdentity.Sighting {
    let lists: [(kind: ResourceKind, namespace: String?, options: ListOptions)] = [
      (K8s.Namespace.resourceKind, nil, ListOptions(fieldSelector: "metadata.name=kube-system")),
      (K8s.Deployment.resourceKind, nil, ListOptions(limit: 1)),
      (K8s.Deployment.resourceKind, settings.namespace, ListOptions(limit: 1)),
    ]
    for list in lists {
      var request = APIRequest.list(list.kind, namespace: list.namespace, options: list.options)
      request.accept = K8s.PartialObjectMetadata.listAccept
      do {
        let answer = try await api.perform(request).body
        let page = try JSONCoding.decoder.decode(
          ResourceList<K8s.PartialObjectMetadata>.self, from: answer)
        let isNamespace = list.kind == K8s.Namespace.resourceKind
        return ServerIdentity.Sighting(
          uid: isNamespace ? page.items.first?.metadata.uid : nil,
          version: page.metadata.resourceVersion.flatMap { UInt64($0) })
      } catch let error as APIError where error.isForbidden {
        continue
      }
    }
    return ServerIdentity.Sighting()
  }

  private func take(_ seen: ServerIdentity.Sighting) {
    guard identity.isOther(seen, now: clock.steady()) else { return }
    for control in controls.values { control.listAgain() }
    for viewer in viewers.values { viewer.events.listAgain() }
    // Those of pods that start begin anew with the next look at the models.
    stopEventFeeds()
    changed.signal()
  }
}

/// Which cluster is read, as far as that can be known. Pure.
struct ServerIdentity: Sendable {
  /// What an answer tells about who gave it.
  struct Sighting: Sendable {
    /// Of the namespace `kube-system`, which lives as long as its cluster; `nil` where it may not be read.
    var uid: String?
    /// The version that the server has come to; it only grows.
    var version: UInt64?
  }

  /// How long it is told that another cluster answers.
  private static let tellTime: TimeInterval = 300

  /// The highest version that was read.
  var highest: UInt64 = 0
  private var uid: String?
  private var replacedAt: Date?

  /// Notes who answers. Returns whether it is another one than before, or one whose data went back.
  mutating func isOther(_ seen: Sighting, now: Date) -> Bool {
    let hasOtherUID = seen.uid != nil && uid != nil && seen.uid != uid
    let wentBack = seen.version.map { $0 < highest } ?? false
    uid = seen.uid ?? uid
    guard hasOtherUID || wentBack else {
      highest = max(highest, seen.version ?? 0)
      return false
    }
    highest = seen.version ?? 0
    replacedAt = now
    return true
  }

  func notices(now: Date) -> [String] {
    guard let replacedAt, now.timeIntervalSince(replacedAt) < Self.tellTime else { return [] }
    return ["another cluster answers at this address now: everything was read again"]
  }
}

extension Connection {
  /// The same with its times moved.
  func shifted(by shift: TimeInterval) -> Connection {
    guard shift != 0, case .disconnected(let since, let error, let next) = self else { return self }
    return .disconnected(
      since: since.addingTimeInterval(shift), error: error,
      nextAttempt: next.addingTimeInterval(shift))
  }
}
