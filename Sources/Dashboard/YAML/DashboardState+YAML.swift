import ModelCore
import TerminalUI

extension DashboardState {
  /// The text that is open, wherever it is among the layers.
  var yamlForm: YAMLForm? {
    get {
      for case .yaml(let form) in layers { return form }
      return nil
    }
    set {
      guard let newValue else { return }
      let index = layers.firstIndex { if case .yaml = $0 { true } else { false } }
      if let index { layers[index] = .yaml(newValue) }
    }
  }

  /// For whom and where a text is read.
  var yamlContext: ManifestBundle.Context {
    // Without a namespace of its own a manifest goes to `default`, as kubectl has it.
    let namespaces = scope.map { [$0] } ?? (isRemote ? ["default"] : ["default", namespace])
    var context = ManifestBundle.Context(
      organization: configuration.organization,
      namespaces: namespaces.reduce(into: []) { if !$0.contains($1) { $0.append($1) } },
      takenNames: validation.takenNames)
    context.isPlaceOpen = isRemote
    if case .names(let names) = choices?.secrets { context.seenSecrets = [namespace: Set(names)] }
    return context
  }

  // MARK: Opening and leaving

  mutating func openYAML() -> [Effect] {
    var form = yamlDraft ?? YAMLForm()
    yamlDraft = nil
    if form.draft.isEmpty { form.draft = newDraftName() }
    form.place = form.place ?? draftPlace
    if !form.isEmpty { tellYAMLDraft(form) }
    layers.append(.yaml(form))
    return (form.operation == nil ? recheckYAML() : []) + [.readChoices]
  }

  /// `:yaml FILE`
  mutating func openYAML(file: String) -> [Effect] {
    let effects = openYAML()
    guard !file.isEmpty else { return effects }
    layers.append(.yamlFile(FilePrompt(input: TextInputState(file, maxLength: 4_096))))
    return effects + loadYAMLFile()
  }

  /// What was written is kept for the next time.
  mutating func leaveYAML() -> [Effect] {
    guard let form = yamlForm else { return [] }
    closeYAMLLayers()
    guard !form.isEmpty else { return [] }
    yamlDraft = form
    if form.operation == nil {
      log.add("The text is kept: Y opens it again.", .information, at: now)
    }
    return []
  }

  mutating func closeYAMLLayers() {
    layers.removeAll { layer in
      switch layer {
      case .yaml, .yamlFile, .yamlFind, .yamlFindings, .yamlFields: true
      default: false
      }
    }
  }

  // MARK: Typing

  /// - Returns: whether the event was for the text.
  mutating func typeYAML(_ event: InputEvent) -> Bool {
    guard var form = yamlForm else { return false }
    guard form.operation == nil else { return false }
    let version = form.editor.version
    guard form.editor.handle(event) else { return false }
    if form.editor.version != version {
      form.refusals = []
      if form.editor.leftOut > 0 {
        log.add(
          "The text is full: \(form.editor.leftOut) characters were left out.", .warning, at: now)
      }
    }
    yamlForm = form
    return true
  }

  /// - Returns: whether the event was for a field beside the text.
  mutating func typeYAMLField(_ event: InputEvent) -> Bool {
    guard case .yamlFields(let field) = layers.last, yamlForm?.operation == nil else {
      return false
    }
    return yamlForm?.inputs[field]?.handle(event) ?? false
  }

  mutating func typeYAMLFile(_ event: InputEvent) -> Bool {
    guard case .yamlFile(var prompt) = layers.last, prompt.input.handle(event) else { return false }
    prompt.matches = []
    prompt.problem = nil
    layers[layers.count - 1] = .yamlFile(prompt)
    return true
  }

  /// Looks at what changed: at once, or a moment later where the text is large.
  mutating func recheckYAML() -> [Effect] {
    guard var form = yamlForm, !form.isChecked else { return [] }
    // A scalar is a byte at least: far too much is not even put together.
    guard form.editor.length <= YAMLText.Limits.bytes else {
      form.check = YAMLCheck(version: form.editor.version, excessOf: form.editor.length)
      yamlForm = form
      return []
    }
    let text = form.editor.string
    guard text.utf8.count > YAMLForm.quickLength else {
      form.check = YAMLCheck(version: form.editor.version, text: text, context: yamlContext)
      yamlForm = form
      return []
    }
    return [.checkYAML(version: form.editor.version, text, yamlContext)]
  }

  mutating func take(_ check: YAMLCheck) {
    guard var form = yamlForm, form.editor.version == check.version else { return }
    form.check = check
    yamlForm = form
  }

  /// The cluster changed under the text: a name may be taken meanwhile, or a Secret be known.
  mutating func refreshYAML(isForced: Bool = false) -> [Effect] {
    guard let form = yamlForm, form.operation == nil,
      isForced || validation.takenNames[form.check.name] != form.check.holder
    else { return [] }
    yamlForm?.check.version = -1
    return recheckYAML()
  }

  mutating func editYAML(_ edit: (inout EditorState) -> Void) -> [Effect] {
    guard var form = yamlForm, form.operation == nil else { return [] }
    edit(&form.editor)
    yamlForm = form
    return recheckYAML()
  }

  mutating func undoYAML() -> [Effect] {
    var isDone = false
    let effects = editYAML { isDone = $0.undo() }
    if !isDone { log.add("There is nothing to undo.", .information, at: now) }
    return effects
  }

  mutating func redoYAML() -> [Effect] {
    var isDone = false
    let effects = editYAML { isDone = $0.redo() }
    if !isDone { log.add("There is nothing to do again.", .information, at: now) }
    return effects
  }

  mutating func insertYAMLSkeleton() -> [Effect] {
    let namespace = yamlContext.namespaces.last ?? "default"
    guard yamlForm?.editor.isEmpty == true else {
      log.add("The skeleton is for an empty text.", .information, at: now)
      return []
    }
    return editYAML {
      $0.replaceAll(YAMLForm.skeleton(namespace: namespace))
      $0.move(to: EditorPlace(row: 3, column: 8))
    }
  }

  // MARK: Findings

  mutating func goToNextYAMLFinding() -> [Effect] {
    guard let form = yamlForm else { return [] }
    guard let finding = form.next() else {
      log.add(
        form.isChecked ? "Nothing is wrong." : "The text is being checked.", .information, at: now)
      return []
    }
    yamlForm?.go(to: finding.position)
    return []
  }

  /// Mends what is wrong in the cursor's line; else goes to the next that can be mended.
  mutating func fixYAML() -> [Effect] {
    checkYAMLNow()
    guard let form = yamlForm, form.operation == nil else { return [] }
    if let finding = form.findingHere, finding.fix != nil { return applyYAMLFix(finding) }
    guard let next = form.next(where: { $0.fix != nil }) else {
      log.add("There is nothing that can be fixed by itself.", .information, at: now)
      return []
    }
    yamlForm?.go(to: next.position)
    log.add("F4 again: \(next.fix?.summary ?? "").", .information, at: now)
    return []
  }

  private mutating func applyYAMLFix(_ finding: YAMLFinding) -> [Effect] {
    guard var form = yamlForm, let fix = finding.fix else { return [] }
    guard form.apply(fix) else {
      log.add("This cannot be fixed by itself: \(finding.advice)", .warning, at: now)
      return []
    }
    form.refusals = []
    yamlForm = form
    log.add("Done: \(fix.summary). Alt-U takes it back.", .information, at: now)
    return recheckYAML()
  }

  mutating func fixAllYAML() -> [Effect] {
    guard let form = yamlForm, form.operation == nil else { return [] }
    let text = form.editor.string
    guard text.utf8.count <= YAMLText.Limits.bytes else { return [] }
    let fixed = ManifestBundle.fixed(text, context: yamlContext)
    guard fixed != text else {
      log.add("There is nothing that can be fixed by itself.", .information, at: now)
      return []
    }
    let effects = editYAML { $0.replaceAll(fixed) }
    checkYAMLNow()
    let left = yamlForm?.check.summary ?? ""
    log.add(
      "Mended what could be\(left.isEmpty ? "" : ": \(left) left"). Alt-U takes it back.",
      .information, at: now)
    return effects
  }

  mutating func openYAMLFindings() -> [Effect] {
    checkYAMLNow()
    layers.append(.yamlFindings(selected: yamlForm?.currentIndex ?? 0))
    return []
  }

  var selectedYAMLFinding: YAMLFinding? {
    guard case .yamlFindings(let selected) = layers.last, let findings = yamlForm?.check.findings,
      findings.indices.contains(selected)
    else { return nil }
    return findings[selected]
  }

  mutating func chooseYAMLFinding() -> [Effect] {
    guard let finding = selectedYAMLFinding else { return closeLayer() }
    layers.removeLast()
    yamlForm?.go(to: finding.position)
    return []
  }

  mutating func fixSelectedYAMLFinding() -> [Effect] {
    guard let finding = selectedYAMLFinding else { return [] }
    guard finding.fix != nil else {
      log.add("This cannot be fixed by itself: \(finding.advice)", .information, at: now)
      return []
    }
    let effects = applyYAMLFix(finding)
    checkYAMLNow()
    let count = yamlForm?.check.findings.count ?? 0
    if case .yamlFindings(let selected) = layers.last {
      layers[layers.count - 1] = .yamlFindings(selected: max(0, min(selected, count - 1)))
    }
    return effects
  }

  /// What depends on it must not act on what was true a moment ago.
  mutating func checkYAMLNow() {
    guard var form = yamlForm, !form.isChecked,
      form.editor.length <= YAMLText.Limits.bytes
    else { return }
    form.check = YAMLCheck(
      version: form.editor.version, text: form.editor.string, context: yamlContext)
    yamlForm = form
  }

  // MARK: Mouse and movement

  mutating func clickYAML(_ point: Point) -> [Effect] {
    guard let form = yamlForm else { return [] }
    let rect = YAMLFormView.parts(self).body
    guard let place = Editor.place(form.editor, at: point, in: rect) else { return [] }
    yamlForm?.editor.move(to: place)
    return []
  }

  mutating func scrollYAML(by lines: Int) -> [Effect] {
    yamlForm?.editor.scroll(by: lines)
    return []
  }

  /// The cursor is on the screen.
  mutating func settleYAML() {
    guard var form = yamlForm else { return }
    let size = Editor.textSize(form.editor, in: YAMLFormView.parts(self).body)
    form.editor.settle(rows: size.rows, columns: size.columns)
    yamlForm = form
  }
}

extension DashboardState {
  /// `:yaml [FILE]`
  mutating func runYAML(_ file: String) -> Command.Outcome {
    if let reason = Binding.binding("yaml")?.disabledReason(self) { return .refused(reason) }
    return .done(openYAML(file: file))
  }
}
