package import FoundationEssentials
package import ModelCore
package import TerminalUI

/// One write that was started; its events name it.
package struct OperationID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Counts up from the dashboard's start: the order in which they were started.
  package let number: Int
  /// The dashboard's own count; two operations never share one.
  package init(_ number: Int) { self.number = number }
  package var description: String { "operation \(number)" }
  package static func < (a: OperationID, b: OperationID) -> Bool { a.number < b.number }
}

/// What a write tells while it runs and at its end.
package enum OperationEvent: Sendable, Equatable {
  /// What it does right now, without the model's name: `checking with the server`.
  case progress(String)
  case finished(OperationResult)
  /// Before a delete is sent: what makes the model again.
  case kept(KeptModel)
  /// It was one of several, and an earlier one, or a change of the context, kept it from being begun: why.
  case notBegun(String)
}

/// Something that happened and that nobody asked for: the reconciler repaired a model, a watch started over.
package struct Notice: Sendable, Equatable {
  /// How it stands out in the list of messages.
  package enum Severity: Sendable, Equatable { case information, warning, error }
  package var severity: Severity
  /// One sentence.
  package var text: String

  /// Only told, unless it is more than that.
  package init(_ text: String, severity: Severity = .information) {
    self.text = text
    self.severity = severity
  }
}

/// Everything that the dashboard reacts to.
///
/// The loop sends `clock` before the other messages of a batch: the state has no other way to know the time.
package enum Message: Sendable {
  case input(InputEvent)
  case update(ClusterUpdate)
  case details(ModelDetails)
  case operation(OperationID, OperationEvent)
  /// What a write came to whose outcome was not known when it ended.
  case settled(Settlement)
  /// What a write would do, for the plan that asked with this number.
  case plan(OperationID, PlanSheet)
  /// What can be chosen from besides what is watched.
  case choices(CreationChoices)
  /// What the cluster keeps of a model, as it was asked for.
  case stored(OperationID, Result<StoredModel, OperationFailure>)
  /// What earlier sessions left of their forms, and what of that could not be read: a sentence each.
  case drafts([Draft], problems: [String])
  case notice(Notice)
  case credentials(Credentials)
  /// What may be written, as far as the server said.
  case access(AccessBoard)
  /// What `:context` can choose from, by name; or why that cannot be read.
  case contexts([ContextChoice], problem: String?)
  /// Another cluster takes the place of the one on screen. Nothing of the old one comes after this, apart from what its
  /// writes come to.
  case switched(ClusterIdentity)
  /// The context cannot be used; the one on screen stays. The reason names it.
  case switchFailed(reason: String)
  /// What was deleted in earlier sessions, and what of that cannot be read: a sentence each.
  case undo([UndoEntry], problems: [String])
  /// How many requests a model has, as it was asked for; `nil` is not known.
  case requests(ModelID, RequestsInFlight?)
  /// The latest lines of the journal, the latest last; or why they cannot be read.
  case journal([JournalEntry], problem: String?)
  /// Who reconciles changed.
  case writer(WriterNews)
  /// What is wrong with a text that was too large to be looked at between two keys.
  case yamlChecked(YAMLCheck)
  case pathCompleted(PathCompletion)
  /// What came of `Effect.readFile`.
  case fileRead(TextOutcome)
  /// What came of `Effect.editText`.
  case textEdited(TextOutcome)
  case clock(Date)
  /// The process was asked to end.
  case terminated
}

/// What the dashboard wants done outside of it.
package enum Effect: Sendable, Equatable {
  /// Create this model; the result comes as `Message.operation`.
  case create(OperationID, CreateRequest)
  /// Ask the server what it would say to this write; the answer comes as `Message.plan`. Nothing is written.
  case plan(OperationID, ModelWrite)
  /// Send `Message.choices`.
  case readChoices
  /// Ask the server what it keeps of a model; the answer comes as `Message.stored`.
  case readStored(OperationID, ModelID)
  /// Carry this out; the result comes as `Message.operation`.
  case write(OperationID, ModelWrite)
  /// Carry these out, one after the other, each with its own number.
  case writeAll([NumberedWrite], stopsAtSurprise: Bool)
  /// Ask the model's pods how many requests they have; the answer comes as `Message.requests`.
  case readRequests(ModelID, port: Int)
  /// Keep on disk what makes a deleted model again.
  case saveUndo(UndoEntry)
  /// Forget what was kept of the Deployment with this UID.
  case removeUndo(String)
  /// Keep this draft on disk, in place of what was kept of it before.
  case saveDraft(Draft)
  /// Forget the draft of this name.
  case removeDraft(String)
  /// Delete this model, if its Deployment still has this uid.
  case delete(OperationID, ModelID, uid: String, keepVolume: Bool)
  /// Send `Message.yamlChecked` of this text once nobody has asked for another for a moment.
  case checkYAML(version: Int, String, ManifestBundle.Context)
  /// Send `Message.pathCompleted`: how what was typed can go on.
  case completePath(String)
  /// Send `Message.fileRead`.
  case readFile(String)
  /// Lend the terminal to the user's editor with this text in it; `Message.textEdited` follows.
  case editText(String)
  /// Send `Message.details` of this model from now on; of none when `nil`.
  case showDetails(ModelID?)
  /// Send `Message.contexts`.
  case listContexts
  /// Find the cluster of this context; `Message.switched` or `switchFailed` follows.
  case switchContext(String)
  /// The same cluster, with another namespace to make models in.
  case switchNamespace(String)
  /// Begin on the cluster that `Message.switched` told of: what was asked for before still went to the old one.
  case connect
  /// Send `Message.journal`.
  case readJournal
  /// List everything again.
  case relist
  /// Draw every cell again: the terminal shows something that we did not write.
  case redraw
  /// Leave the terminal, stop the process as Ctrl-Z does, and come back.
  case suspend
  case quit
}
