import TerminalUI

extension Binding {
  private static let lists: Set<Context> = [
    .table, .details, .findings, .fit, .plan, .help, .messages, .statusMenu, .contexts,
    .journal, .yamlFindings, .actionMenu, .bulk, .kubectl, .undo,
  ]
  private static let screens: Set<Context> = [.table, .details, .help, .messages, .journal, .bulk]

  /// Every key of the dashboard, in the order of the help.
  package static let all: [Binding] =
    table + actions + movement + marks + actionScreens + filter + form + yaml + plan + delete
    + dialogs + command
    + general

  // MARK: What can be done with models

  private static let table: [Binding] = [
    Binding(
      "details", [.init(.enter), .character("d")], "details",
      help: "show the selected model: conditions, pods, events, resources", in: [.table],
      footer: 1, disabledReason: { $0.table.selected == nil ? "No model is selected." : nil },
      action: { $0.openDetails() }),
    Binding(
      "create", [.character("c")], "create", help: "create a model; a draft comes back",
      in: [.table], footer: 2, disabledReason: { $0.writeRefusal },
      missingRight: { $0.missingRightToCreate },
      action: { $0.openCreateForm() }),
    Binding(
      "clone", [.character("C")], "clone",
      help: "a new form with what the model was made from, and another name",
      in: [.table, .details], footer: 7, disabledReason: { $0.cloneRefusal },
      missingRight: { $0.missingRightToCreate }, action: { $0.cloneModel() }),
    Binding(
      "yaml", [.character("Y")], "from YAML",
      help: "create a model from manifests that you write or read",
      in: [.table], disabledReason: { $0.writeRefusal },
      missingRight: { $0.missingRightToCreate },
      action: { $0.openYAML() }),
    Binding(
      "delete", [.character("D")], "delete",
      help: "delete the model, or the marked ones, and what belongs to them, after a question",
      in: [.table, .details], footer: 3, disabledReason: { $0.refusal(of: .delete) },
      missingRight: { $0.missingRight(for: .delete) },
      action: { $0.openAction(.delete) }),
    Binding(
      "filter", [.character("/")], "filter",
      help: "filter by name, tag, node, status, image, namespace or reason; !word excludes",
      in: [.table], footer: 4, action: { $0.startFiltering() }),
    Binding(
      "status-filter", [.character("s")], "status", help: "show one status only", in: [.table],
      footer: 5, action: { $0.openStatusMenu() }),
    Binding(
      "managed-filter", [.character("m")], "managed",
      help: "show all, managed, or unmanaged models", in: [.table], footer: 8,
      action: { $0.cycleManagedFilter() }),
    Binding(
      "organizations", [.character("o")], "organizations",
      help: "show other organizations' models too, or not", in: [.table],
      action: { $0.toggleOrganizations() }),
    Binding(
      "clear-filter", [.init(.escape)], "clear filter", help: "clear every filter; then the marks",
      in: [.table], action: { $0.backInTable() }),
    Binding(
      "sort-left", [.character("<")], "sort", help: "sort by the column to the left",
      in: [.table], action: { $0.moveSort(by: -1) }),
    Binding(
      "sort-right", [.character(">")], "sort", help: "sort by the column to the right",
      in: [.table], footer: 6, action: { $0.moveSort(by: 1) }),
    Binding(
      "invert", [.character("I")], "invert", help: "turn the order round", in: [.table],
      action: { $0.invertSort() }),
  ]

  // MARK: Moving

  private static let movement: [Binding] = [
    Binding(
      "down", [.character("j"), .init(.down)], "down", help: "one down", in: lists,
      action: { $0.move(.lines(1)) }),
    Binding(
      "up", [.character("k"), .init(.up)], "up", help: "one up", in: lists,
      action: { $0.move(.lines(-1)) }),
    Binding(
      "page-down", [.init(.pageDown), .control("f")], "page down", help: "one page down",
      in: lists.union([.threeWay, .delete, .action]), action: { $0.move(.pages(1)) }),
    Binding(
      "page-up", [.init(.pageUp), .control("b")], "page up", help: "one page up",
      in: lists.union([.threeWay, .delete, .action]), action: { $0.move(.pages(-1)) }),
    Binding(
      "half-down", [.control("d")], "half page down", help: "half a page down", in: lists,
      action: { $0.move(.halfPages(1)) }),
    Binding(
      "half-up", [.control("u")], "half page up", help: "half a page up", in: lists,
      action: { $0.move(.halfPages(-1)) }),
    Binding(
      "first", [.character("g"), .init(.home)], "first", help: "to the first", in: lists,
      action: { $0.move(.first) }),
    Binding(
      "last", [.character("G"), .init(.end)], "last", help: "to the last", in: lists,
      action: { $0.move(.last) }),
  ]

  // MARK: Typing a filter

  private static let filter: [Binding] = [
    Binding(
      "filter-keep", [.init(.enter)], "keep", help: "keep the filter and go back to the table",
      in: [.filter], footer: 1, action: { $0.stopFiltering() }),
    Binding(
      "filter-clear", [.init(.escape)], "clear", help: "clear the filter", in: [.filter],
      footer: 2, action: { $0.cancelFiltering() }),
    Binding(
      "filter-down", [.init(.down)], "down", help: "select the next model", in: [.filter],
      action: { $0.move(.lines(1)) }),
    Binding(
      "filter-up", [.init(.up)], "up", help: "select the model above", in: [.filter],
      action: { $0.move(.lines(-1)) }),
  ]

  // MARK: The create form

  private static let form: [Binding] = [
    Binding(
      "form-create", [.init(.function(10)), .control("x")], "plan",
      help: "show what will be created; where something is wrong, go there", in: [.form], footer: 1,
      disabledReason: {
        $0.createForm?.operation == nil ? nil : "The model is being created."
      }, action: { $0.submitForm() }),
    Binding(
      "form-next", [.init(.tab), .init(.down), .init(.right)], "next",
      help: "next field; the arrows within a text move in it", in: [.form], footer: 2,
      action: { $0.moveFormFocus(by: 1) }),
    Binding(
      "form-previous", [.init(.backTab), .init(.up), .init(.left)], "previous",
      help: "previous field", in: [.form], action: { $0.moveFormFocus(by: -1) }),
    Binding(
      "form-press", [.init(.enter), .character(" ")], "press",
      help: "next field, a new line in the command, or press the button", in: [.form],
      action: { $0.pressInForm() }),
    Binding(
      "form-findings", [.init(.function(2))], "errors",
      help: "list everything that is wrong, with what to do", in: [.form], footer: 4,
      action: { $0.openFindings() }),
    Binding(
      "form-next-finding", [.init(.function(3))], "next error",
      help: "go to the next field with an error or a warning", in: [.form], footer: 5,
      action: { $0.focusNextFinding() }),
    Binding(
      "form-fit", [.init(.function(6))], "nodes",
      help: "which nodes could take it, one by one, and how its memory is reckoned", in: [.form],
      footer: 6, action: { $0.openFit() }),
    Binding(
      "form-served-name", [.init(.function(7))], "served name",
      help: "put --served-model-name with the model's name into the command", in: [.form],
      footer: 8,
      disabledReason: { $0.createForm?.operation == nil ? nil : "The model is being created." },
      action: { $0.putServedName() }),
    Binding(
      "form-namespace", [.init(.function(8))], "namespace",
      help: "choose the namespace to make it in; what was typed is kept", in: [.form],
      footer: 10, disabledReason: { $0.namespaceRefusal }, action: { $0.openNamespaceLine() }),
    Binding(
      "form-new", [.init(.function(9))], "new form",
      help: "start with an empty form; asks before what was typed is lost", in: [.form], footer: 9,
      disabledReason: {
        $0.createForm?.operation == nil ? nil : "The model is being created."
      }, action: { $0.startOver() }),
    Binding(
      "form-choose-next", [.control("n")], "choose",
      help: "next of what the cluster offers for this field", in: [.form],
      action: { $0.chooseFormValue(1) }),
    Binding(
      "form-choose-previous", [.control("p")], "choose",
      help: "previous of what the cluster offers for this field", in: [.form],
      action: { $0.chooseFormValue(-1) }),
    Binding(
      "form-first", [.init(.pageUp)], "first field", help: "to the first field", in: [.form],
      action: { $0.focusForm(CreateForm.order[0]) }),
    Binding(
      "form-last", [.init(.pageDown)], "buttons", help: "to the buttons", in: [.form],
      action: { $0.focusForm(.create) }),
    Binding(
      "form-back", [.init(.escape)], "back",
      help: "go back; what was typed is kept as a draft, and a running create goes on", in: [.form],
      footer: 3, action: { $0.leaveCreateForm() }),
  ]

  // MARK: The delete dialog

  private static let delete: [Binding] = [
    Binding(
      "delete-press", [.init(.enter), .character(" ")], "press",
      help: "press the button in focus: Cancel at first", in: [.delete], footer: 1,
      action: { $0.pressInDeleteDialog() }),
    Binding(
      "delete-next", [.init(.tab), .init(.right), .init(.down)], "next",
      help: "next button", in: [.delete], footer: 2, action: { $0.moveDeleteFocus(by: 1) }),
    Binding(
      "delete-previous", [.init(.backTab), .init(.left), .init(.up)], "previous",
      help: "previous button", in: [.delete], action: { $0.moveDeleteFocus(by: -1) }),
    Binding(
      "delete-keep", [.init(.function(2))], "keep volume",
      help: "keep the volume and what is on it, or not", in: [.delete], footer: 4,
      action: { $0.toggleKeepVolume() }),
    Binding(
      "delete-cancel", [.init(.escape)], "cancel", help: "delete nothing", in: [.delete],
      footer: 3, action: { $0.closeDeleteDialog() }),
  ]

  // MARK: Dialogs

  private static let dialogs: [Binding] = [
    Binding(
      "choose-status", [.init(.enter)], "choose", help: "filter by this status",
      in: [.statusMenu], footer: 1, action: { $0.chooseStatus() }),
    Binding(
      "next-section", [.init(.tab)], "next section", help: "to the next section", in: [.details],
      footer: 2, action: { $0.moveSection(by: 1) }),
    Binding(
      "previous-section", [.init(.backTab)], "previous section", help: "to the section above",
      in: [.details], action: { $0.moveSection(by: -1) }),
    Binding(
      "next-model", [.character("J"), .character("n")], "next model",
      help: "details of the next model in the table", in: [.details], footer: 3,
      action: { $0.moveDetails(by: 1) }),
    Binding(
      "previous-model", [.character("K"), .character("p")], "previous model",
      help: "details of the model above in the table", in: [.details],
      action: { $0.moveDetails(by: -1) }),
    Binding(
      "answer", [.init(.enter), .character(" ")], "answer",
      help: "give the answer in focus: the safe one at first", in: [.confirmation], footer: 1,
      action: { $0.answer() }),
    Binding(
      "next-answer", [.init(.tab), .init(.right)], "next", help: "next answer",
      in: [.confirmation], footer: 2, action: { $0.moveAnswer(by: 1) }),
    Binding(
      "previous-answer", [.init(.backTab), .init(.left)], "previous", help: "previous answer",
      in: [.confirmation], action: { $0.moveAnswer(by: -1) }),
    Binding(
      "answer-safely", [.init(.escape)], "back", help: "lose nothing", in: [.confirmation],
      footer: 3, action: { $0.closeLayer() }),
    Binding(
      "back", [.init(.escape), .character("q")], "back", help: "go back",
      in: [
        .details, .findings, .fit, .help, .messages, .statusMenu, .contexts, .journal,
        .yamlFindings, .actionMenu, .bulk, .kubectl, .undo,
      ],
      footer: 7,
      action: { $0.closeLayer() }),
  ]

  // MARK: Commands

  private static let command: [Binding] = [
    Binding(
      "command", [.character(":")], "command",
      help: "type a command, such as :context NAME; Tab completes it", in: screens, footer: 8,
      action: { $0.openCommandLine() }),
    Binding(
      "command-run", [.init(.enter)], "run", help: "run the command", in: [.command], footer: 1,
      action: { $0.runCommand() }),
    Binding(
      "command-complete", [.init(.tab)], "complete",
      help: "complete as far as all matches agree, then one after the other", in: [.command],
      footer: 2, action: { $0.completeCommand(by: 1) }),
    Binding(
      "command-complete-back", [.init(.backTab)], "complete back", help: "the match before",
      in: [.command], action: { $0.completeCommand(by: -1) }),
    Binding(
      "command-next", [.init(.down), .control("n")], "next", help: "the next match",
      in: [.command], footer: 4, action: { $0.chooseMatch(by: 1) }),
    Binding(
      "command-previous", [.init(.up), .control("p")], "previous", help: "the match above",
      in: [.command], action: { $0.chooseMatch(by: -1) }),
    Binding(
      "command-close", [.init(.escape)], "close", help: "close the command line", in: [.command],
      footer: 3, action: { $0.closeLayer() }),
    Binding(
      "choose-context", [.init(.enter)], "switch", help: "switch to this context",
      in: [.contexts], footer: 1, action: { $0.chooseContext() }),
  ]

  // MARK: Everywhere

  private static let general: [Binding] = [
    Binding(
      "help", [.character("?"), .init(.function(1))], "help", help: "the keys of this screen",
      in: [
        .table, .details, .messages, .statusMenu, .contexts, .form, .plan, .delete, .journal,
        .yamlFindings, .actionMenu, .action, .edit, .threeWay,
      ],
      footer: 0,
      action: { $0.openHelp() }),
    Binding(
      "messages", [.character("M")], "messages", help: "what happened so far", in: screens,
      footer: 9, action: { $0.openMessages() }),
    Binding(
      "relist", [.control("r"), .init(.function(5))], "refresh",
      help: "list everything again; connect at once when disconnected", in: screens,
      action: { $0.relist() }),
    Binding(
      "redraw", [.control("l")], "redraw", help: "draw the whole screen again",
      in: Set(Context.allCases), action: { _ in [.redraw] }),
    Binding(
      "suspend", [.control("z")], "suspend", help: "suspend; `fg` comes back",
      in: Set(Context.allCases), action: { _ in [.suspend] }),
    Binding(
      "quit", [.character("q")], "quit", help: "quit", in: [.table], footer: 10,
      action: { $0.quit() }),
    Binding(
      "interrupt", [.control("c")], "quit", help: "quit from anywhere",
      in: Set(Context.allCases), action: { $0.interrupt() }),
  ]
}
