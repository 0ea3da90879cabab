import ModelCore

extension DashboardState {
  /// Why the selected model cannot be cloned, as a sentence; `nil` when it can.
  var cloneRefusal: String? {
    if let refusal = writeRefusal { return refusal }
    if clonable == nil { return "No model is selected." }
    return createForm == nil ? nil : "A form is open already."
  }

  /// The model of the details, else the selected one.
  private var clonable: Model? { detailsState?.model ?? table.selected }

  /// `C`: a new form with what another model was made from, which is asked of the server.
  mutating func cloneModel() -> [Effect] {
    guard let model = clonable else { return [] }
    operationCount += 1
    let id = OperationID(operationCount)
    cloning = (id, model)
    return [.readStored(id, model.id)]
  }

  /// What the cluster keeps of a model, where that was asked for a clone.
  ///
  /// - Returns: whether it was.
  mutating func takeClone(
    _ id: OperationID, _ stored: Result<StoredModel, OperationFailure>
  ) -> Bool {
    guard let (question, model) = cloning, question == id else { return false }
    cloning = nil
    switch stored {
    case .failure(let failure) where model.isOurs:
      log.add("cloning \(model.name): \(failure.message)", .error, at: now)
    case .failure: openClone(of: model, nil)
    case .success(let stored): openClone(of: model, stored)
    }
    return true
  }

  private mutating func openClone(of model: Model, _ stored: StoredModel?) {
    guard createForm == nil else { return }
    var request = stored?.request ?? Self.request(asSeen: model)
    request.name = cloneName(of: model.name)
    if let name = request.displayName { request.displayName = "\(name) (copy)" }
    let draft = newDraftName()
    let context = validation
    var form = CreateForm(draft: draft, place: draftPlace, cloning: request, context: context)
    if let text = ServedNameOffer.text(form) { form.set(.command, to: text, in: context) }
    if stored?.hasToken == true { shelf.withoutToken.insert(draft) }
    layers.removeAll { if case .details = $0 { true } else { false } }
    layers.append(.create(form))
    var parts = ["A copy of \(Excerpt.line(model.name, limit: 63))"]
    if stored?.request == nil {
      parts.append("as far as it can be seen: storage and delays are the defaults")
    }
    if stored?.hasToken == true { parts.append("its token is not copied: paste it again") }
    log.add(parts.joined(separator: "; ") + ".", .information, at: now)
  }

  /// What can be told of a model that was not made by a form.
  private static func request(asSeen model: Model) -> CreateRequest {
    var request = CreateRequest(name: model.name, image: model.image, command: model.command)
    request.displayName = model.displayName == model.name ? nil : model.displayName
    request.modelDescription = model.modelDescription.isEmpty ? nil : model.modelDescription
    request.gpuCount = model.gpu.perReplica
    request.tags = model.tags
    return request
  }

  /// `llama-7b-2`, or the next number that is free; the suffix takes the place of what is too long.
  private func cloneName(of name: String) -> String {
    var base = Substring(name)
    let digits = base.reversed().prefix { $0.isASCII && $0.isNumber }.count
    // `qwen-72` counts its parameters, `qwen-2` is a second one.
    if digits == 1, base.dropLast(digits).hasSuffix("-") { base = base.dropLast(digits + 1) }
    let taken = validation.takenNames
    for number in 2...999 {
      let suffix = "-\(number)"
      let candidate = base.prefix(63 - suffix.count) + suffix
      if taken[String(candidate)] == nil { return String(candidate) }
    }
    return name
  }
}
