import ModelCore
import TerminalUI

/// Which nodes could take the model that is being made, one by one, and what its memory was reckoned from.
enum FitView {
  /// What stands under the GPU field: where it fits or the nearest miss, then the estimate of its memory.
  static func notes(_ form: CreateForm, _ state: DashboardState) -> [String] {
    // What cannot be read fits nowhere, and a number that is not allowed neither.
    guard !form.hasError(.gpuCount) else { return [] }
    var notes: [String] = []
    switch knowledge(form, state) {
    case .fit(let fit):
      notes.append("\(fit.summary) (F6 shows each node)")
      if fit.stocks.count > 1 { notes.append(stockText(fit)) }
    case .missing(let why): notes.append(why)
    case .rough(let text): notes.append(text)
    case .nothing: break
    }
    if let estimate = estimate(form) { notes.append(estimate.text) }
    return notes
  }

  /// `free by product: NVIDIA-H200 10 of 12, NVIDIA-L40S 0 of 4 (8 more not available)`
  private static func stockText(_ fit: GPUFit) -> String {
    let parts = fit.stocks.map { stock in
      let away = stock.unavailable > 0 ? " (\(stock.unavailable) more not available)" : ""
      return "\(Excerpt.line(stock.product, limit: 60)) \(stock.free) of \(stock.total)\(away)"
    }
    return "free by product: " + parts.joined(separator: ", ")
  }

  private enum Knowledge {
    case fit(GPUFit)
    /// Why it is not known where it fits.
    case missing(String)
    /// All that is known.
    case rough(String)
    case nothing
  }

  private static func knowledge(_ form: CreateForm, _ state: DashboardState) -> Knowledge {
    if let why = state.unread.why(.nodes) {
      return .missing("where it fits is not known: \(why)")
    }
    if case .forbidden(let missing) = state.gpus {
      return .missing("where it fits is not known: \(missing)")
    }
    guard let creation = state.creation else { return .nothing }
    guard let nodes = creation.nodes else {
      guard let free = creation.mostFreeGPUsOnOneNode else { return .nothing }
      return .rough(
        free == 0 ? "no node has a free GPU now" : "free now: at most \(free) on one node")
    }
    if let why = state.unread.why(.pods) {
      return .missing("which GPUs are free is not known: \(why)")
    }
    return .fit(GPUFit(of: FitRequest(form.request), on: nodes))
  }

  static func estimate(_ form: CreateForm) -> MemoryEstimate? {
    guard form.request.resolvedGPUCount > 0 else { return nil }
    return MemoryEstimate(form.request, billions: Double(form.billions.text))
  }

  // MARK: The screen

  static func draw(
    _ form: CreateForm, offset: Int, _ state: DashboardState, into frame: inout Frame,
    theme: Theme
  ) {
    let parts = ScreenParts(state.size, head: 1)
    let glyphs = state.configuration.glyphs
    let count = form.request.resolvedGPUCount
    parts.draw(
      "Where it fits: \(count == 0 ? "no GPU" : "\(count) GPU\(count == 1 ? "" : "s")") for each replica",
      state, into: &frame, theme: theme)
    drawSize(form, into: &frame, rect: parts.head, theme: theme, glyphs: glyphs)
    let lines = lines(form, state)
    let body = parts.body
    frame.scroll(
      lines, from: Scrolling.clamped(offset, count: lines.count, height: body.rows), in: body,
      width: body.columns - 1, theme: theme, glyphs: glyphs)
  }

  private static func drawSize(
    _ form: CreateForm, into frame: inout Frame, rect: Rect, theme: Theme, glyphs: Glyphs
  ) {
    let label = " Parameters (billions) "
    frame.write(label, at: rect.origin, style: theme[.formLabelFocused], maxWidth: rect.columns)
    let start = min(rect.columns, label.displayWidth)
    let input = Rect(
      row: rect.row, column: start, rows: rect.rows, columns: min(30, rect.columns - start))
    TextInput(
      form.billions, isFocused: true, placeholder: "empty: from the name",
      style: theme[.formFieldFocused], placeholderStyle: theme[.formPlaceholder], glyphs: glyphs
    ).draw(into: &frame, rect: input)
  }

  static func lines(_ form: CreateForm, _ state: DashboardState) -> [StyledLine] {
    let width = max(12, state.size.columns - 2)
    func wrapped(_ text: String, _ element: Theme.Element) -> [StyledLine] {
      text.wrapped(to: width).map { StyledLine($0, element) }
    }
    var lines: [StyledLine] = []
    if let estimate = estimate(form) {
      lines += wrapped(estimate.text, .text)
    } else if form.request.resolvedGPUCount > 0 {
      lines += wrapped(
        "The name does not tell how large the model is: type how many billions of parameters it has.",
        .hint)
    }
    for finding in form.allFindings where finding.field == .gpuCount {
      lines += wrapped(
        "\(finding.severity == .error ? "error" : "warning"): \(finding.message)",
        finding.severity == .error ? .formError : .warning)
    }
    lines.append(StyledLine())
    switch knowledge(form, state) {
    case .missing(let why), .rough(let why): return lines + wrapped(why, .warning)
    case .nothing: return lines + [StyledLine("The nodes are not known yet.", .dim)]
    case .fit(let fit):
      lines += wrapped(fit.summary, fit.fitting.isEmpty ? .warning : .success)
      if !fit.stocks.isEmpty { lines += wrapped(stockText(fit), .text) }
      lines.append(StyledLine())
      return lines + table(fit, form, width: width)
    }
  }

  private static func table(
    _ fit: GPUFit, _ form: CreateForm, width: Int
  ) -> [StyledLine] {
    let estimate = estimate(form)
    let names = min(max(4, fit.places.map(\.node.displayWidth).max() ?? 4), max(8, width / 3))
    let products = min(
      max(7, fit.places.compactMap(\.product?.displayWidth).max() ?? 7), max(8, width / 4))
    var lines = [
      StyledLine(
        "\("NODE".padded(to: names))  FREE/ALL  \("PRODUCT".padded(to: products))  NOW", .dim)
    ]
    for place in fit.places {
      let count = "\(place.free)/\(place.total)"
      var text = place.text
      if let estimate, let memory = place.memoryMiB, place.total > 0 {
        let gib = memory / 1_024
        text += estimate.fits(memoryMiB: memory) ? "" : "; \(gib) GiB a GPU may be too little"
      }
      let head =
        "\(place.node.truncatedInTheMiddle(to: names).padded(to: names))  \(count.padded(to: 8))  "
        + "\((place.product ?? "").truncated(to: products).padded(to: products))  "
      let element: Theme.Element =
        switch place.verdict {
        case .fits: .success
        case .fitsShared: .warning
        case .excluded: .text
        }
      let room = max(10, width - head.displayWidth)
      for (index, part) in text.wrapped(to: room).enumerated() {
        let start = index == 0 ? head : String(repeating: " ", count: head.displayWidth)
        lines.append(StyledLine([(start, .text), (part, element)]))
      }
    }
    return lines
  }
}

extension DashboardState {
  mutating func openFit() -> [Effect] {
    guard createForm != nil else { return [] }
    layers.append(.fit(offset: 0))
    return []
  }

  /// - Returns: whether the event was for the size of the model.
  mutating func typeSize(_ event: InputEvent) -> Bool {
    guard var form = createForm, form.operation == nil, event.isForNumber else { return false }
    let context = validation
    guard form.typeSize(event, in: context) else { return false }
    createForm = form
    return true
  }
}

extension InputEvent {
  /// A digit, a point, or a key that edits; other letters move in the list.
  fileprivate var isForNumber: Bool {
    switch self {
    case .paste: true
    case .key(let chord):
      switch chord.key {
      case .character(let character) where chord.modifiers.isEmpty:
        character == "." || character.isASCII && character.isNumber
      case .backspace, .delete, .left, .right: true
      default: false
      }
    case .mouse, .resize: false
    }
  }
}
