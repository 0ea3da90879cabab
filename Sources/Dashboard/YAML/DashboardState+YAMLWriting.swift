import ModelCore
import TerminalUI

extension DashboardState {
  // MARK: Files and editors

  mutating func openYAMLFilePrompt() -> [Effect] {
    guard yamlForm?.operation == nil else { return [] }
    layers.append(.yamlFile(FilePrompt()))
    return []
  }

  mutating func completeYAMLFile() -> [Effect] {
    guard case .yamlFile(let prompt) = layers.last else { return [] }
    return [.completePath(prompt.input.text)]
  }

  mutating func take(_ completion: PathCompletion) {
    guard case .yamlFile(var prompt) = layers.last, prompt.input.text == completion.typed else {
      return
    }
    prompt.input.set(completion.completed)
    prompt.matches = completion.matches
    prompt.problem =
      completion.problem ?? (completion.matches.isEmpty ? "Nothing is called like that." : nil)
    layers[layers.count - 1] = .yamlFile(prompt)
  }

  mutating func loadYAMLFile() -> [Effect] {
    guard case .yamlFile(var prompt) = layers.last, !prompt.isReading else { return [] }
    let path = prompt.input.text
    guard !path.isEmpty else { return closeLayer() }
    prompt.isReading = true
    prompt.problem = nil
    layers[layers.count - 1] = .yamlFile(prompt)
    return [.readFile(path)]
  }

  mutating func takeFile(_ outcome: TextOutcome) -> [Effect] {
    guard case .yamlFile(var prompt) = layers.last, prompt.isReading else { return [] }
    switch outcome {
    case .text(let text, let what):
      layers.removeLast()
      return takeYAMLText(text, what)
    case .unchanged(let why), .failed(let why):
      prompt.isReading = false
      prompt.problem = why
      layers[layers.count - 1] = .yamlFile(prompt)
      return []
    }
  }

  mutating func editYAMLOutside() -> [Effect] {
    guard let form = yamlForm, form.operation == nil else { return [] }
    return [.editText(form.editor.string)]
  }

  mutating func takeEdited(_ outcome: TextOutcome) -> [Effect] {
    switch outcome {
    case .text(let text, let what): return takeYAMLText(text, what)
    case .unchanged(let why): log.add(why, .information, at: now)
    case .failed(let why): log.add(why, .error, at: now)
    }
    return []
  }

  private mutating func takeYAMLText(_ text: String, _ what: String) -> [Effect] {
    log.add(what, .information, at: now)
    yamlForm?.refusals = []
    return editYAML { $0.replaceAll(text) }
  }

  // MARK: What stands beside the text

  mutating func openYAMLFields() -> [Effect] {
    layers.append(.yamlFields(.displayName))
    return []
  }

  mutating func moveYAMLField(by step: Int) -> [Effect] {
    guard case .yamlFields(let field) = layers.last else { return [] }
    let all = YAMLForm.Field.allCases
    let next = all[(field.rawValue + step + all.count) % all.count]
    layers[layers.count - 1] = .yamlFields(next)
    return []
  }

  /// Enter: the next field, and out behind the last.
  mutating func pressInYAMLFields() -> [Effect] {
    guard case .yamlFields(let field) = layers.last else { return [] }
    return field == YAMLForm.Field.allCases.last ? closeLayer() : moveYAMLField(by: 1)
  }

  // MARK: Creating

  mutating func submitYAML() -> [Effect] {
    checkYAMLNow()
    guard let form = yamlForm, form.operation == nil else { return [] }
    if let refusal = writeRefusal {
      log.add(refusal, .warning, at: now)
      return []
    }
    if let first = form.check.findings.first(where: { $0.severity == .error }) {
      let count = form.check.errors
      log.add(
        count == 1
          ? "Nothing was sent: there is 1 error." : "Nothing was sent: there are \(count) errors.",
        .warning, at: now)
      yamlForm?.go(to: first.position)
      return []
    }
    if let finding = form.fieldFindings.first(where: { $0.severity == .error }),
      let field = YAMLForm.Field.allCases.first(where: { $0.createField == finding.field })
    {
      log.add("Nothing was sent: \(finding.message).", .warning, at: now)
      layers.append(.yamlFields(field))
      return []
    }
    guard let request = form.request else { return [] }
    let write = ModelWrite.createFromYAML(request)
    let id = ModelID(namespace: form.check.namespace, name: request.name)
    return openPlan(
      title: "Create \(request.name) in \(form.check.namespace) from YAML", applyTitle: "Create",
      of: id, ask: { .plan($0, write) },
      apply: { $0.createFromYAML(write, id) })
  }

  private mutating func createFromYAML(_ write: ModelWrite, _ model: ModelID) -> [Effect] {
    guard var form = yamlForm, form.operation == nil else { return [] }
    let id = start(.create(model))
    form.operation = id
    yamlForm = form
    return [.write(id, write)]
  }

  /// What the server refused before anything was sent stands beside its line.
  mutating func refuseYAML(_ findings: [Finding]) {
    guard var form = yamlForm else { return }
    let errors = findings.filter { $0.severity == .error }
    // What the text's own check tells is told already.
    form.refusals = errors.filter { error in
      !form.check.findings.contains { $0.message == error.message }
    }
    if let place = form.refusals.lazy.compactMap(\.position).first { form.go(to: place) }
    yamlForm = form
  }

  /// What to say before what came of a create from YAML.
  func yamlHint(_ id: OperationID, _ result: OperationResult) -> String {
    guard result.isPartial, yamlForm?.operation == id || yamlDraft?.operation == id else {
      return ""
    }
    return "(the text is kept: Y) "
  }

  /// A create that ended: the text goes with success, and comes back with what was refused.
  ///
  /// - Parameters:
  ///   - isPartial: something of it is there and in the way: that has to be deleted before the text can be sent again.
  ///   - unsettled: the model of which it is not known yet whether it is there.
  mutating func finishYAML(
    _ id: OperationID, refused: [Finding]?, isPartial: Bool = false, unsettled: ModelID? = nil
  ) {
    if var form = yamlForm, form.operation == id {
      guard let refused else { return closeYAMLLayers() }
      form.operation = nil
      form.refusals = refused
      form.unsettled = unsettled.map { .init(model: $0, revision: form.revision) }
      if isPartial {
        closeYAMLLayers()
        yamlDraft = form
        return
      }
      if let place = refused.lazy.compactMap(\.position).first { form.go(to: place) }
      yamlForm = form
      return
    }
    guard var draft = yamlDraft, draft.operation == id else { return }
    yamlDraft = nil
    guard let refused else { return }
    draft.operation = nil
    draft.refusals = refused
    draft.unsettled = unsettled.map { .init(model: $0, revision: draft.revision) }
    yamlDraft = draft
    guard !isPartial else { return }
    log.add("The text of \(draft.check.name) is kept: Y opens it again.", .warning, at: now)
  }
}
