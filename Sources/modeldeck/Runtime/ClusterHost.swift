import Dashboard
import Logging

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Runs the dashboard's effects on the cluster that is on screen, and puts another in its place when the user says so.
@MainActor
final class ClusterHost: EffectRunner {
  private let mailbox: Mailbox<Message>
  private let choices: (any ClusterChoices)?
  private let options: ClusterSession.Options
  private let logger: Logger
  private let drafts: DraftStore?
  private let undo: UndoStore?
  private let texts: TextDesk
  /// There is one from the first moment on.
  private var session: (any DashboardSession)?
  /// Sessions that were replaced; most have ended, one whose writes still run has not.
  private var retired: [any DashboardSession] = []
  private var lookUp: Task<Void, Never>?
  private var listing: Task<Void, Never>?
  private var renewal: Task<Void, Never>?
  /// The cluster that takes the place of the one on screen as soon as the dashboard has cleared it.
  private var next: ClusterTarget?

  /// - Parameters:
  ///   - choices: `nil` where there is nothing to switch to, as in the demo.
  ///   - drafts: `nil` where there is no place to keep any.
  ///   - undo: the same for what makes deleted models again.
  init(
    _ target: ClusterTarget, choices: (any ClusterChoices)?, mailbox: Mailbox<Message>,
    options: ClusterSession.Options, drafts: DraftStore?, undo: UndoStore?, logger: Logger
  ) {
    self.mailbox = mailbox
    self.choices = choices
    self.options = options
    self.logger = logger
    self.drafts = drafts
    self.undo = undo
    texts = TextDesk(
      mailbox: mailbox, terminal: options.terminal,
      environment: ProcessInfo.processInfo.environment)
    open(target)
  }

  private func open(_ target: ClusterTarget) {
    switch target.identity.way {
    case .cluster:
      session = ClusterSession(target, mailbox: mailbox, options: options, logger: logger)
    case .httpAPI:
      session = RemoteSession(target, mailbox: mailbox, options: options, logger: logger) {
        [weak self] in self?.renew(target)
      }
    }
  }

  func run(_ effect: Effect) {
    if texts.run(effect) { return }
    switch effect {
    case .listContexts: listContexts()
    case .connect: connect()
    case .readJournal: readJournal()
    case .switchContext(let name): change(context: name, namespace: nil)
    case .saveDraft(let draft): drafts?.save(draft)
    case .removeDraft(let id): drafts?.remove(id)
    case .saveUndo(let entry): undo?.save(entry)
    case .removeUndo(let uid): undo?.remove(uid)
    case .switchNamespace(let name):
      if let session { change(context: session.target.identity.context, namespace: name) }
    default: session?.run(effect)
    }
  }

  /// Tells what earlier sessions left of their forms, and of what they deleted.
  func loadDrafts() {
    if let undo {
      Task { @concurrent [mailbox] in
        let (found, problems) = undo.load(now: Date())
        if !found.isEmpty || !problems.isEmpty {
          mailbox.post(.undo(found, problems: problems))
        }
      }
    }
    guard let drafts else { return }
    Task { @concurrent [mailbox] in
      let (found, problems) = drafts.load()
      if !found.isEmpty || !problems.isEmpty {
        mailbox.post(.drafts(found, problems: problems))
      }
    }
  }

  private func listContexts() {
    listing?.cancel()
    guard let choices else { return }
    listing = Task { [mailbox] in
      do {
        let contexts = try await choices.contexts()
        if !Task.isCancelled { mailbox.post(.contexts(contexts, problem: nil)) }
      } catch {
        if !Task.isCancelled { mailbox.post(.contexts([], problem: "\(error)")) }
      }
    }
  }

  /// Reads the journal off the loop.
  private func readJournal() {
    guard let journal = options.work.journal else {
      mailbox.post(
        .journal([], problem: "There is no journal: no place for it, for want of a home directory.")
      )
      return
    }
    Task { @concurrent [mailbox] in
      do {
        let entries = try journal.recent(DashboardState.journalLength)
        mailbox.post(.journal(entries, problem: nil))
      } catch {
        mailbox.post(.journal([], problem: "\(error)"))
      }
    }
  }

  /// Reads the kubeconfig off the loop; what was asked for last wins. Where it cannot be used, all stays as it is.
  private func change(context: String, namespace: String?) {
    lookUp?.cancel()
    guard let choices else { return }
    lookUp = Task {
      do {
        let target = try await choices.target(context: context, namespace: namespace)
        guard !Task.isCancelled else { return }
        next = target
        // From now on nothing of the old cluster is shown. It still takes what was asked for before the dashboard knows
        // of the change, so that no write goes to the wrong cluster.
        session?.mute()
        mailbox.post(.switched(target.identity))
      } catch {
        guard !Task.isCancelled else { return }
        logger.error("The context cannot be used", metadata: ["error": "\(error)"])
        mailbox.post(.switchFailed(reason: "\(error)"))
      }
    }
  }

  /// Begins anew where the session of this target is: its token is another organization's.
  private func renew(_ target: ClusterTarget) {
    guard let renewed = target.renewed, next == nil, renewal == nil else { return }
    renewal = Task {
      defer { renewal = nil }
      do {
        let target = try await Self.off(renewed)
        guard !Task.isCancelled, next == nil else { return }
        next = target
        session?.mute()
        mailbox.post(.switched(target.identity))
      } catch {
        // It is asked again in a moment.
        logger.error("The token cannot be used", metadata: ["error": "\(error)"])
      }
    }
  }

  /// Reads files off the loop.
  @concurrent
  private static func off(
    _ body: @Sendable () throws -> ClusterTarget
  ) async throws -> ClusterTarget { try body() }

  private func connect() {
    guard let target = next else { return }
    next = nil
    if let session {
      session.retire()
      retired.removeAll { $0.hasStopped }
      retired.append(session)
    }
    open(target)
  }

  func flush() {
    drafts?.flush()
    undo?.flush()
  }

  func stop() async {
    lookUp?.cancel()
    listing?.cancel()
    renewal?.cancel()
    await texts.stop()
    for session in retired { await session.stop() }
    await session?.stop()
  }
}
