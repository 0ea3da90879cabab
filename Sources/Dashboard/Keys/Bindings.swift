import TerminalUI

extension Binding {
  private static let lists: Set<Context> = [.table, .details, .help, .messages, .statusMenu]
  private static let screens: Set<Context> = [.table, .details, .help, .messages]

  /// Every key of the dashboard, in the order of the help.
  package static let all: [Binding] = table + movement + filter + dialogs + general

  // MARK: What can be done with models

  private static let table: [Binding] = [
    Binding(
      "details", [.init(.enter), .character("d")], "details",
      help: "show the selected model: conditions, pods, events, resources", in: [.table],
      footer: 1, disabledReason: { $0.table.selected == nil ? "No model is selected." : nil },
      action: { $0.openDetails() }),
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
      "clear-filter", [.init(.escape)], "clear filter", help: "clear every filter", in: [.table],
      action: { $0.clearFilter() }),
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
      in: lists, action: { $0.move(.pages(1)) }),
    Binding(
      "page-up", [.init(.pageUp), .control("b")], "page up", help: "one page up", in: lists,
      action: { $0.move(.pages(-1)) }),
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
      "back", [.init(.escape), .character("q")], "back", help: "go back",
      in: [.details, .help, .messages, .statusMenu], footer: 9, action: { $0.closeLayer() }),
  ]

  // MARK: Everywhere

  private static let general: [Binding] = [
    Binding(
      "help", [.character("?"), .init(.function(1))], "help", help: "the keys of this screen",
      in: [.table, .details, .messages, .statusMenu], footer: 0, action: { $0.openHelp() }),
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
      action: { _ in [.quit] }),
    Binding(
      "interrupt", [.control("c")], "quit", help: "quit from anywhere",
      in: Set(Context.allCases), action: { $0.interrupt() }),
  ]
}
