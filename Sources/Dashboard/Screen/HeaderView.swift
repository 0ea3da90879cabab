import FoundationEssentials
import ModelCore
import TerminalUI

/// The lines above the table: where we are, how many of what, how current it is, and what is wrong.
enum HeaderView {
  /// Live data without a word from the server for that long are said to be that old.
  static let quietTime: TimeInterval = 180

  static func draw(
    _ state: DashboardState, into frame: inout Frame, layout: ScreenLayout, theme: Theme
  ) {
    let glyphs = state.configuration.glyphs
    if !layout.banner.isEmpty {
      frame.bar(
        " SIMULATED CLUSTER: nothing here is real", layout.banner, .banner, theme: theme,
        glyphs: glyphs)
    }
    drawPlace(state, into: &frame, rect: layout.header, theme: theme)
    if layout.header.rows > 1 { drawCounts(state, into: &frame, rect: layout.header, theme: theme) }
    if let alert = alert(state) {
      var lines = alert.text.wrapped(to: max(1, layout.alert.columns - 2))
      if lines.count > layout.alert.rows, layout.alert.rows > 0 {
        let rest = lines[(layout.alert.rows - 1)...].joined(separator: " ")
        lines = lines[..<(layout.alert.rows - 1)] + [rest]
      }
      for (index, line) in lines.prefix(layout.alert.rows).enumerated() {
        let row = layout.alert.row + index
        frame.bar(
          " " + line, Rect(row: row, column: 0, rows: 1, columns: layout.alert.columns),
          alert.element, theme: theme, glyphs: glyphs)
      }
    }
  }

  // MARK: The first line

  private static func drawPlace(
    _ state: DashboardState, into frame: inout Frame, rect: Rect, theme: Theme
  ) {
    let row = Rect(row: rect.row, column: 0, rows: min(1, rect.rows), columns: rect.columns)
    let configuration = state.configuration
    let connection = connection(state)
    let gpus = gpus(state.gpus, configuration.glyphs)
    var left = StyledLine("modeldeck  ", .title)
    if configuration.isWriteProtected { left.append("READ-ONLY  ", .headerWarning) }
    if let word = configuration.guards.word, word != "READ-ONLY" {
      left.append("[\(word.printable)]", .headerError)
      left.append("  ", .header)
    }
    let context = configuration.context.isEmpty ? configuration.server : configuration.context
    let user = configuration.user.map { " as \($0)" } ?? ""
    let organization = configuration.organization
    let (words, initials) =
      organization.isEmpty ? ("", "") : ("organization \(organization)", "org \(organization)")
    let namespace = state.scope.map { "namespace \($0) only" } ?? configuration.namespace
    // From the longest to the shortest that still names the cluster.
    let places = [
      [context + user, words, namespace], [context, words, namespace],
      [context, initials, namespace], [context, initials], [context],
    ].map { $0.filter { !$0.isEmpty }.joined(separator: "  ") }
    // The cluster keeps some room; then the GPUs go before the state of the connection.
    let short = connection.text.prefix { $0 != "," }
    let right =
      rights(state, gpus: gpus, connection: (connection.text, String(short)), connection.element)
      .first { $0.width + left.width + 14 <= rect.columns } ?? StyledLine()
    let room = max(8, rect.columns - right.width - left.width - 2)
    let place = places.first { $0.displayWidth <= room }
    // Names of contexts differ at their end.
    left.append(
      place ?? context.truncatedInTheMiddle(to: room, ellipsis: configuration.glyphs.ellipsis),
      .header)
    TextLine(
      left.styled(theme), trailing: right.styled(theme), style: theme[.header],
      glyphs: configuration.glyphs
    ).draw(into: &frame, rect: row)
  }

  /// What may stand at the right, from the longest to the shortest: what is urgent goes last.
  private static func rights(
    _ state: DashboardState, gpus: String, connection: (long: String, short: String),
    _ element: Theme.Element
  ) -> [StyledLine] {
    let gap = ("  ", Theme.Element.header)
    let gpus = [(gpus, Theme.Element.header), gap]
    let (long, short) = ([(connection.long, element)], [(connection.short, element)])
    let plain = [gpus + long, gpus + short, long, short]
    guard state.credentials.problem == nil,
      let left = TimeLeft.words(state.credentials, now: state.now)
    else { return plain.map { StyledLine($0) } }
    let style = left.isUrgent ? Theme.Element.headerWarning : .header
    // Where there is little room, the names of the cluster and of the user go before nice words.
    let words = [(state.size.columns >= 110 ? left.long : left.short, style), gap]
    let brief = [(left.short, style), gap]
    let with = [gpus + words + long, gpus + brief + long, gpus + brief + short]
    let urgent = left.isUrgent ? [words + long, brief + long, brief + short] : []
    return (with + urgent + plain).map { StyledLine($0) }
  }

  /// How current the data are, in words; what is wrong with the credentials, where something is.
  static func connection(_ state: DashboardState) -> (text: String, element: Theme.Element) {
    if let problem = state.credentials.problem {
      let isCurrent = state.connection == .live
      return (isCurrent ? problem.summary : problem.summary + age(state), .headerError)
    }
    switch state.connection {
    case .live:
      if let asOf = state.asOf, state.now.timeIntervalSince(asOf) >= quietTime {
        return ("live, last word \(Age.words(since: asOf, now: state.now)) ago", .headerWarning)
      }
      return ("live", .success)
    case .connecting(let attempt, _):
      let text = attempt > 1 ? "connecting, attempt \(attempt)" : "connecting"
      return (text + age(state), .headerWarning)
    case .loading(let objects):
      return ("loading, \(objects) objects", .headerWarning)
    case .disconnected:
      return ("disconnected" + age(state), .headerError)
    case .forbidden:
      return ("no permission", .headerError)
    }
  }

  private static func age(_ state: DashboardState) -> String {
    guard let asOf = state.asOf else { return "" }
    return ", data from \(Age.words(since: asOf, now: state.now)) ago"
  }

  // MARK: The second line

  /// `12 models  7 running  1 creating ...`: in words where they fit.
  private static func drawCounts(
    _ state: DashboardState, into frame: inout Frame, rect: Rect, theme: Theme
  ) {
    let row = Rect(row: rect.row + 1, column: rect.column, rows: 1, columns: rect.columns)
    if state.table.countInScope == 0, !state.hasBeenLive {
      TextLine(StyledText(), style: theme[.header]).draw(into: &frame, rect: row)
      return
    }
    let statuses = order.filter { state.table.counts[$0, default: 0] > 0 }
    func line(_ gap: String = "  ", _ part: (ModelStatus, Int) -> String) -> StyledLine {
      var line = StyledLine(total(state), .header)
      for status in statuses {
        line.append(gap, .header)
        line.append(part(status, state.table.counts[status, default: 0]), status.element)
      }
      return line
    }
    let forms = [
      line { "\($0.glyph) \($1) \($0.rawValue)" }, line { "\($1) \($0.rawValue)" },
      line { "\($1) \($0.shortWord)" }, line(" ") { "\($1) \($0.shortWord)" },
      line { "\($0.glyph)\($1)" },
    ]
    // Who reconciles is told where the counts keep their words beside it.
    let writers = writerLines(state)
    let pairs = writers.flatMap { writer in forms.dropLast().map { ($0, writer) } }
    let fitting =
      pairs.first { $0.width + $1.width + 2 <= row.columns }
      ?? (
        forms.first { $0.width <= row.columns } ?? StyledLine(total(state), .header), StyledLine()
      )
    TextLine(
      fitting.0.styled(theme), trailing: fitting.1.styled(theme), style: theme[.header],
      glyphs: state.configuration.glyphs
    ).draw(into: &frame, rect: row)
  }

  private static func writerLines(_ state: DashboardState) -> [StyledLine] {
    state.writerTexts.map { StyledLine($0.text, $0.isWarning ? .headerWarning : .header) }
  }

  private static let order: [ModelStatus] = [
    .running, .creating, .pending, .crashLoopBackOff, .failed, .stopped,
  ]

  /// `12 models`, or `5 of 12 models` under a filter.
  private static func total(_ state: DashboardState) -> String {
    let all = state.table.countInScope
    let shown = state.table.count
    let noun = all == 1 ? "model" : "models"
    return shown == all ? "\(all) \(noun)" : "\(shown) of \(all) \(noun)"
  }

  static func gpus(_ overview: GPUOverview, _ glyphs: Glyphs) -> String {
    switch overview {
    case .unknown: return "GPUs: \(glyphs == .ascii ? "..." : "…")"
    case .forbidden(let missing): return "GPUs: \(phrase(missing))"
    case .notOffered: return "GPUs: not offered"
    case .totals(let totals):
      let away = totals.unavailable > 0 ? ", \(totals.unavailable) unavailable" : ""
      let used = totals.isUseKnown ? "\(totals.used)" : "?"
      return "GPUs \(used)/\(totals.total) used\(away)"
    }
  }

  /// `no permission to list nodes`, whether the words before the verb came with it or not.
  static func phrase(_ missing: String) -> String {
    missing.hasPrefix("no permission") ? missing : "no permission to \(missing)"
  }

  // MARK: What is wrong

  /// The rows that the alert gets: two where there is much to say and room for it.
  static func alertRows(_ state: DashboardState) -> Int {
    guard let alert = alert(state) else { return 0 }
    return state.size.rows >= 20 && alert.text.displayWidth > state.size.columns - 2 ? 2 : 1
  }

  /// What stands under the header; `nil` where all is well.
  static func alert(_ state: DashboardState) -> (text: String, element: Theme.Element)? {
    let hasRows = state.table.countInScope > 0
    // Without rows and without a connection the empty table says it.
    if let problem = state.credentials.problem, hasRows || state.connection == .live {
      return (alert(state, problem), .headerError)
    }
    switch state.connection {
    // Without rows the empty table says it.
    case .disconnected where !hasRows: return nil
    case .forbidden where !hasRows: return nil
    case .disconnected(let since, let error, let next):
      let time = clockTime(since, utcOffset: state.configuration.utcOffset)
      return ("Disconnected since \(time), \(nextAttempt(next, state.now)): \(error)", .headerError)
    case .forbidden(let missing):
      return ("\(phrase(missing)): what is shown is what could be read.", .headerError)
    case .connecting(let attempt, let error?) where hasRows:
      return ("Connecting again, attempt \(attempt): \(error)", .headerError)
    case .connecting, .loading, .live:
      guard let first = state.notices.first else { return nil }
      let more = state.notices.count - 1
      return (more > 0 ? "\(first) (+\(more): M)" : first, .warning)
    }
  }

  private static func alert(_ state: DashboardState, _ problem: Credentials.Problem) -> String {
    guard case .disconnected(let since, _, let next) = state.connection else { return problem.text }
    let time = clockTime(since, utcOffset: state.configuration.utcOffset)
    return "Since \(time) \(problem.text) (\(nextAttempt(next, state.now)))"
  }

  static func nextAttempt(_ next: Date, _ now: Date) -> String {
    let seconds = Int(max(0, next.timeIntervalSince(now)).rounded(.up))
    return seconds > 0 ? "next attempt in \(seconds) s" : "trying again now"
  }
}

extension ModelStatus {
  /// The word where there is little room.
  var shortWord: String { self == .crashLoopBackOff ? "crash_loop" : rawValue }

  var element: Theme.Element {
    switch self {
    case .running: .statusRunning
    case .creating: .statusCreating
    case .pending: .statusPending
    case .failed: .statusFailed
    case .stopped: .statusStopped
    case .crashLoopBackOff: .statusCrash
    }
  }
}
