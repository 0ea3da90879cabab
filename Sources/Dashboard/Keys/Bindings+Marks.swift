import TerminalUI

extension Binding {
  /// Marking models, and the journal.
  static let marks: [Binding] = [
    Binding(
      "mark", [.character(" ")], "mark",
      help: "mark the model for an action on several, or take the mark off, and go on to the next",
      in: [.table],
      disabledReason: { $0.table.selected == nil ? "No model is selected." : nil },
      action: { $0.toggleMark() }),
    Binding(
      "mark-range", [.character("V")], "mark range",
      help: "mark everything from the last mark to the selected model", in: [.table],
      action: { $0.markRange() }),
    Binding(
      "mark-all", [.character("*")], "mark all", help: "mark every model that is shown, or none",
      in: [.table], action: { $0.markAll() }),
    Binding(
      "mark-none", [.character("u")], "no marks", help: "take all marks off", in: [.table],
      footer: 4, disabledReason: { $0.marks.isEmpty ? "No model is marked." : nil },
      action: { $0.clearMarks() }),
    Binding(
      "bulk", [.character("B")], "several",
      help: "what became of the last action on several models; again shows the one before it",
      in: [.table, .details, .bulk],
      disabledReason: {
        $0.bulks.isEmpty ? "Nothing was done with several models from here yet." : nil
      }, action: { $0.openBulk() }),
    Binding(
      "journal", [.character("W")], "journal",
      help:
        "what was written from here, by whom, and what came of it; in the details of that model alone",
      in: [.table, .details], action: { $0.openJournal() }),
  ]
}
