internal import FoundationEssentials

/// Keeps a caller's copy of one kind's objects current: lists in pages, watches, and resumes.
///
/// Objects are projected as they are decoded, so that what the product does not read is never kept.
package struct Reflector<Item: ReflectedObject, Projected: Sendable>: Sendable {
  private typealias Cycle = ReflectorCycle<Projected>

  /// How a request ended: with something for the machine, or with its next wish known already.
  private enum Step: Sendable {
    case input(ReflectorMachine.Input)
    case next(Cycle.Next)
  }

  private enum WatchEnd: Sendable {
    case ended(Cycle, Step)
    case abandoned(String)
  }

  /// What is read, and how it is asked for.
  package struct Configuration: Sendable {
    package var kind: ResourceKind
    /// `nil` means all namespaces.
    package var namespace: String?
    package var labelSelector: String?
    package var fieldSelector: String?
    /// Objects a page.
    package var pageSize = 500
    /// `nil` asks for whole objects.
    package var listAccept: String?
    package var watchAccept: String?
    package var policy = RetryPolicy(cap: .seconds(5))
    /// After how many seconds the server shall end a watch: between this and twice this.
    package var watchSeconds = 300

    package init(
      kind: ResourceKind, namespace: String? = nil, labelSelector: String? = nil,
      fieldSelector: String? = nil
    ) {
      self.kind = kind
      self.namespace = namespace
      self.labelSelector = labelSelector
      self.fieldSelector = fieldSelector
    }

    var options: ListOptions {
      ListOptions(labelSelector: labelSelector, fieldSelector: fieldSelector)
    }
  }

  private let api: any ClusterAPI
  private let configuration: Configuration
  private let clock: WallClock
  private let interruption: WakeSignal
  private let project: @Sendable (Item) -> Projected?
  private let generator: any RandomNumberGenerator & Sendable
  private let strings = StringCache()

  /// - Parameters:
  ///   - interruption: signalled when waiting is of no use any more, or a watch is suspected to be dead.
  ///   - project: what to keep of an object; `nil` where it is of no interest.
  package init(
    _ type: Item.Type = Item.self, api: any ClusterAPI, configuration: Configuration,
    clock: WallClock = .system, interruption: WakeSignal = WakeSignal(),
    generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(),
    project: @escaping @Sendable (Item) -> Projected?
  ) {
    self.api = api
    self.configuration = configuration
    self.clock = clock
    self.interruption = interruption
    self.generator = generator
    self.project = project
  }

  /// Reads until the task is cancelled. Never throws: what goes wrong is handed over as a state.
  @concurrent
  package func run(_ deliver: @escaping @Sendable (ReflectorOutput<Projected>) async -> Void) async
  {
    let options = configuration.options
    var cycle = Cycle(
      machine: ReflectorMachine(
        listing: APIRequest.list(
          configuration.kind, namespace: configuration.namespace, options: options
        ).purpose,
        watching: APIRequest.watch(
          configuration.kind, namespace: configuration.namespace, options: options,
          timeoutSeconds: nil
        ).purpose,
        policy: configuration.policy, pageSize: configuration.pageSize), generator: generator)
    var step = Step.input(.start)
    while !Task.isCancelled {
      let next: Cycle.Next?
      switch step {
      case .input(let input): next = await cycle.take(input, now: clock.now(), deliver)
      case .next(let wanted): next = wanted
      }
      switch next {
      case .list(let token, let limit):
        step = .input(await page(continueToken: token, limit: limit, cycle: &cycle, deliver))
      case .watch(let version):
        (cycle, step) = await watch(from: version, cycle: cycle, deliver)
      case .wait(let duration):
        let interrupted = await interruption.wait(atMost: duration, clock: clock)
        step = .input(interrupted ? .interrupted(reason: "tried again") : .due)
      case nil:
        return
      }
    }
  }

  // MARK: Requests

  private func page(
    continueToken: String?, limit: Int?, cycle: inout Cycle,
    _ deliver: @Sendable (ReflectorOutput<Projected>) async -> Void
  ) async -> ReflectorMachine.Input {
    var options = configuration.options
    options.limit = limit
    options.continue = continueToken
    var request = APIRequest.list(
      configuration.kind, namespace: configuration.namespace, options: options)
    request.accept = configuration.listAccept
    do {
      let body = try await api.perform(request).body
      let list: ScannedList<Projected>
      do {
        list = try ScannedList(body, of: Item.self, strings: strings, project: project)
      } catch {
        throw APIError.decoding(
          "the API server's list of \(configuration.kind.plural) could not be read")
      }
      if let output = cycle.listed(list.entries) { await deliver(output) }
      return .page(
        count: list.entries.count, continueToken: list.continueToken,
        resourceVersion: list.resourceVersion ?? "")
    } catch {
      return .failed(Self.apiError(error))
    }
  }

  /// Follows a watch to its end. The deadline is ours as well as the server's: a connection that died without a
  /// word would otherwise be waited for for ever.
  private func watch(
    from version: String, cycle: Cycle,
    _ deliver: @escaping @Sendable (ReflectorOutput<Projected>) async -> Void
  ) async -> (Cycle, Step) {
    interruption.reset()
    let seconds = Int.random(in: configuration.watchSeconds...configuration.watchSeconds * 2)
    return await withTaskGroup(of: WatchEnd.self) { group in
      group.addTask {
        await self.follow(from: version, seconds: seconds, cycle: cycle, deliver)
      }
      group.addTask {
        let interrupted = await interruption.wait(
          atMost: .seconds(seconds + 30), clock: clock)
        return .abandoned(
          interrupted
            ? "the connection gave no sign of life"
            : "the API server did not end the watch in time")
      }
      var abandoned: String?
      while let end = await group.next() {
        switch end {
        case .abandoned(let reason):
          abandoned = abandoned ?? reason
          group.cancelAll()
        case .ended(let cycle, let step):
          group.cancelAll()
          guard let reason = abandoned else { return (cycle, step) }
          return (cycle, .input(.interrupted(reason: reason)))
        }
      }
      return (cycle, .input(.ended))
    }
  }

  private func follow(
    from version: String, seconds: Int, cycle: Cycle,
    _ deliver: @Sendable (ReflectorOutput<Projected>) async -> Void
  ) async -> WatchEnd {
    var cycle = cycle
    var options = configuration.options
    options.resourceVersion = version
    var request = APIRequest.watch(
      configuration.kind, namespace: configuration.namespace, options: options,
      timeoutSeconds: seconds)
    request.accept = configuration.watchAccept
    do {
      let lines = try await api.lines(request)
      _ = await cycle.take(.opened, now: clock.now(), deliver)
      for try await line in lines {
        guard let event = try scanned(line) else { continue }
        if let step = await apply(event, to: &cycle, deliver) { return .ended(cycle, step) }
      }
      return .ended(cycle, .input(.ended))
    } catch {
      return .ended(cycle, .input(.failed(Self.apiError(error))))
    }
  }

  private func scanned(_ line: Data) throws -> WatchEvent<LenientObject<Item>>? {
    do {
      return try ScannedEvent<Item>(line, strings: strings).event
    } catch {
      throw APIError.decoding(
        "a watch event of \(configuration.kind.plural) could not be read")
    }
  }

  /// Hands an event over. Returns how the watch ends where the event ends it.
  private func apply(
    _ event: WatchEvent<LenientObject<Item>>, to cycle: inout Cycle,
    _ deliver: @Sendable (ReflectorOutput<Projected>) async -> Void
  ) async -> Step? {
    let input: ReflectorMachine.Input
    switch event {
    case .added(let item), .modified(let item):
      input = .event(resourceVersion: item.metadata.resourceVersion ?? "")
      if let output = cycle.changed(projected(item)) { await deliver(output) }
    case .deleted(let item):
      input = .event(resourceVersion: item.metadata.resourceVersion ?? "")
      if let output = cycle.removed(ObjectKey(item.metadata)) { await deliver(output) }
    case .bookmark(let bookmark):
      input = .bookmark(resourceVersion: bookmark)
      await deliver(.current)
    case .error(let status):
      return .input(.failed(.status(status)))
    }
    // The machine wants another request only where the version went back: the watch ends here then.
    return await cycle.take(input, now: clock.now(), deliver).map(Step.next)
  }

  private func projected(_ object: LenientObject<Item>) -> (key: ObjectKey, object: Projected?) {
    (ObjectKey(object.metadata), object.item.flatMap(project))
  }

  private static func apiError(_ error: any Error) -> APIError {
    if let error = error as? APIError { return error }
    if error is CancellationError { return .transport("cancelled", kind: .cut) }
    return .transport("the connection failed: \(error)", kind: .other)
  }
}
