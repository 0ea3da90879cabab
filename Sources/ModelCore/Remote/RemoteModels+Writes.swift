internal import FoundationEssentials
internal import Kubernetes

extension RemoteModels {
  /// Carries out what the API has an operation for; what it has none for, and what is guarded, is refused in words. What was
  /// sent is noted in the journal.
  ///
  /// - Parameter progress: told in words what is being done.
  @concurrent
  package func perform(
    _ write: ModelWrite, progress: @escaping @Sendable (String) -> Void = { _ in }
  ) async -> OperationResult {
    if let refusal = refusal(of: write) { return .failed(refusal) }
    let result = await carryOut(write, progress)
    note(write, result)
    readNow()
    return result
  }

  /// Why a write cannot be asked for here, before it is sent; `nil` where it can.
  package func refusal(of write: ModelWrite) -> OperationFailure? {
    if let refusal = Self.notOffered(write) { return refusal }
    if settings.isReadOnly {
      return OperationFailure(
        .forbidden, "this is a read-only session: start without --read-only")
    }
    let guards = settings.guards
    if let refusal = guards.writeRefusal { return refusal }
    switch write {
    case .create(let request):
      return guards.refusal(ofGPUs: request.resolvedGPUCount, for: request.name)
    case .createFromYAML(let request):
      return guards.refusal(ofGPUs: request.requestedGPUs, for: request.name)
    case .delete: return guards.deleteRefusal
    default: return nil
    }
  }

  /// What there is no operation for, in words; `nil` where there is one.
  package static func notOffered(_ write: ModelWrite) -> OperationFailure? {
    switch write {
    case .create, .createFromYAML: nil
    case .update(_, let change, _):
      change.redeploys
        ? notOffered("change more than display name, description and tags") : nil
    case .delete(_, let keepVolume):
      keepVolume ? notOffered("keep the volume of a model that is deleted") : nil
    case .scale: notOffered("scale a model")
    case .stop: notOffered("stop a model")
    case .start: notOffered("start a model")
    case .restart: notOffered("restart a model")
    case .recreate: notOffered("make a deleted model again")
    }
  }

  private func carryOut(
    _ write: ModelWrite, _ progress: @Sendable (String) -> Void
  ) async -> OperationResult {
    switch write {
    case .create(let request):
      await create(request, progress).masking(SecretMask(token: request.huggingFaceToken))
    case .createFromYAML(let request):
      await post(request.body, to: "\(Self.path)/yaml", name: request.name, progress)
    case .update(let target, let change, let base):
      await update(target.id.name, change, base: base, progress)
    case .delete(let target, _): await delete(target, progress)
    case .scale, .stop, .start, .restart, .recreate:
      .failed(Self.notOffered(write) ?? Self.notOffered(write.verb))
    }
  }

  private func note(_ write: ModelWrite, _ result: OperationResult) {
    let id = write.target?.id ?? ModelID(namespace: "", name: write.name)
    switch result {
    // Nothing was sent.
    case .invalid: return
    case .succeeded(let text): journal?.note(write.verb, id, .done, text)
    case .failed(let failure): journal?.note(write.verb, id, .failed, failure.message)
    case .outcomeUnknown(let text): journal?.note(write.verb, id, .unknown, text)
    }
  }

  // MARK: Creating

  private func create(
    _ request: CreateRequest, _ progress: @Sendable (String) -> Void
  ) async -> OperationResult {
    let findings = request.findings(in: ValidationContext())
    guard findings.allSatisfy({ $0.severity != .error }) else { return .invalid(findings) }
    return await post(request.body, to: Self.path, name: request.name, progress)
  }

  /// So far clocks may differ.
  private static let clockSkew: Double = 120

  private func post(
    _ body: JSONValue, to path: String, name: String, _ progress: @Sendable (String) -> Void
  ) async -> OperationResult {
    progress("asking the HTTP API")
    let task = "create model \(name)"
    let sent = clock.now()
    do {
      let answer = try await answer(
        APIRequest(
          .post, path, body: try body.encoded(), contentType: "application/json", purpose: task))
      let namespace = answer["model", "namespace"]?.stringValue
      return .succeeded(
        "created model \(name)" + (namespace.map { " in namespace \($0)" } ?? ""))
    } catch let error as APIError where error.isAnswerLost {
      return await settle(task, name, error, progress) { model in
        guard let model else { return nil }
        let age = sent.timeIntervalSince(model.createdAt ?? sent)
        return age < Self.clockSkew
          ? .succeeded("created model \(name): the answer was lost, and it is there")
          : .failed(
            OperationFailure(
              .conflict, "the name \(name) is taken by a model that was there before"))
      }
    } catch {
      return failure(error, doing: task)
    }
  }

  // MARK: Changing

  /// The API has no preconditions: what others changed since is seen by reading first, as late as can be.
  private func update(
    _ name: String, _ change: ModelChange, base: ModelFields?,
    _ progress: @Sendable (String) -> Void
  ) async -> OperationResult {
    let findings = change.metadataFindings()
    guard findings.allSatisfy({ $0.severity != .error }) else { return .invalid(findings) }
    let task = "update model \(name)"
    do {
      if let base {
        progress("looking at model \(name)")
        let current = try await model(named: name)
        let threeWay = ThreeWay(base: base, change: change, current: ModelFields(current))
        guard threeWay.conflicts.isEmpty else {
          return .failed(
            OperationFailure(
              .conflict,
              "model \(name) was changed meanwhile: nothing was written. Look at both and choose.",
              threeWay: threeWay))
        }
      }
      progress("asking the HTTP API")
      _ = try await answer(
        APIRequest(
          .put, Self.path(of: name), body: try change.metadataBody.encoded(),
          contentType: "application/json", purpose: task))
      return .succeeded("updated model \(name)")
    } catch let error as APIError where error.isAnswerLost {
      return await settle(task, name, error, progress) { model in
        guard let model else { return nil }
        let fields = ModelFields(model)
        return change.changed.allSatisfy({ fields[$0] == change[$0] })
          ? .succeeded("updated model \(name): the answer was lost, and the change is there") : nil
      }
    } catch {
      return failure(error, doing: task)
    }
  }

  // MARK: Deleting

  private func delete(
    _ target: ModelTarget, _ progress: @Sendable (String) -> Void
  ) async -> OperationResult {
    let name = target.id.name
    let task = "delete model \(name)"
    do {
      if let uid = target.uid, !uid.isEmpty {
        // A namesake that took its place is not what was looked at.
        progress("looking at model \(name)")
        let current = try await model(named: name)
        guard current.uid == uid else {
          return .failed(
            OperationFailure(
              .conflict,
              "model \(name) is another one now, made at \(current.uid): nothing was deleted. Look again."
            ))
        }
      }
      progress("asking the HTTP API")
      let answer = try await answer(
        APIRequest(.delete, Self.path(of: name), purpose: task))
      return .succeeded(answer["message"]?.stringValue ?? "deleted model \(name)")
    } catch let error as APIError where error.isAnswerLost {
      return await settle(task, name, error, progress) { model in
        model == nil
          ? .succeeded("deleted model \(name): the answer was lost, and it is gone") : nil
      }
    } catch {
      return failure(error, doing: task)
    }
  }

  // MARK: How it ended

  /// Reads back after an answer that got lost, until it is known what became of the write or the time is over.
  ///
  /// - Parameter outcome: what is there, `nil` where there is none; how the write ended where that tells it.
  private func settle(
    _ task: String, _ name: String, _ error: APIError, _ progress: @Sendable (String) -> Void,
    outcome: (Model?) -> OperationResult?
  ) async -> OperationResult {
    progress("the answer was lost: finding out what became of it")
    var generator = SystemRandomNumberGenerator()
    let end = clock.steady().addingTimeInterval(settings.settling.seconds)
    var attempt = 0
    while !Task.isCancelled {
      do {
        if let result = outcome(try await model(named: name)) { return result }
      } catch let found as APIError where found.isNotFound {
        if let result = outcome(nil) { return result }
      } catch {
        // Not known yet.
      }
      attempt += 1
      let pause = retry.delay(attempt: attempt, using: &generator)
      guard clock.steady().addingTimeInterval(pause.seconds) < end,
        (try? await clock.sleep(pause)) != nil
      else { break }
    }
    return .outcomeUnknown(
      "the answer was lost while the HTTP API was to \(task) (\(error.description)). "
        + "Whether it did is not known: look at the model again.")
  }

  private func failure(_ error: any Error, doing task: String) -> OperationResult {
    guard let error = error as? APIError else {
      return .failed(OperationFailure(error, doing: task))
    }
    // The API's words are written for who reads them; the code says what kind it is.
    let kind: OperationFailure.Kind =
      switch error.statusCode {
      case 400, 413, 415, 422: .rejected
      case 401: .unauthenticated
      case 403: .forbidden
      case 404: .notFound
      case 409: .conflict
      default:
        if case .unauthorized = error { .unauthenticated } else { .unavailable }
      }
    return .failed(OperationFailure(kind, error.description))
  }
}

extension APIError {
  /// Whether the HTTP API may have done what its answer did not tell; a gateway before it says 502 for an answer that was cut.
  fileprivate var isAnswerLost: Bool { isOutcomeUnknown || statusCode == 502 }
}

extension YAMLRequest {
  /// GPUs that all replicas of its Deployment ask for. A text that cannot be read is the server's to refuse.
  fileprivate var requestedGPUs: Int {
    var context = ManifestBundle.Context()
    context.isPlaceOpen = true
    guard let json = bundle(in: context).deployment?.node.json,
      let deployment = try? JSONCoding.decode(K8s.Deployment.self, from: json)
    else { return 0 }
    let each = GPUResource.requests(of: deployment.spec?.template?.spec).values.reduce(0, +)
    let (sum, isTooMany) = each.multipliedReportingOverflow(by: deployment.spec?.replicas ?? 1)
    return isTooMany ? .max : sum
  }
}
