package import FoundationEssentials
package import ModelCore
package import TerminalUI

/// What a cell's text depends on besides its model.
package struct CellContext: Sendable {
  /// What ages are counted from.
  package var now: Date
  /// Which characters cells may be written with.
  package var glyphs: Glyphs
  /// What of the cluster is not known: a cell says `?` then, and never none or zero.
  package var unread: UnreadKinds

  /// All kinds are read, unless it is said otherwise.
  package init(now: Date, glyphs: Glyphs, unread: UnreadKinds = UnreadKinds()) {
    self.now = now
    self.glyphs = glyphs
    self.unread = unread
  }

  init(_ state: DashboardState) {
    self.init(now: state.now, glyphs: state.configuration.glyphs, unread: state.unread)
  }
}

/// A column of the table: data that the layout, the cells, the sorting and the help are made from.
package struct Column: Sendable {
  /// Which column; the raw value is what `:sort` takes.
  package enum ID: String, Sendable, CaseIterable {
    case name, status, ready, gpu, node, endpoint, restarts, age
    case namespace, managed, tags, image, reason
  }

  package let id: ID
  /// In capitals, as kubectl has it.
  package let title: String
  /// Lower is more important. What does not fit goes from the least important on.
  package let priority: Int
  /// With less room than this it is left out, unless its content in the shortest form needs less.
  package let minimum: Int
  /// It never gets more.
  package let ideal: Int
  /// The form, by its place among the forms, that must fit before columns of wide screens are added;
  /// `nil` where the minimum is enough.
  package let comfortableForm: Int?
  package let alignment: Alignment
  /// Every row shows the same form, so that a column of addresses can be compared.
  package let usesOneForm: Bool
  /// What does not fit loses its middle, because its end tells it from its neighbours.
  package let isCutInTheMiddle: Bool
  /// The first press of a sort on it puts the greatest first.
  package let sortsDescending: Bool
  /// The cell's text, longest form first: the first that fits is shown.
  package let forms: @Sendable (Model, CellContext) -> [String]
  /// What rows are sorted by. It never depends on the time, so that rows stay where they are while nothing changes.
  package let sortKey: @Sendable (Model) -> SortKey

  private init(
    _ id: ID, _ title: String, priority: Int, minimum: Int, ideal: Int,
    comfortableForm: Int? = 0, alignment: Alignment = .leading, isCutInTheMiddle: Bool = false,
    usesOneForm: Bool = false, sortsDescending: Bool = false,
    forms: @escaping @Sendable (Model, CellContext) -> [String],
    sortKey: @escaping @Sendable (Model) -> SortKey
  ) {
    self.id = id
    self.title = title
    self.priority = priority
    self.minimum = minimum
    self.ideal = ideal
    self.comfortableForm = comfortableForm
    self.alignment = alignment
    self.isCutInTheMiddle = isCutInTheMiddle
    self.usesOneForm = usesOneForm
    self.sortsDescending = sortsDescending
    self.forms = forms
    self.sortKey = sortKey
  }

  /// Columns from this priority on are for wide screens: they come when all others have comfort.
  package static let firstWidePriority = 8

  /// The column of an identity: there is one for each.
  package static func column(_ id: ID) -> Column { byID[id] ?? all[0] }
  private static let byID = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })

  /// Every column in the order from left to right.
  package static let all: [Column] = [
    Column(
      .name, "NAME", priority: 0, minimum: 63, ideal: 63,
      forms: { model, _ in [model.name] }, sortKey: { .text($0.name) }),
    Column(
      .namespace, "NAMESPACE", priority: 8, minimum: 10, ideal: 24, isCutInTheMiddle: true,
      forms: { model, _ in [model.namespace] }, sortKey: { .text($0.namespace) }),
    Column(
      .status, "STATUS", priority: 1, minimum: 12, ideal: 30,
      forms: CellText.status, sortKey: { .number($0.status.urgency) }),
    Column(
      .ready, "READY", priority: 2, minimum: 5, ideal: 7,
      forms: CellText.ready,
      sortKey: { SortKey(number: Double($0.readyReplicas * 10_000 + $0.desiredReplicas)) }),
    Column(
      .gpu, "GPU", priority: 3, minimum: 10, ideal: 24, comfortableForm: 1, sortsDescending: true,
      forms: CellText.gpu, sortKey: { .number($0.gpu.requested) }),
    Column(
      .node, "NODE", priority: 4, minimum: 8, ideal: 24, isCutInTheMiddle: true,
      forms: CellText.node, sortKey: { .text($0.nodes.first ?? "") }),
    Column(
      .endpoint, "ENDPOINT", priority: 7, minimum: 8, ideal: 80, comfortableForm: 3,
      usesOneForm: true,
      forms: CellText.endpoint, sortKey: { .text($0.endpoint ?? "") }),
    Column(
      .restarts, "RESTARTS", priority: 6, minimum: 8, ideal: 8, alignment: .trailing,
      sortsDescending: true,
      forms: CellText.restarts, sortKey: { .number($0.restarts) }),
    Column(
      .age, "AGE", priority: 5, minimum: 5, ideal: 6, alignment: .trailing,
      forms: { model, context in
        [model.createdAt.map { Age.text(since: $0, now: context.now) } ?? "-"]
      },
      sortKey: { model in
        // The youngest first, and no key that changes with the time.
        model.createdAt.map { SortKey(number: -$0.timeIntervalSince1970) } ?? .missing
      }),
    Column(
      .managed, "MANAGED", priority: 9, minimum: 7, ideal: 7,
      forms: { model, _ in [model.isManaged ? "yes" : "no"] },
      sortKey: { .number($0.isManaged ? 0 : 1) }),
    Column(
      .tags, "TAGS", priority: 10, minimum: 8, ideal: 24,
      forms: { model, _ in [model.tags.isEmpty ? "-" : model.tags.joined(separator: ",")] },
      sortKey: { .text($0.tags.joined(separator: ",")) }),
    Column(
      .image, "IMAGE", priority: 11, minimum: 16, ideal: 60, isCutInTheMiddle: true,
      forms: CellText.image, sortKey: { .text($0.image) }),
    Column(
      .reason, "REASON", priority: 12, minimum: 30, ideal: 200, comfortableForm: nil,
      forms: CellText.reason, sortKey: { .text($0.reason) }),
  ]
}
