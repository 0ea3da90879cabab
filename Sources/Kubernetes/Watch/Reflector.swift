internal import FoundationEssentials
internal import Synchronization

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
    case abandoned(ReflectorMachine.Input)
  }

  /// What is read, and how it is asked for.
  package struct Configuration: Sendable {
    package var kind: ResourceKind
    /// `nil` means all namespaces.
    package var namespace: String?
    /// `nil` means objects with whatever labels.
    package var labelSelector: String?
    /// `nil` means objects with whatever fields.
    package var fieldSelector: String?
    /// Objects a page.
    package var pageSize = 500
    /// `nil` asks for whole objects.
    package var listAccept: String?
    /// The same for the events of a watch; has to fit `listAccept`.
    package var watchAccept: String?
    /// How long to wait after failures: by default at most 5 seconds.
    package var policy = RetryPolicy(cap: .seconds(5))
    /// After how many seconds the server shall end a watch: between this and twice this.
    package var watchSeconds = 300
    /// After how long without a line a watch is begun again: longer than the minute that bookmarks are apart. A gateway in between may keep a
    /// connection alive to which nothing comes any more.
    package var watchSilence = Duration.seconds(80)

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
  private let control: ReflectorControl
  private let project: @Sendable (Item) -> Projected?
  private let generator: any RandomNumberGenerator & Sendable
  private let strings = StringCache()

  /// - Parameters:
  ///   - project: what to keep of an object; `nil` where it is of no interest.
  package init(
    _ type: Item.Type = Item.self, api: any ClusterAPI, configuration: Configuration,
    clock: WallClock = .system, control: ReflectorControl = ReflectorControl(),
    generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(),
    project: @escaping @Sendable (Item) -> Projected?
  ) {
    self.api = api
    self.configuration = configuration
    self.clock = clock
    self.control = control
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
        ).purpose, isEverServed: configuration.kind.isEverServed,
        policy: configuration.policy, pageSize: configuration.pageSize), generator: generator)
    var step = Step.input(.start)
    while !Task.isCancelled {
      let next: Cycle.Next?
      switch step {
      case .input(let input): next = await cycle.take(input, now: clock.steady(), deliver)
      case .next(let wanted): next = wanted
      }
      switch next {
      case .list(let token, let limit):
        step = .input(await page(continueToken: token, limit: limit, cycle: &cycle, deliver))
      case .watch(let version):
        (cycle, step) = await watch(from: version, cycle: cycle, deliver)
      case .wait(let duration):
        let interrupted = await control.wake.wait(atMost: duration, clock: clock)
        step = .input(
          control.takeListAgain()
            ? .replaced : interrupted ? .interrupted(reason: "tried again") : .due)
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
    control.wake.reset()
    guard !control.takeListAgain() else { return (cycle, .input(.replaced)) }
    let seconds = Int.random(in: configuration.watchSeconds...configuration.watchSeconds * 2)
    let lastLine = LastLine(clock.steady())
    return await withTaskGroup(of: WatchEnd.self) { group in
      group.addTask {
        await self.follow(
          from: version, seconds: seconds, lastLine: lastLine, cycle: cycle, deliver)
      }
      group.addTask { .abandoned(await self.guardWatch(for: seconds + 30, lastLine)) }
      var abandoned: ReflectorMachine.Input?
      while let end = await group.next() {
        switch end {
        case .abandoned(let input):
          abandoned = abandoned ?? input
          group.cancelAll()
        case .ended(let cycle, let step):
          group.cancelAll()
          guard let abandoned else { return (cycle, step) }
          return (cycle, .input(abandoned))
        }
      }
      return (cycle, .input(.ended))
    }
  }

  /// Returns why a watch is to be given up, when it is.
  private func guardWatch(for seconds: Int, _ lastLine: LastLine) async -> ReflectorMachine.Input {
    let end = clock.steady().addingTimeInterval(TimeInterval(seconds))
    while !Task.isCancelled {
      let silence = lastLine.time.addingTimeInterval(configuration.watchSilence.seconds)
      let left = min(silence, end).timeIntervalSince(clock.steady())
      guard left > 0 else {
        return silence < end
          ? .silent : .interrupted(reason: "the API server did not end the watch in time")
      }
      let isWoken = await control.wake.wait(atMost: .seconds(left), clock: clock)
      // Where the watch has ended meanwhile, the next one asks.
      guard !Task.isCancelled else { break }
      if control.takeListAgain() { return .replaced }
      if isWoken { break }
    }
    return .interrupted(reason: "the connection gave no sign of life")
  }

  private func follow(
    from version: String, seconds: Int, lastLine: LastLine, cycle: Cycle,
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
      lastLine.time = clock.steady()
      _ = await cycle.take(.opened, now: clock.steady(), deliver)
      for try await line in lines {
        lastLine.time = clock.steady()
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
    return await cycle.take(input, now: clock.steady(), deliver).map(Step.next)
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

/// When a watch brought something last.
private final class LastLine: Sendable {
  private let state: Mutex<Date>

  init(_ time: Date) { state = Mutex(time) }

  var time: Date {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}
