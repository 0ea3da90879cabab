internal import FoundationEssentials
internal import Kubernetes

/// The verbs of the API on the object store: what an API server does apart from HTTP.
///
/// The routes call it for clients, and the controllers for themselves.
final class APIServer: Sendable {
  let registry: Registry
  let store: ObjectStore
  let clock: any SimulationClock
  let serviceAddresses = AddressPool()
  let traffic = ModelTraffic()

  init(registry: Registry, store: ObjectStore, clock: any SimulationClock) {
    self.registry = registry
    self.store = store
    self.clock = clock
  }

  var timestamp: JSONValue { .string(Timestamp.format(clock.date)) }

  func get(_ resource: ResourceDefinition, _ key: ObjectKey) throws(Refusal) -> StoredObject {
    guard let object = store.object(resource.id, key) else {
      throw .notFound(resource, key.name)
    }
    return object
  }
}

/// What a list asks for.
struct ListRequest: Sendable {
  var namespace: String?
  var labels = LabelSelector.everything
  var fields: FieldSelector?
  var limit = 0
  var continueToken: String?
  var resourceVersion: String?
  var match: VersionMatch?

  enum VersionMatch: String, Sendable { case exact = "Exact", notOlderThan = "NotOlderThan" }
}

/// One page of a list.
struct ListPage: Sendable {
  var objects: [StoredObject]
  var revision: Int64
  var continueToken: String?
  var remaining: Int?
}

extension APIServer {
  func list(_ resource: ResourceDefinition, _ request: ListRequest) throws(Refusal) -> ListPage {
    var (objects, revision) = try candidates(resource, request)
    let selects = !request.labels.requirements.isEmpty || request.fields?.terms.isEmpty == false
    if selects {
      objects = objects.filter { matches($0.json, resource, request) }
    }
    guard request.limit > 0, objects.count > request.limit else {
      return ListPage(objects: objects, revision: revision)
    }
    let page = Array(objects[..<request.limit])
    let rest = Array(objects[request.limit...])
    store.keepSnapshot(
      rest, revision: revision, of: .init(resource: resource.id, namespace: request.namespace))
    let last = page[page.count - 1].key
    return ListPage(
      objects: page, revision: revision,
      continueToken: ContinueToken(revision: revision, after: last).text,
      remaining: selects ? nil : rest.count)
  }

  func matches(
    _ object: JSONValue, _ resource: ResourceDefinition, _ request: ListRequest
  ) -> Bool {
    request.labels.matches(object.labels)
      && request.fields?.matches(object, of: resource) ?? true
  }

  /// The objects from which a page is taken: now, or at the revision of the list that goes on.
  private func candidates(
    _ resource: ResourceDefinition, _ request: ListRequest
  ) throws(Refusal) -> ([StoredObject], Int64) {
    guard let text = request.continueToken, !text.isEmpty else {
      if request.match == .exact, let wanted = request.resourceVersion.flatMap({ Int64($0) }) {
        guard let objects = store.objects(resource.id, in: request.namespace, at: wanted) else {
          throw .expired("The resourceVersion for the provided list is too old.")
        }
        try check(request, store.revision)
        return (objects, wanted)
      }
      let (objects, revision) = store.objects(resource.id, in: request.namespace)
      try check(request, revision)
      return (objects, revision)
    }
    if let version = request.resourceVersion, !version.isEmpty, version != "0" {
      throw .badRequest("specifying resource version is not allowed when using continue")
    }
    guard let token = ContinueToken(text) else {
      throw .badRequest(
        "invalid continue token: continue key is not valid: the text is no token of this server")
    }
    let isAfter = { (object: StoredObject) in token.isBefore(object.key) }
    if token.revision == ContinueToken.inconsistent {
      let (objects, revision) = store.objects(resource.id, in: request.namespace)
      return (objects.filter(isAfter), revision)
    }
    let list = ListSnapshots.Key(resource: resource.id, namespace: request.namespace)
    if let objects = store.snapshot(revision: token.revision, of: list) {
      return (objects.filter(isAfter), token.revision)
    }
    throw expired(token)
  }

  private func check(_ request: ListRequest, _ revision: Int64) throws(Refusal) {
    guard let text = request.resourceVersion, !text.isEmpty else { return }
    guard let wanted = Int64(text), wanted >= 0 else {
      throw Refusal(
        code: 400, reason: "BadRequest",
        message: "resourceVersion: Invalid value: \"\(text)\": strconv.ParseUint: parsing "
          + "\"\(text)\": invalid syntax")
    }
    if wanted > revision { throw .tooLargeResourceVersion(wanted, current: revision) }
  }

  private func expired(_ token: ContinueToken) -> Refusal {
    var refusal = Refusal.expired(
      "The provided continue parameter is too old to display a consistent list result. You can "
        + "start a new list without the continue parameter, or use the continue token in this "
        + "response to retrieve the remainder of the results. Continuing with the provided token "
        + "results in an inconsistent list - objects that were created, modified, or deleted "
        + "between the time the first chunk was returned and now may show up in the list.")
    var next = token
    next.revision = ContinueToken.inconsistent
    refusal.metadata["continue"] = .string(next.text)
    return refusal
  }
}

/// Where a list goes on: clients must treat it as opaque text.
struct ContinueToken: Sendable, Equatable {
  static let inconsistent: Int64 = -1

  var revision: Int64
  var namespace: String
  var name: String

  init(revision: Int64, after key: ObjectKey) {
    self.revision = revision
    namespace = key.namespace
    name = key.name
  }

  init?(_ text: String) {
    let padded = text + String(repeating: "=", count: (4 - text.count % 4) % 4)
    guard let data = Data(base64Encoded: padded), let json = try? JSONValue(parsing: data),
      let revision = json.integer("rv"), let start = json["start"]?.stringValue
    else { return nil }
    let parts = start.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    self.revision = revision
    namespace = String(parts[0])
    name = String(parts[1].prefix { $0 != "\0" })
  }

  var text: String {
    let json: JSONValue = [
      "v": "meta.k8s.io/v1", "rv": .integer(revision), "start": .string("\(namespace)/\(name)\0"),
    ]
    let text = ((try? json.encoded()) ?? Data()).base64EncodedString()
    return String(text.prefix { $0 != "=" })
  }

  /// Whether an object comes after the last one of the page before.
  func isBefore(_ key: ObjectKey) -> Bool {
    if namespace != key.namespace { return namespace + "/" < key.namespace + "/" }
    return name < key.name
  }
}
