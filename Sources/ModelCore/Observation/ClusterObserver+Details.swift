internal import FoundationEssentials
internal import Kubernetes

extension ClusterObserver {
  /// The details of one model, again whenever they change. Its events are read for as long as somebody looks: the
  /// stream costs the server nothing once its consumer stopped.
  package func details(of id: ModelID) -> AsyncStream<ModelDetails> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: ModelDetails.self, bufferingPolicy: .bufferingNewest(1))
    let task = Task { await self.followDetails(of: id, continuation) }
    continuation.onTermination = { _ in task.cancel() }
    return stream
  }

  private func followDetails(
    of id: ModelID, _ continuation: AsyncStream<ModelDetails>.Continuation
  ) async {
    let number = nextViewer
    nextViewer += 1
    let signal = WakeSignal()
    let control = ReflectorControl()
    viewers[number] = DetailsViewer(model: id, signal: signal, events: control)
    await withTaskGroup { group in
      group.addTask { await self.readEvents(of: id, for: number, control) }
      var last: ModelDetails?
      while !Task.isCancelled {
        let details = cache.details(
          of: id, log: viewers[number]?.log ?? EventLog(), now: clock.now())
        if details != last { continuation.yield(details) }
        last = details
        await signal.wait()
      }
      group.cancelAll()
    }
    viewers[number] = nil
    continuation.finish()
  }

  @concurrent
  private func readEvents(
    of id: ModelID, for viewer: Int, _ control: ReflectorControl
  ) async {
    let reflector = Reflector<K8s.Event, K8s.Event>(
      api: api,
      configuration: .init(kind: K8s.Event.resourceKind, namespace: id.namespace), clock: clock,
      control: control,
      project: { EventLog.mayConcern(id, $0.involvedObject) ? $0 : nil })
    await reflector.run { await self.take($0, for: viewer) }
  }

  private func take(_ output: ReflectorOutput<K8s.Event>, for viewer: Int) {
    switch output {
    case .changed(let entries):
      for (key, event) in entries { viewers[viewer]?.log.set(key, event) }
      viewers[viewer]?.log.unavailable = nil
    case .removed(let keys):
      for key in keys { viewers[viewer]?.log.set(key, nil) }
    case .current, .resumed: return
    case .state(.live): viewers[viewer]?.log.unavailable = nil
    case .state(.loading): break
    case .state(.forbidden(let missing)):
      viewers[viewer]?.log.unavailable = "no permission to \(missing)"
    case .state(.stale(_, let error, _, _)): viewers[viewer]?.log.unavailable = error
    case .state(.absent): viewers[viewer]?.log.unavailable = "the server has no events"
    }
    viewers[viewer]?.signal.signal()
  }

  /// Tells who looks at these models.
  func signalViewers(of models: Set<ModelID>) {
    for viewer in viewers.values where models.contains(viewer.model) { viewer.signal.signal() }
  }

  // MARK: Events of pods that start

  /// Follows the events of pods where a model is starting or failing: they tell why, and nothing else does. The rest
  /// of the cluster's events, which are most of its traffic, are never asked for.
  func followEvents() {
    let wanted = troubled.filter { !$0.value.isEmpty }.map(\.key)
    for namespace in wanted.sorted().prefix(Self.eventNamespaces)
    where eventFeeds[namespace] == nil {
      eventFeeds[namespace] = Task { await self.readPodEvents(in: namespace) }
    }
    let now = clock.now()
    for namespace in eventFeeds.keys where troubled[namespace]?.isEmpty ?? true {
      let since = untroubledSince[namespace] ?? now
      untroubledSince[namespace] = since
      guard now.timeIntervalSince(since) > 60 else { continue }
      eventFeeds.removeValue(forKey: namespace)?.cancel()
      untroubledSince[namespace] = nil
    }
    for namespace in wanted { untroubledSince[namespace] = nil }
  }

  /// Namespaces whose events are followed at once, at most.
  private static let eventNamespaces = 20

  @concurrent
  private func readPodEvents(in namespace: String) async {
    let reflector = Reflector<K8s.Event, K8s.Event>(
      api: api,
      configuration: .init(
        kind: K8s.Event.resourceKind, namespace: namespace,
        fieldSelector: "involvedObject.kind=Pod"),
      clock: clock,
      project: {
        $0.involvedObject.kind == "Pod" && PodEvents.reasons.contains($0.reason ?? "") ? $0 : nil
      })
    await reflector.run { await self.takePodEvents($0) }
  }

  private func takePodEvents(_ output: ReflectorOutput<K8s.Event>) {
    switch output {
    case .changed(let entries):
      for (key, event) in entries {
        if let event { cache.set(event) } else { cache.removeEvent(key) }
      }
      changed.signal()
    case .removed(let keys):
      for key in keys { cache.removeEvent(key) }
    case .current, .resumed, .state: return
    }
  }

  func stopEventFeeds() {
    for task in eventFeeds.values { task.cancel() }
    eventFeeds = [:]
  }
}

/// Somebody who looks at one model's details.
struct DetailsViewer: Sendable {
  var model: ModelID
  var signal: WakeSignal
  var events: ReflectorControl
  var log = EventLog()
}
