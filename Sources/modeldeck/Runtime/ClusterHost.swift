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
  private var session: any DashboardSession
  /// Sessions that were replaced; most have ended, one whose writes still run has not.
  private var retired: [any DashboardSession] = []
  private var lookUp: Task<Void, Never>?
  private var listing: Task<Void, Never>?
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
    session = Self.session(target, mailbox, options, logger)
  }

  private static func session(
    _ target: ClusterTarget, _ mailbox: Mailbox<Message>, _ options: ClusterSession.Options,
    _ logger: Logger
  ) -> any DashboardSession {
    switch target.identity.way {
    case .cluster:
      ClusterSession(target, mailbox: mailbox, options: options, logger: logger)
    case .httpAPI:
      RemoteSession(target, mailbox: mailbox, options: options, logger: logger)
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
      change(context: session.target.identity.context, namespace: name)
    default: session.run(effect)
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
        session.mute()
        mailbox.post(.switched(target.identity))
      } catch {
        guard !Task.isCancelled else { return }
        logger.error("The context cannot be used", metadata: ["error": "\(error)"])
        mailbox.post(.switchFailed(reason: "\(error)"))
      }
    }
  }

  private func connect() {
    guard let target = next else { return }
    next = nil
    session.retire()
    retired.removeAll { $0.hasStopped }
    retired.append(session)
    session = Self.session(target, mailbox, options, logger)
  }

  func flush() {
    drafts?.flush()
    undo?.flush()
  }

  func stop() async {
    lookUp?.cancel()
    listing?.cancel()
    await texts.stop()
    for session in retired + [session] { await session.stop() }
  }
}
