internal import FoundationEssentials
internal import Kubernetes

/// A POST that is settled: when the answer gets lost it is found out whether the object is there and whose it is.
struct Post: Sendable {
  enum Outcome: Sendable {
    /// With the object's UID.
    case created(String)
    /// Somebody else's object has the name.
    case taken(APIError)
    case refused(APIError)
    /// Nothing could be found out within the attempts.
    case unknown(APIError)
  }

  let operations: ModelOperations
  let kind: ResourceKind
  let manifest: JSONValue
  let namespace: String
  /// How the object is read back; `nil` reads it whole.
  let accept: String?
  /// About half a minute with the usual back-off.
  var attempts = 7
  /// After this, on the steady clock, nothing is sent any more; what was sent is still read back.
  var deadline: Duration?

  private var name: String { manifest["metadata", "name"]?.stringValue ?? "" }

  func run() async -> Outcome {
    var generator = SystemRandomNumberGenerator()
    var lost: APIError?
    var last = APIError.timedOut("no answer")
    for attempt in 1...attempts {
      if attempt > 1 {
        let delay = operations.retry.delay(
          attempt: attempt - 1, retryAfter: last.retryAfter, using: &generator)
        try? await operations.clock.sleep(delay)
      }
      if Task.isCancelled { break }
      do {
        if lost != nil, let found = try await readBack() { return found }
        if let deadline, operations.steady.now() >= deadline {
          last = .timedOut("the API server took too long")
          guard lost == nil else { continue }
          return .refused(last)
        }
        let object = try await operations.api.create(kind, manifest, namespace: namespace)
        return .created(object.uid)
      } catch let error as APIError where error.isAlreadyExists {
        // The first answer was lost and the object may be the one that was asked for then.
        guard lost != nil else { return .taken(error) }
        last = error
      } catch let error as APIError where error.mayHaveTakenEffect {
        lost = error
        last = error
      } catch let error as APIError where error.isTransient {
        last = error
      } catch let error as APIError {
        return lost == nil ? .refused(error) : .unknown(error)
      } catch {
        break
      }
    }
    return lost == nil ? .refused(last) : .unknown(last)
  }

  /// Whose the object of the name is; `nil` where there is none.
  private func readBack() async throws -> Outcome? {
    var request = APIRequest.get(kind, name, namespace: namespace)
    request.accept = accept
    do {
      let body = try await operations.api.perform(request).body
      let found = UnstructuredObject(try JSONValue(parsing: body))
      if isTheSame(found) { return .created(found.uid) }
      return .taken(
        .status(
          .init(
            code: 409, reason: "AlreadyExists",
            message: "\(kind.plural) \"\(name)\" already exists")))
    } catch let error as APIError where error.isNotFound {
      return nil
    } catch is DecodingError {
      throw APIError.decoding("\(kind.kind) \(name) could not be read back")
    }
  }

  /// The annotations of a create name the request, who asked and when: nobody else's object has the same. What is made for
  /// an owner is told by that.
  private func isTheSame(_ found: UnstructuredObject) -> Bool {
    if let owner = manifest["metadata", "ownerReferences"]?.arrayValue?.first?["uid"] {
      let owners = found.json["metadata", "ownerReferences"]?.arrayValue ?? []
      return owners.contains { $0["uid"] == owner }
    }
    let sent = manifest["metadata", "annotations"]?.objectValue ?? [:]
    let there = found.json["metadata", "annotations"]?.objectValue ?? [:]
    return !sent.isEmpty && sent.allSatisfy { there[$0.key] == $0.value }
  }
}
