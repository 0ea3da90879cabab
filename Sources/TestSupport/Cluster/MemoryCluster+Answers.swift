internal import FoundationEssentials
internal import Kubernetes

extension APIRequest {
  /// Of a DELETE its options say so, of any other write the query does.
  var isDryRun: Bool {
    if query.contains(where: { $0.name == "dryRun" }) { return true }
    guard method == .delete, let body, let options = try? JSONValue(parsing: body) else {
      return false
    }
    return options["dryRun"]?.arrayValue?.isEmpty == false
  }
}

/// The parts of a request's path.
struct Address {
  var collection: String
  var group: String
  var plural: String
  var namespace: String?
  var name: String?

  init(_ request: APIRequest) throws {
    var parts = request.path.split(separator: "/").map(String.init)
    let isCore = parts.first == "api"
    let root = Array(parts.prefix(isCore ? 2 : 3))
    group = isCore ? "" : (root.count > 1 ? root[1] : "")
    parts.removeFirst(min(parts.count, isCore ? 2 : 3))
    if parts.count > 2, parts[0] == "namespaces" {
      namespace = parts[1]
      parts.removeFirst(2)
    }
    guard let plural = parts.first else {
      throw APIError.status(.init(code: 404, reason: "NotFound", message: "no such path"))
    }
    self.plural = plural
    name = parts.count > 1 ? parts[1] : nil
    collection = "/" + (root + [plural]).joined(separator: "/")
  }

  func place(named name: String) -> Place {
    Place(collection: collection, namespace: namespace, name: name)
  }
}

extension MemoryCluster.State {
  mutating func answer(_ request: APIRequest) throws -> APIResponse {
    if request.path == "/version" { return try response(["gitVersion": "v1.20.2"]) }
    let parts = request.path.split(separator: "/")
    if parts.count == 3, parts[0] == "apis" { return try discovery(String(parts[1])) }
    let address = try Address(request)
    try checkServed(address)
    let isDry = request.isDryRun
    let before = self
    defer { if isDry { undo(to: before) } }
    switch request.method {
    case .get:
      return try response(try read(request, address))
    case .post:
      return try response(try create(request, address), code: 201)
    case .patch:
      return try response(try patch(request, address))
    case .put:
      return try response(try update(request, address))
    case .delete:
      return try response(try delete(request, address))
    }
  }

  /// A dry run leaves everything but the list of requests as it was.
  private mutating func undo(to before: MemoryCluster.State) {
    objects = before.objects
    version = before.version
    nextUID = before.nextUID
    history = before.history
  }

  private func response(_ value: JSONValue, code: Int = 200) throws -> APIResponse {
    APIResponse(statusCode: code, body: try value.encoded())
  }

  private func body(of request: APIRequest) throws -> JSONValue {
    try JSONValue(parsing: request.body ?? Data())
  }

  private func failure(_ code: Int, _ reason: String, _ message: String) -> APIError {
    .status(.init(code: code, reason: reason, message: message))
  }

  func checkServed(_ address: Address) throws {
    let custom = ["servicemonitors", "podautoscalers", "clusterpolicies"]
    guard custom.contains(address.plural), !served.contains(address.plural) else { return }
    throw failure(404, "NotFound", "the server could not find the requested resource")
  }

  private func discovery(_ group: String) throws -> APIResponse {
    let plurals = [
      "monitoring.coreos.com": "servicemonitors", "autoscaling.aibrix.ai": "podautoscalers",
      "nvidia.com": "clusterpolicies",
    ]
    guard let plural = plurals[group], served.contains(plural) else {
      throw failure(404, "NotFound", "the server could not find the requested resource")
    }
    return try response(["resources": [["name": .string(plural)]]])
  }

  // MARK: Reading

  private func read(_ request: APIRequest, _ address: Address) throws -> JSONValue {
    let isPartial = request.accept?.contains("PartialObjectMetadata") ?? false
    if let name = address.name {
      guard let object = find(address.place(named: name)) else {
        throw failure(404, "NotFound", "\(address.plural) \"\(name)\" not found")
      }
      return isPartial ? Self.partial(object) : object
    }
    let selector = Selector(request)
    let all = (objects[address.collection] ?? [:]).sorted { $0.key < $1.key }.filter { entry in
      (address.namespace == nil
        || entry.value["metadata", "namespace"]?.stringValue == address.namespace)
        && selector.matches(entry.value)
    }
    let start = request.query.first { $0.name == "continue" }?.value
    let rest = all.filter { start == nil || $0.key > (start ?? "") }
    let limit = Int(request.query.first { $0.name == "limit" }?.value ?? "") ?? Int.max
    let page = rest.prefix(limit)
    var metadata: JSONValue = ["resourceVersion": .string(String(version))]
    if page.count < rest.count { metadata["continue"] = .string(page.last?.key ?? "") }
    let items = page.map { isPartial ? Self.partial($0.value) : $0.value }
    return ["metadata": metadata, "items": items.isEmpty ? .null : .array(items)]
  }

  // MARK: Writing

  private mutating func create(_ request: APIRequest, _ address: Address) throws -> JSONValue {
    let object = try admitted(body(of: request))
    try checkNamespace(address)
    guard find(address.place(named: object.name)) == nil else {
      throw failure(409, "AlreadyExists", "\(address.plural) \"\(object.name)\" already exists")
    }
    return store(object, at: address.place(named: object.name), kind: nil)
  }

  private func admitted(_ object: JSONValue) -> JSONValue { admission?(object) ?? object }

  private func checkNamespace(_ address: Address) throws {
    guard let namespace = address.namespace else { return }
    let place = Place(kind: K8s.Namespace.resourceKind, namespace: nil, name: namespace)
    if find(place) == nil {
      throw failure(404, "NotFound", "namespaces \"\(namespace)\" not found")
    }
  }

  private mutating func patch(_ request: APIRequest, _ address: Address) throws -> JSONValue {
    let change = try body(of: request)
    let place = address.place(named: address.name ?? "")
    let isApply = request.contentType == "application/apply-patch+yaml"
    guard let old = find(place) else {
      guard isApply else {
        throw failure(404, "NotFound", "\(address.plural) \"\(place.name)\" not found")
      }
      try checkNamespace(address)
      if let uid = change["metadata", "uid"]?.stringValue {
        throw failure(
          409, "Conflict",
          "uid mismatch: the provided object specified uid \(uid), and no existing object was found"
        )
      }
      return store(admitted(change), at: place, kind: nil)
    }
    for field in ["uid", "resourceVersion"] {
      if let wanted = change["metadata", field], wanted != old["metadata", field] {
        throw failure(409, "Conflict", "the \(field) is not the one asked for")
      }
    }
    let new = admitted(isApply ? Self.applied(change, to: old) : old.merging(patch: change))
    guard new != old else { return old }
    return store(new, at: place, kind: nil)
  }

  /// Objects merge, lists of keyed elements merge by their key, everything else is replaced.
  static func applied(_ change: JSONValue, to old: JSONValue?) -> JSONValue {
    switch (change, old) {
    case (.object(let members), .object(var result)?):
      for (key, value) in members { result[key] = applied(value, to: result[key]) }
      return .object(result)
    case (.array(let elements), .array(let found)?):
      let keys = ["uid", "mountPath", "containerPort", "port", "name"]
      guard let key = keys.first(where: { elements.first?[$0] != nil }) else { return change }
      var result = found
      for element in elements {
        if let index = result.firstIndex(where: { $0[key] == element[key] }) {
          result[index] = applied(element, to: result[index])
        } else {
          result.append(element)
        }
      }
      return .array(result)
    default: return change
    }
  }

  private mutating func update(_ request: APIRequest, _ address: Address) throws -> JSONValue {
    let place = address.place(named: address.name ?? "")
    guard let old = find(place) else {
      throw failure(404, "NotFound", "\(address.plural) \"\(place.name)\" not found")
    }
    let new = admitted(try body(of: request))
    for field in ["uid", "resourceVersion"] {
      if let wanted = new["metadata", field], wanted != old["metadata", field] {
        throw failure(409, "Conflict", "the \(field) is not the one asked for")
      }
    }
    return new == old ? old : store(new, at: place, kind: nil)
  }

  private mutating func delete(_ request: APIRequest, _ address: Address) throws -> JSONValue {
    let place = address.place(named: address.name ?? "")
    guard let object = find(place) else {
      throw failure(404, "NotFound", "\(address.plural) \"\(place.name)\" not found")
    }
    let options = try body(of: request)
    for field in ["uid", "resourceVersion"] {
      if let wanted = options["preconditions", field], wanted != object["metadata", field] {
        throw failure(409, "Conflict", "the \(field) in the precondition does not match")
      }
    }
    delete(place)
    return object
  }
}
