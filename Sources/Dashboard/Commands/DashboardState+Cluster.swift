import ModelCore
import TerminalUI

extension DashboardState {
  /// Another cluster is on screen from now on: what was known of the old one is gone at once, and writes that run there
  /// are told with its name.
  mutating func switchCluster(to cluster: ClusterIdentity) -> [Effect] {
    let old = configuration.cluster
    // What was only asked of the old one is answered by nobody.
    operations = operations.filter { !$0.value.isPlan }
    for id in operations.keys where operations[id]?.context == nil {
      operations[id]?.context = old.context
    }
    configuration.cluster = cluster
    connection = .connecting(attempt: 1, error: nil)
    gpus = .unknown
    asOf = nil
    notices = []
    credentials = Credentials()
    writer = .looking
    creation = nil
    choices = nil
    access = AccessBoard()
    scope = nil
    unread = UnreadKinds()
    hasBeenLive = false
    disconnectedSince = nil
    awaited = nil
    cloning = nil
    table.apply(changed: [], removed: [], isComplete: true, now: now, highlights: false)
    table.organization = configuration.organization
    closeWhatIsOfTheCluster()
    tellSwitch(from: old)
    return [.connect]
  }

  /// Details, questions and choices are about objects of the old cluster. What was typed into a form is kept.
  private mutating func closeWhatIsOfTheCluster() {
    filterInput = nil
    marks.clear()
    if let form = createForm, form.isDirty || form.operation != nil { shelf.forms.append(form) }
    layers.removeAll { layer in
      switch layer {
      case .help, .messages: false
      default: true
      }
    }
  }

  private mutating func tellSwitch(from old: ClusterIdentity) {
    let running = operations.values.filter { $0.context == old.context }.map(\.title).sorted()
    let (context, namespace) = (configuration.context, configuration.namespace)
    let organization = configuration.cluster.organization
    var text =
      old.context != context
      ? "Switched from \(old.context) to \(context)."
      : old.organization != organization
        ? "The token is organization \(organization ?? "")'s now: these are its models."
        : old.namespace != namespace
          ? "Connecting to \(context) again: models are made in \(namespace) from now on."
          : "Connecting to \(context) again."
    if !running.isEmpty {
      text += " Still \(running.joined(separator: ", ")): what comes of it is told here."
    }
    log.add(text, running.isEmpty ? .information : .warning, at: now)
  }

  mutating func refuseSwitch(_ reason: String) {
    log.add(
      "Still on \(configuration.context): \(reason)", .error, at: now)
  }
}
