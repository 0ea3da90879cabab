internal import FoundationEssentials
internal import Kubernetes

extension RemoteModels {
  /// Carries out what the API has an operation for; what it has none for is refused in words.
  ///
  /// - Parameter progress: told in words what is being done.
  @concurrent
  package func perform(
    _ write: ModelWrite, progress: @escaping @Sendable (String) -> Void = { _ in }
  ) async -> OperationResult {
    switch write {
    case .create(let request):
      await create(request, progress).masking(SecretMask(token: request.huggingFaceToken))
    case .createFromYAML(let request):
      await post(request.body, to: "\(Self.path)/yaml", name: request.name, progress)
    case .update(let target, let change, let base):
      await update(target.id.name, change, base: base, progress)
    case .delete(let target, let keepVolume):
      keepVolume
        ? .failed(Self.notOffered("keep the volume of a model that is deleted"))
        : await delete(target.id.name, progress)
    case .scale: .failed(Self.notOffered("scale a model"))
    case .stop: .failed(Self.notOffered("stop a model"))
    case .start: .failed(Self.notOffered("start a model"))
    case .restart: .failed(Self.notOffered("restart a model"))
    case .recreate(let kept): await recreate(kept, progress)
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

  private func recreate(
    _ kept: KeptModel, _ progress: @Sendable (String) -> Void
  ) async -> OperationResult {
    guard case .managed(let request) = kept.content else {
      return .failed(Self.notOffered("make a model from YAML again"))
    }
    return await create(request, progress)
  }

  private func post(
    _ body: JSONValue, to path: String, name: String, _ progress: @Sendable (String) -> Void
  ) async -> OperationResult {
    progress("asking the Models API")
    let task = "create model \(name)"
    do {
      let answer = try await answer(
        APIRequest(
          .post, path, body: try body.encoded(), contentType: "application/json", purpose: task))
      let namespace = answer["model", "namespace"]?.stringValue
      return .succeeded(
        "created model \(name)" + (namespace.map { " in namespace \($0)" } ?? ""))
    } catch let error as APIError where error.isOutcomeUnknown {
      return await settle(task, error) { model in
        model == nil ? nil : "created model \(name): the answer was lost, and it is there"
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
    guard !change.redeploys else {
      return .failed(Self.notOffered("change more than display name, description and tags"))
    }
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
      progress("asking the Models API")
      _ = try await answer(
        APIRequest(
          .put, Self.path(of: name), body: try change.metadataBody.encoded(),
          contentType: "application/json", purpose: task))
      return .succeeded("updated model \(name)")
    } catch let error as APIError where error.isOutcomeUnknown {
      return await settle(task, error) { model in
        guard let model else { return nil }
        let fields = ModelFields(model)
        return change.changed.allSatisfy({ fields[$0] == change[$0] })
          ? "updated model \(name): the answer was lost, and the change is there" : nil
      }
    } catch {
      return failure(error, doing: task)
    }
  }

  // MARK: Deleting

  private func delete(
    _ name: String, _ progress: @Sendable (String) -> Void
  ) async -> OperationResult {
    progress("asking the Models API")
    let task = "delete model \(name)"
    do {
      let answer = try await answer(
        APIRequest(.delete, Self.path(of: name), purpose: task))
      return .succeeded(answer["message"]?.stringValue ?? "deleted model \(name)")
    } catch let error as APIError where error.isOutcomeUnknown {
      return await settle(task, error) { model in
        model == nil ? "deleted model \(name): the answer was lost, and it is gone" : nil
      }
    } catch {
      return failure(error, doing: task)
    }
  }

  // MARK: How it ended

  /// Reads back after an answer that got lost.
  ///
  /// - Parameter isDone: what is there, `nil` where there is none; the sentence to tell where the write took effect.
  private func settle(
    _ task: String, _ error: APIError, isDone: (Model?) -> String?
  ) async -> OperationResult {
    let name = task.split(separator: " ").last.map(String.init) ?? ""
    do {
      if let text = isDone(try await model(named: name)) { return .succeeded(text) }
    } catch let found as APIError where found.isNotFound {
      if let text = isDone(nil) { return .succeeded(text) }
    } catch {
      // Not known; said below.
    }
    return .outcomeUnknown(
      "the connection was lost while the Models API was to \(task) (\(error.description)). "
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
      case 429, 502, 503: .unavailable
      default:
        if case .unauthorized = error { .unauthenticated } else { .unavailable }
      }
    return .failed(OperationFailure(kind, error.description))
  }
}
