import FoundationEssentials
import ModelCore
import TerminalUI

/// The details of one model as one text in sections.
enum DetailsView {
  static let sections = ["Summary", "Conditions", "Pods", "Events", "Resources"]

  static func title(_ state: DashboardState, _ details: DetailsState) -> String {
    let isLeaving = details.model.isDeleting && !details.isGone
    let gone =
      isLeaving ? ", being deleted" : details.isGone ? "  DELETED: this is what was last seen" : ""
    let stale = state.isStale && !details.isGone ? "  (\(HeaderView.connection(state).text))" : ""
    return "\(details.model.name): \(details.model.status.rawValue)\(gone)\(stale)"
  }

  static func lines(_ state: DashboardState, _ details: DetailsState) -> [StyledLine] {
    var builder = DetailsBuilder(
      width: state.size.columns, now: state.now, glyphs: state.configuration.glyphs)
    summary(details.model, state, &builder)
    guard let loaded = details.details else {
      builder.heading("Conditions")
      builder.note("loading\(state.configuration.glyphs == .ascii ? "..." : "…")")
      return builder.lines
    }
    conditions(loaded, &builder)
    pods(loaded, &builder)
    events(loaded, &builder)
    objects(loaded, &builder)
    return builder.lines
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
    builder.field("Endpoint", model.endpoint ?? "none: there is no Service")
    builder.field(
      "Replicas",
      "\(model.readyReplicas) of \(model.desiredReplicas) ready, "
        + "\(model.restarts) restart\(model.restarts == 1 ? "" : "s")")
    gpus(model, &builder)
    if model.gpu.placements.isEmpty, !model.nodes.isEmpty {
      builder.field("Nodes", model.nodes.joined(separator: ", "))
    }
    if model.displayName != model.name { builder.field("Display name", model.displayName) }
    if !model.modelDescription.isEmpty { builder.field("Description", model.modelDescription) }
    if !model.tags.isEmpty { builder.field("Tags", model.tags.joined(separator: ", ")) }
    builder.field("Namespace", model.namespace)
    builder.field("Image", model.image.isEmpty ? "-" : model.image)
    if !model.command.isEmpty {
      builder.field("Command", model.command.map(ShellWords.quote).joined(separator: " "))
    }
    if let id = model.huggingFaceID { builder.field("Hugging Face", id) }
    builder.field("Managed", managed(model))
    builder.time("Created", model.createdAt, by: model.createdBy, state.configuration.utcOffset)
    builder.time("Updated", model.updatedAt, by: nil, state.configuration.utcOffset)
  }

  private static func gpus(_ model: Model, _ builder: inout DetailsBuilder) {
    let gpu = model.gpu
    guard gpu.requested > 0 || gpu.assigned > 0 else {
      builder.field("GPUs", "none asked for")
      return
    }
    let asked =
      model.desiredReplicas > 1
      ? "\(gpu.requested) asked for (\(gpu.perReplica) per replica)" : "\(gpu.requested) asked for"
    builder.field("GPUs", "\(asked), \(gpu.assigned) assigned")
    for placement in gpu.placements {
      let product = placement.product ?? "product unknown"
      builder.field("", "\(placement.count) on \(placement.node) (\(product))")
    }
  }

  private static func managed(_ model: Model) -> String {
    let organization = model.organization.map { "organization \($0)" } ?? "no organization"
    if model.isManaged { return "yes, \(organization)" }
    return model.isOurs ? "no (made from YAML), \(organization)" : "no, \(organization), read-only"
  }

  private static func conditions(_ details: ModelDetails, _ builder: inout DetailsBuilder) {
    builder.heading("Conditions")
    if details.conditions.isEmpty { builder.note("none yet") }
    for condition in details.conditions {
      let since = condition.since.map { "  \(builder.age($0))" } ?? ""
      let reason = condition.reason.isEmpty ? "" : "  \(condition.reason)"
      builder.item("\(condition.type)=\(condition.status)\(reason)\(since)")
      builder.text(condition.message)
    }
  }

  private static func pods(_ details: ModelDetails, _ builder: inout DetailsBuilder) {
    builder.heading("Pods")
    if details.pods.isEmpty { builder.note("none") }
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

  private static func objects(_ details: ModelDetails, _ builder: inout DetailsBuilder) {
    builder.heading("Resources")
    if details.objects.isEmpty { builder.note("none") }
    let kinds = details.objects.map(\.kind.displayWidth).max() ?? 0
    let names = min(40, details.objects.map(\.name.displayWidth).max() ?? 0)
    for object in details.objects {
      builder.item(
        "\(object.kind.padded(to: kinds))  \(object.name.padded(to: names))  \(object.state)")
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
