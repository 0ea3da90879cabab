internal import Kubernetes
package import Logging
package import ModelCore
internal import Synchronization

/// The keys of all sources, kept fresh: at intervals, and early when a token names a key that is not known.
///
/// A source that is due is read again beside what is being answered: an issuer that hangs holds nobody up whose key is known.
package actor KeyRing {
  private struct Slot {
    var source: KeySource
    var keys: [VerificationKey] = []
    var readAt: Duration?
    /// The last reading failed; told once.
    var isFailing = false
  }

  /// An unknown key makes the sources be read again so often at most: whoever sends made-up names causes no traffic.
  static let earliestReload = Duration.seconds(15)

  private var slots: [Slot]
  private var reloading: Task<Void, Never>?
  private let clock: SteadyClock
  private let load: @Sendable (KeySource) async throws -> [VerificationKey]
  private let logger: Logger
  private let state = Mutex(Reading())

  /// What has to hold for what was verified before to be as good as verified now.
  private struct Reading: Sendable {
    var number = 0
    var isGoodUntil = Duration.zero
  }

  /// The number of the reading that the keys are of; `nil` when it is time to ask ``candidates(id:algorithm:)``, which reads again.
  nonisolated var currentReading: Int? {
    let now = clock.now()
    return state.withLock { now < $0.isGoodUntil ? $0.number : nil }
  }

  /// - Parameter load: reads a source; `KeySource.load` outside of tests.
  package init(
    _ sources: [KeySource], clock: SteadyClock = .system, logger: Logger,
    load: @escaping @Sendable (KeySource) async throws -> [VerificationKey] = {
      try await $0.load()
    }
  ) {
    slots = sources.map { Slot(source: $0) }
    self.clock = clock
    self.load = load
    self.logger = logger
  }

  /// Reads all sources once. Throws what is wrong with a file or a secret; an address may come to answer later.
  package func start() async throws {
    for index in slots.indices {
      do {
        slots[index].keys = try await load(slots[index].source)
        slots[index].readAt = clock.now()
      } catch {
        guard case .keySetURL = slots[index].source else { throw error }
        note(error, at: index)
      }
    }
    publish()
  }

  /// Whether there is any key.
  package var isReady: Bool { slots.contains { !$0.keys.isEmpty } }

  /// The keys that may have signed a token with this header, best guess first.
  func candidates(id: String?, algorithm: SignatureAlgorithm) async -> [VerificationKey] {
    if slots.contains(where: isStale) { reload(onlyStale: true) }
    var found = known(id: id, algorithm: algorithm)
    if found.isEmpty {
      if mayReload { reload(onlyStale: false) }
      await reloading?.value
      found = known(id: id, algorithm: algorithm)
    }
    return found
  }

  /// Waits for a reading that is going on. Returns whether there was one, so that what the old keys did not verify is worth another try.
  func hasReread() async -> Bool {
    guard let reloading else { return false }
    await reloading.value
    return true
  }

  private func known(id: String?, algorithm: SignatureAlgorithm) -> [VerificationKey] {
    let fitting = slots.flatMap(\.keys).filter { $0.algorithm == algorithm }
    guard let id else { return Array(fitting.prefix(20)) }
    let named = fitting.filter { $0.id == id }
    // Keys of files have no name: a token that names its key may be signed with one of them all the same.
    return named.isEmpty ? fitting.filter { $0.id == nil } : named
  }

  private func isStale(_ slot: Slot) -> Bool {
    guard let readAt = slot.readAt else { return mayReload }
    return clock.now() - readAt >= slot.source.interval && mayReload
  }

  private var lastReload: Duration?
  private var mayReload: Bool {
    lastReload.map { clock.now() - $0 >= Self.earliestReload } ?? true
  }

  /// One reading at a time.
  private func reload(onlyStale: Bool) {
    guard reloading == nil else { return }
    let due = slots.indices.filter { !onlyStale || isStale(slots[$0]) }
    lastReload = clock.now()
    reloading = Task {
      for index in due { await read(index) }
      reloading = nil
      publish()
    }
  }

  /// Nothing that was verified with the keys of before counts any more.
  private func publish() {
    let retry = lastReload.map { $0 + Self.earliestReload } ?? .zero
    let due = slots.map { slot in slot.readAt.map { $0 + slot.source.interval } ?? retry }
    state.withLock { state in
      state.number += 1
      state.isGoodUntil = max(due.min() ?? .zero, retry)
    }
  }

  private func read(_ index: Int) async {
    do {
      let keys = try await load(slots[index].source)
      slots[index].keys = keys
      slots[index].readAt = clock.now()
      slots[index].isFailing = false
    } catch {
      note(error, at: index)
    }
  }

  /// What was read before stays: an issuer that is away for a while locks nobody out.
  private func note(_ error: any Error, at index: Int) {
    guard !slots[index].isFailing else { return }
    slots[index].isFailing = true
    logger.warning("Keys could not be read", metadata: ["error": "\(error)"])
  }
}
