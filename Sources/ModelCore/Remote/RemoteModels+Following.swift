internal import FoundationEssentials
internal import Kubernetes

extension RemoteModels {
  /// Reads the models at once and not only at the next turn.
  package func readNow() { wake.signal() }

  /// The list again and again: the specification has no watch. The first comes as soon as it is there; as long as nothing is new, the server
  /// says only that. For one reader; what it does not take in time is merged, never lost.
  ///
  /// - Parameter interval: between the end of one reading and the next; more where a reading takes long.
  package func updates(every interval: Duration = .seconds(2)) -> AsyncStream<ClusterUpdate> {
    let mailbox = UpdateMailbox()
    let following = Following(
      mailbox: mailbox, task: Task { await follow(every: interval, mailbox) })
    return AsyncStream {
      await following.mailbox.next()
    } onCancel: {
      following.end()
    }
  }

  /// Ends with the last who could read what it brings.
  private final class Following: Sendable {
    let mailbox: UpdateMailbox
    private let task: Task<Void, Never>

    init(mailbox: UpdateMailbox, task: Task<Void, Never>) {
      self.mailbox = mailbox
      self.task = task
    }

    func end() {
      task.cancel()
      mailbox.finish()
    }

    deinit { end() }
  }

  private func follow(every interval: Duration, _ mailbox: UpdateMailbox) async {
    var generator = SystemRandomNumberGenerator()
    var list = RemoteList()
    var asOf: Date?
    var failedSince: Date?
    var attempt = 0
    while !Task.isCancelled {
      var pause: Duration
      let start = clock.steady()
      do {
        let isNew = try await list.read(self)
        let now = clock.now()
        let taken = Duration.seconds(max(0, clock.steady().timeIntervalSince(start)))
        // Many dashboards at one server, and one at a slow server, must not keep it busy with this.
        pause = max(interval, taken * 4) * Double.random(in: 0.9...1.1, using: &generator)
        mailbox.post(Self.update(isNew ? list.models : nil, connection: .live, asOf: now))
        asOf = now
        failedSince = nil
        attempt = 0
      } catch is CancellationError {
        break
      } catch {
        attempt += 1
        let failure = error as? APIError
        pause = retry.delay(attempt: attempt, retryAfter: failure?.retryAfter, using: &generator)
        let since = failedSince ?? clock.now()
        failedSince = since
        let text = failure?.description ?? "the answer could not be read"
        let connection: Connection =
          asOf == nil
          ? .connecting(attempt: attempt, error: text)
          : .disconnected(
            since: since, error: text,
            nextAttempt: clock.now().addingTimeInterval(pause.seconds))
        mailbox.post(Self.update(nil, connection: connection, asOf: asOf))
      }
      await wake.wait(atMost: pause, clock: clock)
    }
    mailbox.finish()
  }

  /// - Parameter models: all of them; `nil` where they are those that were told before, or where none are known.
  static func update(
    _ models: [Model]?, connection: Connection, asOf: Date?
  ) -> ClusterUpdate {
    var update = ClusterUpdate(
      changed: models ?? [], isComplete: models != nil, connection: connection, gpus: .notOffered,
      asOf: asOf)
    update.isSettled = asOf != nil
    update.unread = unread
    if let models { update.creation = creation(models) }
    return update
  }

  /// What a form can check: the names that this organization has taken, and nothing of the cluster.
  private static func creation(_ models: [Model]) -> CreationContext {
    var validation = ValidationContext()
    for model in models {
      validation.takenNames[model.name] = "model \(model.id) of this organization"
    }
    return CreationContext(validation: validation, gpus: .notOffered)
  }
}
