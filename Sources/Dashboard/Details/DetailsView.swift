import FoundationEssentials
import ModelCore
import TerminalUI

/// The details of one model as one text in sections.
enum DetailsView {
  static func title(_ state: DashboardState, _ details: DetailsState) -> String {
    let isLeaving = details.model.isDeleting && !details.isGone
    let gone =
      isLeaving ? ", being deleted" : details.isGone ? "  DELETED: this is what was last seen" : ""
    let stale = state.isStale && !details.isGone ? "  (\(HeaderView.connection(state).text))" : ""
    return "\(details.model.name): \(details.model.status.rawValue)\(gone)\(stale)"
  }

  static func lines(_ state: DashboardState, _ details: DetailsState) -> [StyledLine] {
    var builder = DetailsBuilder(
      width: state.detailsColumns, now: state.now, glyphs: state.configuration.glyphs)
    summary(details.model, state, &builder)
    guard let loaded = details.details else {
      builder.heading("Conditions")
      builder.note("loading\(state.configuration.glyphs == .ascii ? "..." : "…")")
      return builder.lines
    }
    let hidden = state.unread.why(.deployments)
    conditions(loaded, hidden: hidden, &builder)
    pods(loaded, hidden: state.podsUnread(of: details.model), &builder)
    events(loaded, &builder)
    objects(loaded, in: details.model.namespace, state.unread, hidden: hidden, &builder)
    return builder.lines
  }

  /// Draws the details beside the table.
  static func drawBeside(
    _ state: DashboardState, _ details: DetailsState, into frame: inout Frame, rect: Rect,
    theme: Theme
  ) {
    guard rect.rows > 1, rect.columns > 2 else { return }
    let glyphs = state.configuration.glyphs
    for row in rect.row..<rect.endRow {
      frame.write(glyphs.vertical, at: Point(row: row, column: rect.column), style: theme[.border])
    }
    let inner = Rect(
      row: rect.row, column: rect.column + 1, rows: rect.rows, columns: rect.columns - 1)
    let lines = lines(state, details)
    let height = inner.rows - 1
    let start = min(max(0, details.offset), max(0, lines.count - 1))
    let end = min(lines.count, start + height)
    let place = lines.count > height ? "\(start + 1)-\(end) of \(lines.count) " : ""
    let title = " " + self.title(state, details)
    let bar = Rect(row: inner.row, column: inner.column, rows: 1, columns: inner.columns)
    TextLine(
      StyledText(title), trailing: StyledText(place), style: theme[.title], glyphs: glyphs
    ).draw(into: &frame, rect: bar)
    for (row, line) in lines[min(start, end)..<end].enumerated() {
      frame.write(
        line, at: Point(row: inner.row + 1 + row, column: inner.column), maxWidth: inner.columns,
        theme: theme)
    }
  }

  /// The line at which each section starts.
  static func sectionStarts(_ lines: [StyledLine]) -> [Int] {
    lines.indices.filter { lines[$0].spans.first?.element == .formSection }
  }

  /// When an age in the text changes next.
  static func nextChange(_ state: DashboardState, _ details: DetailsState) -> Date? {
    guard let loaded = details.details else { return nil }
    let dates =
      loaded.conditions.compactMap(\.since) + loaded.pods.compactMap(\.createdAt)
      + loaded.events.compactMap(\.lastSeen)
      + [details.model.createdAt, details.model.updatedAt].compactMap { $0 }
    return dates.map { Age.nextChange(since: $0, now: state.now) }.min()
  }

  // MARK: Sections

  private static func summary(
    _ model: Model, _ state: DashboardState, _ builder: inout DetailsBuilder
  ) {
    builder.heading("Summary")
    builder.field(
      "Status",
      "\(model.status.glyph) \(model.status.rawValue)"
        + (model.isDeleting ? ", being deleted" : ""), model.statusElement)
    if !model.reason.isEmpty { builder.field("Reason", model.reason) }
    for drift in model.drift { builder.field("Drift", drift, .warning) }
    builder.field("Endpoint", state.endpointText(of: model))
    let hidden = state.podsUnread(of: model)
    let restarts =
      hidden == nil
      ? "\(model.restarts) restart\(model.restarts == 1 ? "" : "s")" : "restarts not known"
    let spec = state.unread.why(.deployments).map { "not known: \($0)" }
    builder.field(
      "Replicas", spec ?? "\(model.readyReplicas) of \(model.desiredReplicas) ready, \(restarts)")
    gpus(model, state, &builder)
    if model.gpu.placements.isEmpty, !model.nodes.isEmpty {
      builder.field("Nodes", model.nodes.joined(separator: ", "))
    }
    if model.displayName != model.name { builder.field("Display name", model.displayName) }
    if !model.modelDescription.isEmpty { builder.field("Description", model.modelDescription) }
    if !model.tags.isEmpty { builder.field("Tags", model.tags.joined(separator: ", ")) }
    builder.field("Namespace", model.namespace)
    builder.field("Image", model.image.isEmpty ? spec ?? "-" : model.image)
    if !model.command.isEmpty {
      builder.field("Command", model.command.map(ShellWords.quote).joined(separator: " "))
    }
    if let id = model.huggingFaceID { builder.field("Hugging Face", id) }
    builder.field("Managed", managed(model))
    builder.time("Created", model.createdAt, by: model.createdBy, state.configuration.utcOffset)
    builder.time("Updated", model.updatedAt, by: nil, state.configuration.utcOffset)
  }

  private static func gpus(
    _ model: Model, _ state: DashboardState, _ builder: inout DetailsBuilder
  ) {
    let gpu = model.gpu
    guard gpu.requested > 0 || gpu.assigned > 0 else {
      builder.field("GPUs", "none asked for")
      return
    }
    let asked =
      state.unread.why(.deployments) != nil
      ? "\(gpu.perReplica) asked for by each replica"
      : model.desiredReplicas > 1
        ? "\(gpu.requested) asked for (\(gpu.perReplica) per replica)"
        : "\(gpu.requested) asked for"
    if let why = state.podsUnread(of: model) {
      builder.field("GPUs", "\(asked); where is not known: \(why)")
      return
    }
    builder.field("GPUs", "\(asked), \(gpu.assigned) assigned")
    let unknown = state.unread.why(.nodes).map { "product not known: \($0)" } ?? "product unknown"
    for placement in gpu.placements {
      let product = placement.product ?? unknown
      builder.field("", "\(placement.count) on \(placement.node) (\(product))")
    }
  }

  private static func managed(_ model: Model) -> String {
    let organization = model.organization.map { "organization \($0)" } ?? "no organization"
    if model.isManaged { return "yes, \(organization)" }
    return model.isOurs ? "no (made from YAML), \(organization)" : "no, \(organization), read-only"
  }

  private static func conditions(
    _ details: ModelDetails, hidden: String?, _ builder: inout DetailsBuilder
  ) {
    builder.heading("Conditions")
    if details.conditions.isEmpty { builder.note(hidden ?? "none yet") }
    for condition in details.conditions {
      let since = condition.since.map { "  \(builder.age($0))" } ?? ""
      let reason = condition.reason.isEmpty ? "" : "  \(condition.reason)"
      builder.item("\(condition.type)=\(condition.status)\(reason)\(since)")
      builder.text(condition.message)
    }
  }

  private static func pods(
    _ details: ModelDetails, hidden: String?, _ builder: inout DetailsBuilder
  ) {
    builder.heading("Pods")
    if details.pods.isEmpty { builder.note(hidden ?? "none") }
    for pod in details.pods {
      let age = pod.createdAt.map { "  \(builder.age($0))" } ?? ""
      let restarts =
        pod.restarts == 0 ? "" : "  \(pod.restarts) restart\(pod.restarts == 1 ? "" : "s")"
      let ready = pod.isReady ? "ready" : "not ready"
      builder.item(
        "\(pod.name)  \(pod.phase)  \(ready)  \(pod.node ?? "no node")\(restarts)\(age)")
      builder.text(pod.state)
    }
  }

  private static func events(_ details: ModelDetails, _ builder: inout DetailsBuilder) {
    builder.heading("Events")
    if let why = details.eventsUnavailable {
      builder.note(why)
    } else if details.events.isEmpty {
      builder.note("none: Kubernetes forgets events after an hour")
    }
    for event in details.events {
      let count = event.count > 1 ? "  \(event.count) times" : ""
      let age = event.lastSeen.map { "  \(builder.age($0))" } ?? ""
      builder.item(
        "\(event.isWarning ? "Warning" : "Normal") \(event.reason)  \(event.object)\(count)\(age)",
        event.isWarning ? .warning : .text)
      builder.text(event.message)
    }
  }

  private static func objects(
    _ details: ModelDetails, in namespace: String, _ unread: UnreadKinds, hidden: String?,
    _ builder: inout DetailsBuilder
  ) {
    builder.heading("Resources")
    if details.objects.isEmpty { builder.note(hidden ?? "none") }
    let kinds = details.objects.map(\.kind.displayWidth).max() ?? 0
    let names = min(40, details.objects.map(\.name.displayWidth).max() ?? 0)
    let readable: [String: UnreadKinds.Kind] = [
      "Service": .services, "PersistentVolumeClaim": .claims, "Secret": .secrets,
    ]
    for object in details.objects {
      // What is not there for us may be there all the same.
      let why = readable[object.kind].flatMap { unread.why($0, in: namespace) }
      let state =
        object.state == "not known" ? "not known\(why.map { ": \($0)" } ?? "")" : object.state
      builder.item(
        "\(object.kind.padded(to: kinds))  \(object.name.padded(to: names))  \(state)")
    }
  }
}

/// Puts the lines of the details together, wrapped to the screen.
struct DetailsBuilder {
  private(set) var lines: [StyledLine] = []
  private let width: Int
  private let now: Date
  private let glyphs: Glyphs
  private static let labelWidth = 16

  init(width: Int, now: Date, glyphs: Glyphs) {
    self.width = width
    self.now = now
    self.glyphs = glyphs
  }

  mutating func heading(_ title: String) {
    if !lines.isEmpty { lines.append(StyledLine()) }
    lines.append(StyledLine(title, .formSection))
  }

  mutating func field(_ label: String, _ value: String, _ element: Theme.Element = .text) {
    let label = "  " + label.padded(to: Self.labelWidth - 2)
    for (index, part) in value.wrapped(to: max(10, width - Self.labelWidth)).enumerated() {
      let start = index == 0 ? label : String(repeating: " ", count: Self.labelWidth)
      lines.append(StyledLine([(start, .headerLabel), (part, element)]))
    }
  }

  mutating func time(_ label: String, _ date: Date?, by who: String?, _ utcOffset: Int) {
    guard let date else { return }
    let by = who.map { " by \($0)" } ?? ""
    field(label, "\(calendarTime(date, utcOffset: utcOffset)), \(age(date)) ago\(by)")
  }

  mutating func item(_ text: String, _ element: Theme.Element = .text) {
    // Wrapping would close the gaps between the columns of what fits.
    let parts = text.displayWidth <= width - 2 ? [text] : text.wrapped(to: max(10, width - 4))
    for (index, part) in parts.enumerated() {
      lines.append(StyledLine((index == 0 ? "  " : "    ") + part, element))
    }
  }

  mutating func text(_ text: String) {
    guard !text.isEmpty else { return }
    for part in text.wrapped(to: max(10, width - 6)) {
      lines.append(StyledLine("      " + part, .dim))
    }
  }

  mutating func note(_ text: String) { lines.append(StyledLine("  " + text, .dim)) }

  func age(_ date: Date) -> String { Age.text(since: date, now: now) }
}
