/// The styles of everything on the screen, by the name of the element.
///
/// Views name elements and never colours; a theme says how an element looks. What a theme leaves
/// out looks as in ``default``.
package struct Theme: Hashable, Sendable, CustomStringConvertible {
  /// What `--theme` and theme files call it.
  package let name: String
  private var styles: [Element: Style]

  /// What `styles` leaves out looks as in ``default``.
  package init(name: String, styles: [Element: Style]) {
    self.name = name
    self.styles = styles
  }

  package var description: String { "theme \(name)" }

  /// How an element looks: as here, else as in ``default``.
  package subscript(element: Element) -> Style {
    styles[element] ?? Self.default.styles[element] ?? .plain
  }

  /// Whether the theme itself says how an element looks.
  package func names(_ element: Element) -> Bool { styles[element] != nil }

  /// This theme's styles with some replaced.
  func replacing(_ changes: [Element: Style]) -> [Element: Style] {
    styles.merging(changes) { _, new in new }
  }

  /// The themes that are built in, the default first. `themes/` holds the same as files.
  package static let builtIn: [Theme] = [.default, .mono, .highContrast, .colorBlind]

  /// A built-in theme by its name.
  package static func named(_ name: String) -> Theme? { builtIn.first { $0.name == name } }
}

extension Theme {
  /// What on the screen has a style of its own; the raw value is its name in theme files.
  package enum Element: String, CaseIterable, Hashable, Sendable {
    case text
    case dim
    case border
    case title
    case header
    case headerLabel = "header.label"
    case headerWarning = "header.warning"
    case headerError = "header.error"
    /// Says that nothing on the screen is real.
    case banner
    case tableHeader = "table.header"
    case tableSorted = "table.sorted"
    case tableRow = "table.row"
    case tableSelected = "table.selected"
    case tableMarked = "table.marked"
    case statusRunning = "status.running"
    case statusDegraded = "status.degraded"
    case statusCreating = "status.creating"
    case statusPending = "status.pending"
    case statusFailed = "status.failed"
    case statusCrash = "status.crash"
    case statusStopped = "status.stopped"
    case statusUnknown = "status.unknown"
    /// Data that may be out of date: the connection is cut.
    case stale
    case error
    case warning
    case success
    case info
    case hint
    case key
    case match
    case formLabel = "form.label"
    case formLabelFocused = "form.label.focused"
    case formField = "form.field"
    case formFieldFocused = "form.field.focused"
    case formPlaceholder = "form.placeholder"
    case formRequired = "form.required"
    case formError = "form.error"
    case formHelp = "form.help"
    case formSection = "form.section"
    case button
    case buttonFocused = "button.focused"
    case buttonDisabled = "button.disabled"
    case buttonDanger = "button.danger"
    case buttonDangerFocused = "button.danger.focused"
    case popUp = "popup"
    case popUpBorder = "popup.border"
    case popUpTitle = "popup.title"
    case dangerBorder = "danger.border"
    case scrollTrack = "scroll.track"
    case scrollThumb = "scroll.thumb"
    case added = "diff.added"
    case removed = "diff.removed"
  }
}
