package import TerminalUI

/// A key and what it does: the footer, the help and the dispatch are made from these.
package struct Binding: Sendable {
  /// Where a key works.
  package enum Context: String, Sendable, CaseIterable {
    case table, filter, statusMenu, details, form, findings, fit, plan, delete, help, messages,
      confirmation, command, contexts, journal, yaml, yamlFindings, yamlFields, yamlFile,
      yamlFind, actionMenu, action, bulk, kubectl, edit, threeWay, undo

    /// The heading of its keys in the help.
    package var title: String {
      switch self {
      case .table: "Table"
      case .filter: "Filter"
      case .statusMenu: "Status filter"
      case .details: "Details"
      case .form: "Create form"
      case .findings: "What to fix"
      case .fit: "Where it fits"
      case .plan: "Plan"
      case .delete: "Delete dialog"
      case .help: "Help"
      case .messages: "Messages"
      case .confirmation: "Question"
      case .command: "Command line"
      case .contexts: "List of contexts"
      case .journal: "Journal"
      case .yaml: "Create from YAML"
      case .yamlFindings: "What is wrong with the YAML"
      case .yamlFields: "What is shown of the model"
      case .yamlFile: "File to read"
      case .actionMenu: "Actions"
      case .action: "Question before an action"
      case .bulk: "Several models"
      case .kubectl: "kubectl"
      case .edit: "Edit form"
      case .threeWay: "Changed by two"
      case .undo: "Undo of a delete"
      case .yamlFind: "Word to find"
      }
    }
  }

  package let id: String
  package let chords: [KeyChord]
  /// One or two words for the footer.
  package let title: String
  /// Another title, where the key does something else in this state; `nil` where it does not.
  package let titleNow: @Sendable (DashboardState) -> String?
  /// A phrase for the help.
  package let help: String
  package let contexts: Set<Context>
  /// The lower, the sooner it is in the footer; `nil` keeps it out of there.
  package let footer: Int?
  /// Why it does not work now, as a sentence; `nil` when it works.
  package let disabledReason: @Sendable (DashboardState) -> String?
  /// Which right is missing for it, as a sentence; `nil` when none is. The footer shows it all the same, marked as disabled.
  package let missingRight: @Sendable (DashboardState) -> String?
  package let action: @Sendable (inout DashboardState) -> [Effect]

  package init(
    _ id: String, _ chords: [KeyChord], _ title: String, help: String, in contexts: Set<Context>,
    footer: Int? = nil,
    titleNow: @escaping @Sendable (DashboardState) -> String? = { _ in nil },
    disabledReason: @escaping @Sendable (DashboardState) -> String? = { _ in nil },
    missingRight: @escaping @Sendable (DashboardState) -> String? = { _ in nil },
    action: @escaping @Sendable (inout DashboardState) -> [Effect]
  ) {
    self.id = id
    self.chords = chords
    self.title = title
    self.titleNow = titleNow
    self.help = help
    self.contexts = contexts
    self.footer = footer
    self.disabledReason = { $0.offerRefusal(id) ?? disabledReason($0) ?? missingRight($0) }
    self.missingRight = { $0.offerRefusal(id) ?? missingRight($0) }
    self.action = action
  }

  /// The binding of a chord in a context.
  package static func binding(for chord: KeyChord, in context: Context) -> Binding? {
    index[context]?[chord]
  }

  package static func binding(_ id: String) -> Binding? { all.first { $0.id == id } }

  /// The bindings of a context in the order of the list.
  package static func bindings(in context: Context) -> [Binding] {
    all.filter { $0.contexts.contains(context) }
  }

  private static let index: [Context: [KeyChord: Binding]] = {
    var index: [Context: [KeyChord: Binding]] = [:]
    for binding in all {
      for context in binding.contexts {
        for chord in binding.chords where index[context]?[chord] == nil {
          index[context, default: [:]][chord] = binding
        }
      }
    }
    return index
  }()
}
