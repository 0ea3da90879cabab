package import FoundationEssentials
package import ModelCore
package import TerminalUI

/// Everything that the dashboard knows; `update` changes it and `view` shows it.
package struct DashboardState: Sendable {
  package internal(set) var configuration: DashboardConfiguration
  package internal(set) var size: Size
  package internal(set) var now: Date

  package internal(set) var connection: Connection = .connecting(attempt: 1, error: nil)
  package internal(set) var gpus: GPUOverview = .unknown
  package internal(set) var asOf: Date?
  /// The one namespace that is seen, where all of them may not be listed.
  package internal(set) var scope: String?
  /// What cannot be read, or was not yet: it is never shown as if there were none.
  package internal(set) var unread = UnreadKinds()
  package internal(set) var notices: [String] = []
  /// Who makes the models what they were asked to be.
  package internal(set) var writer: WriterState = .looking
  /// What a create form has to know of the cluster.
  package internal(set) var creation: CreationContext?
  /// What a form can choose from besides; `nil` until it was read.
  package internal(set) var choices: CreationChoices?
  /// What may be written.
  package internal(set) var access = AccessBoard()
  package internal(set) var table: ModelTable
  /// What is marked for an action on several.
  package internal(set) var marks = Marks()
  package internal(set) var credentials = Credentials()
  package internal(set) var log = MessageLog()
  /// The writes that run, with what they last told.
  package internal(set) var operations: [OperationID: Operation] = [:]

  /// What was typed into edit forms that were left: while they were written, or by an earlier session.
  var leftEdits: [EditDraft] = []
  /// Which of that is on disk.
  var savedEdits: [String: [CreateField: String]] = [:]
  /// What was deleted and can be made again, the latest last.
  var undo: [UndoEntry] = []
  /// Which of that is on disk, by UID, and whether it was settled then.
  var savedUndo: [String: Bool] = [:]
  /// Writes that make a deleted model again.
  var isUndoing: Set<OperationID> = []
  /// Several writes that were started together, the latest last; those that ended stay as long as they are looked at.
  var bulks: [BulkState] = []
  /// What `:context` can choose from; `nil` until it was read.
  var contexts: [ContextChoice]?
  /// Screens and dialogs above the table, the topmost last.
  var layers: [Layer] = []
  /// The filter's text while it is being typed.
  var filterInput: TextInputState?
  /// The first list was complete once: from then on changes stand out.
  var hasBeenLive = false
  /// Since when the connection has been gone, for what is told when it is back.
  var disconnectedSince: Date?
  /// A model that was just created, to be selected as soon as it appears.
  var awaited: ModelID?
  var operationCount = 0
  /// The latest message says why the last key did nothing.
  var isExplaining = false
  /// The model that is to be copied, and the question that asks for what it was made from.
  var cloning: (question: OperationID, model: Model)?
  /// Forms that are not on screen, and what of them is on disk.
  var shelf = DraftShelf()
  /// The manifests that somebody wrote and has not created, while they are not on screen.
  var yamlDraft: YAMLForm?
  /// Which text is on disk.
  var savedYAML: SavedYAML?

  /// An empty table, connecting, with nothing on top of it.
  package init(configuration: DashboardConfiguration, size: Size, now: Date) {
    self.configuration = configuration
    self.size = size
    self.now = now
    table = ModelTable(organization: configuration.organization)
  }

  /// Where the next key goes.
  package var context: Binding.Context {
    layers.last?.context ?? (filterInput == nil ? .table : .filter)
  }

  /// Below this nothing useful fits.
  package static let minimumSize = Size(rows: 8, columns: 36)
  /// The terminal is smaller than ``minimumSize``: only that is said.
  package var isTooSmall: Bool {
    size.rows < Self.minimumSize.rows || size.columns < Self.minimumSize.columns
  }
}

/// A write that runs.
package struct Operation: Sendable, Equatable {
  /// What is done, and to which model.
  package enum Kind: Sendable, Equatable {
    case create(ModelID)
    case delete(ModelID)
    /// Any other, by its verb.
    case write(String, ModelID)
    /// Nothing is written: the server is asked what it would say.
    case plan(ModelID)
  }
  package var kind: Kind
  /// What it does right now, in words; changes while it runs.
  package var progress: String
  /// What is written, where that may have to be asked about again.
  var write: ModelWrite?
  /// The context that it runs on, where that is not the one on screen any more.
  package var context: String?

  /// Of the context on screen.
  package init(kind: Kind, progress: String) {
    self.kind = kind
    self.progress = progress
  }

  var isPlan: Bool { if case .plan = kind { true } else { false } }

  /// `creating llama-7b`, or `creating llama-7b on staging` where another context is on screen.
  package var title: String {
    let place = context.map { " on \($0)" } ?? ""
    return switch kind {
    case .create(let id): "creating \(id.name)\(place)"
    case .delete(let id): "deleting \(id.name)\(place)"
    case .write(let verb, let id): "\(verb) \(id.name)\(place)"
    case .plan(let id): "planning \(id.name)\(place)"
    }
  }
}

/// A screen or dialog above the table.
enum Layer: Sendable {
  case create(CreateForm)
  case delete(DeleteDialog)
  case confirmation(Confirmation)
  case details(DetailsState)
  /// The list of what is wrong in the create form.
  case findings(offset: Int)
  /// The nodes that could take what is in the create form.
  case fit(offset: Int)
  case help(HelpState)
  case messages(MessagesState)
  case plan(PlanState)
  case statusMenu(StatusMenuState)
  case command(CommandLine)
  case contexts(ContextMenuState)
  case action(ActionLayer)
  case yaml(YAMLForm)
  /// The list of what is wrong with the text.
  case yamlFindings(selected: Int)
  case yamlFields(YAMLForm.Field)
  case yamlFile(FilePrompt)
  case yamlFind(FindPrompt)

  var context: Binding.Context {
    switch self {
    case .create: .form
    case .delete: .delete
    case .confirmation: .confirmation
    case .details: .details
    case .findings: .findings
    case .fit: .fit
    case .help: .help
    case .messages: .messages
    case .plan: .plan
    case .statusMenu: .statusMenu
    case .command: .command
    case .contexts: .contexts
    case .action(let layer): layer.context
    case .yaml: .yaml
    case .yamlFindings: .yamlFindings
    case .yamlFields: .yamlFields
    case .yamlFile: .yamlFile
    case .yamlFind: .yamlFind
    }
  }

  /// It leaves what is under it on screen.
  var isDialog: Bool {
    switch self {
    case .statusMenu, .delete, .confirmation, .command, .contexts, .yamlFields, .yamlFile,
      .yamlFind:
      true
    case .create, .details, .findings, .fit, .help, .messages, .plan, .yaml, .yamlFindings: false
    case .action(let layer): layer.isDialog
    }
  }
}

/// The help, for the keys of where it was opened.
struct HelpState: Sendable, Equatable {
  var origin: Binding.Context
  var offset = 0
}

/// The list of messages; it opens at the latest.
struct MessagesState: Sendable, Equatable {
  /// Lines up from the end.
  var offset = 0
}

/// The choice of a status, with counts.
struct StatusMenuState: Sendable, Equatable {
  static let choices: [ModelStatus?] = [nil] + ModelStatus.allCases
  var selected = 0
}

/// The details of one model.
struct DetailsState: Sendable, Equatable {
  var id: ModelID
  /// As it was last seen: it stays on screen when the model is gone.
  var model: Model
  var isGone = false
  var details: ModelDetails?
  var offset = 0
}
