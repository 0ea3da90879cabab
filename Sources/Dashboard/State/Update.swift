import FoundationEssentials
import ModelCore
import TerminalUI

/// Changes the state by a message and says what is to be done outside. Pure.
package func update(_ state: inout DashboardState, _ message: Message) -> [Effect] {
  let effects: [Effect]
  switch message {
  case .clock(let date):
    state.setClock(date)
    effects = []
  case .input(let event):
    effects = state.handle(event)
  case .update(let update):
    effects = state.take(update)
  case .details(let details):
    state.take(details)
    effects = []
  case .operation(let id, let event):
    effects = state.take(id, event)
  case .settled(let settlement):
    state.take(settlement)
    effects = []
  case .choices(let choices):
    state.choices = choices
    state.recheckForm()
    effects = state.refreshYAML(isForced: true)
  case .stored(let id, let stored):
    _ = state.takeClone(id, stored)
    state.takeStored(id, stored)
    effects = []
  case .drafts(let drafts, let problems):
    state.take(drafts, problems: problems)
    effects = []
  case .plan(let id, let sheet):
    state.take(id, sheet)
    effects = []
  case .notice(let notice):
    state.log.add(notice.text, notice.severity, at: state.now)
    effects = []
  case .credentials(let credentials):
    state.take(credentials)
    effects = []
  case .access(let access):
    state.access = access
    effects = []
  case .contexts(let contexts, let problem):
    state.take(contexts, problem: problem)
    effects = []
  case .switched(let cluster):
    effects = state.switchCluster(to: cluster)
  case .switchFailed(let reason):
    state.refuseSwitch(reason)
    effects = []
  case .undo(let entries, let problems):
    state.take(entries, problems: problems)
    effects = []
  case .requests(let model, let requests):
    state.take(requests, of: model)
    effects = []
  case .journal(let entries, let problem):
    state.takeJournal(entries, problem: problem)
    effects = []
  case .writer(let news):
    state.take(news)
    effects = []
  case .yamlChecked(let check):
    state.take(check)
    effects = []
  case .pathCompleted(let completion):
    state.take(completion)
    effects = []
  case .fileRead(let outcome):
    effects = state.takeFile(outcome)
  case .textEdited(let outcome):
    effects = state.takeEdited(outcome)
  case .terminated:
    effects = [.quit]
  }
  state.settle()
  return effects + state.draftEffects() + state.undoEffects()
}

extension DashboardState {
  // MARK: Input

  mutating func handle(_ event: InputEvent) -> [Effect] {
    isExplaining = false
    switch event {
    case .resize(let size):
      self.size = Size(rows: max(0, size.rows), columns: max(0, size.columns))
      return []
    case .key(let chord):
      return handle(chord)
    case .paste:
      return !isTooSmall && type(event) ? recheckYAML() : []
    case .mouse(let event):
      return isTooSmall ? [] : handle(event)
    }
  }

  private mutating func handle(_ chord: KeyChord) -> [Effect] {
    let context = context
    // Nobody acts on what cannot be seen; leaving always works.
    if isTooSmall {
      let leaving = ["quit", "interrupt", "suspend", "redraw"]
      let binding =
        Binding.binding(for: chord, in: context) ?? Binding.binding(for: chord, in: .table)
      guard let binding, leaving.contains(binding.id) else { return [] }
      return binding.action(&self)
    }
    // Where something is typed, what can be text is text.
    if type(.key(chord)) { return recheckYAML() }
    if let effects = pressInMenu(chord) { return effects }
    if let binding = Binding.binding(for: chord, in: context) {
      if let reason = binding.disabledReason(self) {
        log.add(reason, .warning, at: now)
        isExplaining = true
        return []
      }
      return binding.action(&self)
    }
    return []
  }

  /// - Returns: whether the event was for a text that is being typed.
  private mutating func type(_ event: InputEvent) -> Bool {
    switch context {
    case .filter: typeFilter(event)
    case .form: typeIntoForm(event)
    case .fit: typeSize(event)
    case .delete: typeIntoDeleteDialog(event)
    case .command: typeCommand(event)
    case .yaml: typeYAML(event)
    case .yamlFields: typeYAMLField(event)
    case .yamlFile: typeYAMLFile(event)
    case .action: typeIntoAction(event)
    case .edit: typeIntoEditForm(event)
    case .yamlFind: typeYAMLFind(event)
    default: false
    }
  }

  // MARK: The clock

  /// Back by more than this, the clock was set; by less, a message was late.
  private static let lateness: TimeInterval = 2

  fileprivate mutating func setClock(_ date: Date) {
    let step = date.timeIntervalSince(now)
    if step < -Self.lateness { table.shiftHighlights(by: step) }
    if step > 0 || step < -Self.lateness { now = date }
    table.expireHighlights(now: now)
  }

  // MARK: The cluster

  fileprivate mutating func take(_ update: ClusterUpdate) -> [Effect] {
    let before = connection
    connection = update.connection
    gpus = update.gpus
    asOf = update.asOf
    scope = update.scope
    unread = update.unread
    for notice in update.notices where !notices.contains(notice) {
      log.add(notice, .warning, at: now)
    }
    notices = update.notices
    table.apply(
      changed: update.changed, removed: update.removed, isComplete: update.isComplete, now: now,
      highlights: hasBeenLive)
    logTransition(from: before)
    if case .live = connection {
      hasBeenLive = true
      table.pinSelection()
    }
    if let creation = update.creation {
      self.creation = creation
      recheckForm()
    }
    followMarks()
    followDeleteDialog()
    followAction()
    if let awaited, let id = table.arrived(awaited) {
      table.select(id)
      self.awaited = nil
    }
    followDetails()
    return refreshYAML()
  }

  private mutating func logTransition(from before: Connection) {
    switch connection {
    case .disconnected(let since, let error, _):
      if disconnectedSince == nil { log.add("Connection lost: \(error)", .error, at: now) }
      // The last word counts: the clock may have been set since the first.
      disconnectedSince = since
    case .live:
      if let since = disconnectedSince {
        log.add(
          "Connected again after \(Age.words(since: since, now: now)).", .information, at: now)
      }
      disconnectedSince = nil
    case .forbidden(let missing):
      if case .forbidden = before { return }
      log.add("\(HeaderView.phrase(missing))", .error, at: now)
    case .connecting, .loading:
      break
    }
  }

  fileprivate mutating func take(_ credentials: Credentials) {
    if let problem = credentials.problem, problem != self.credentials.problem {
      log.add(problem.text, .error, at: now)
    } else if credentials.problem == nil, self.credentials.problem != nil {
      log.add("The credentials are valid again.", .information, at: now)
    }
    self.credentials = credentials
  }

  // MARK: Writes

  mutating func start(_ kind: Operation.Kind) -> OperationID {
    operationCount += 1
    let id = OperationID(operationCount)
    operations[id] = Operation(kind: kind, progress: "")
    return id
  }

  fileprivate mutating func take(_ id: OperationID, _ event: OperationEvent) -> [Effect] {
    isExplaining = false
    switch event {
    case .progress(let text):
      operations[id]?.progress = text
    case .finished(let result):
      guard let operation = operations.removeValue(forKey: id) else { return [] }
      let conflict = keepConflict(operation, id, result)
      finish(operation, id, result, hint: conflict == nil ? "" : "(e shows both) ")
      return finishUndo(id, result) + (conflict.map { askAboutConflict($0) } ?? [])
    case .kept(let kept):
      keep(kept, of: id)
    case .notBegun(let reason):
      guard let operation = operations.removeValue(forKey: id) else { return [] }
      if !takeBulk(id, .notBegun(reason)) {
        log.add("\(operation.title): \(reason)", .warning, at: now)
      }
    }
    return []
  }

  /// - Parameter hint: what to say before what came of it: the end of a line may not be on screen.
  private mutating func finish(
    _ operation: Operation, _ id: OperationID, _ result: OperationResult, hint: String
  ) {
    finishEditForm(id, result)
    if takeBulk(id, .ended(result)) { return }
    let hint =
      hint + undoHint(id, result) + finishLeftEdit(id, result) + yamlHint(id, result)
    let refused: [Finding]?
    switch result {
    case .succeeded(let text):
      let place = operation.context.map { "On \($0): " } ?? ""
      log.add(hint + place + text, .information, at: now)
      refused = nil
    case .invalid(let findings):
      let first = findings.first { $0.severity == .error } ?? findings.first
      log.add("\(operation.title): \(first?.message ?? "refused")", .error, at: now)
      refused = findings
    case .failed(let failure):
      log.add("\(hint)\(operation.title): \(failure.placedMessage)", .error, at: now)
      refused = [
        Finding(
          field: failure.field, message: failure.message, fix: "", position: failure.position)
      ]
    case .outcomeUnknown(let text):
      log.add("\(hint)\(operation.title): \(text)", .error, at: now)
      refused = [Finding(field: nil, message: text, fix: "Look at the table before trying again.")]
    }
    guard case .create(let model) = operation.kind else { return }
    // Who still looks at the form waits for the model; who went on is not torn away.
    if result.isSuccess || result.isPartial, operation.context == nil,
      createForm?.operation == id || yamlForm?.operation == id
    {
      awaited = model
    }
    var isUnsettled = false
    if case .outcomeUnknown = result { isUnsettled = true }
    // What is there is completed by the reconciler: sent again it would meet itself.
    finishForm(
      id, refused: result.isPartial ? nil : refused, unsettled: isUnsettled ? model : nil)
    finishYAML(
      id, refused: refused, isPartial: result.isPartial, unsettled: isUnsettled ? model : nil)
  }
}
