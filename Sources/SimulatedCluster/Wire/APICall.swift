internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes
internal import NIOCore

/// One request to a resource: its verb on the server, and the answer as HTTP.
struct APICall: Sendable {
  let server: APIServer
  let resource: ResourceDefinition
  let target: RequestTarget
  let query: RequestQuery
  let representation: Representation
  let userAgent: String

  var key: ObjectKey { ObjectKey(namespace: target.namespace ?? "", name: target.name ?? "") }

  /// Refuses paths that do not fit the kind: no namespace where there must be one, and the like.
  func checkScope() throws(Refusal) {
    if target.namespace != nil && !resource.kind.isNamespaced { throw .noSuchResource }
    if target.name != nil && target.namespace == nil && resource.kind.isNamespaced {
      throw .noSuchResource
    }
    if let name = target.subresource {
      let isServed =
        switch Subresource(rawValue: name) {
        case .status: resource.hasStatus
        case .scale: resource.scale != nil
        case .finalize: resource.id == BuiltIn.namespaces
        case .binding, .eviction, .log: resource.id == BuiltIn.pods
        case .proxy: resource.id == BuiltIn.pods || resource.id == BuiltIn.services
        case nil: false
        }
      guard isServed else { throw .noSuchResource }
    }
  }

  var subresource: Subresource? { target.subresource.flatMap(Subresource.init(rawValue:)) }

  /// - Parameter options: the kind of object that the query of this verb stands for, for errors.
  func write(_ options: String) throws(Refusal) -> WriteRequest {
    var request = WriteRequest(fieldManager: query["fieldManager"] ?? defaultManager)
    let dryRun = query.all("dryRun")
    try checkDryRun(dryRun, options)
    request.isDryRun = !dryRun.isEmpty
    request.isForced = query.isOn("force")
    request.fieldValidation =
      query["fieldValidation"].flatMap(WriteRequest.FieldValidation.init(rawValue:)) ?? .ignore
    return request
  }

  private func checkDryRun(_ values: [String], _ options: String) throws(Refusal) {
    guard values.contains(where: { $0 != "All" }) else { return }
    throw .invalidOptions(
      options,
      FieldError(
        kind: .notSupported(["All"]), field: "dryRun", value: GoText.list(values), detail: ""))
  }

  /// The part of the user agent before the slash: `kubectl`.
  private var defaultManager: String {
    String(userAgent.prefix { $0 != "/" })
  }

  func rendering(_ representation: Representation? = nil) -> Rendering {
    Rendering(
      resource: resource, representation: representation ?? self.representation,
      now: server.clock.date, includeObject: query["includeObject"] ?? "Metadata")
  }

  func listRequest() throws(Refusal) -> ListRequest {
    var request = ListRequest(namespace: target.namespace)
    if let text = query["labelSelector"] { request.labels = try LabelSelector(parsing: text) }
    if let text = query["fieldSelector"], !text.isEmpty {
      request.fields = try FieldSelector(parsing: text, for: resource)
    }
    if let text = query["limit"], !text.isEmpty {
      guard let limit = Int(text) else {
        throw .badRequest("strconv.ParseInt: parsing \"\(text)\": invalid syntax")
      }
      request.limit = max(0, limit)
    }
    request.continueToken = query["continue"]
    request.resourceVersion = query["resourceVersion"]
    request.match = try versionMatch()
    return request
  }
}

extension APICall {
  /// How the revision of a list is meant. A watch with initial events names it too.
  private func versionMatch() throws(Refusal) -> ListRequest.VersionMatch? {
    guard let text = query["resourceVersionMatch"], !text.isEmpty else { return nil }
    guard let match = ListRequest.VersionMatch(rawValue: text) else {
      throw .invalidOptions(
        "ListOptions",
        .notSupported("resourceVersionMatch", text, ["Exact", "NotOlderThan", ""]))
    }
    if (query["resourceVersion"] ?? "").isEmpty, !query.isOn("sendInitialEvents") {
      throw .invalidOptions(
        "ListOptions",
        .forbidden(
          "resourceVersionMatch",
          "resourceVersionMatch is forbidden unless resourceVersion is provided"))
    }
    return match
  }
}

// MARK: The verbs

extension APICall {
  func get() throws(Refusal) -> Response {
    if subresource == .scale { return Response(try server.scale(resource, key)) }
    return Response(rendering().buffer(try server.get(resource, key)))
  }

  func list() throws(Refusal) -> Response {
    Response(rendering().buffer(try server.list(resource, try listRequest())))
  }

  func create(_ body: RequestBodyText) throws(Refusal) -> Response {
    if subresource == .binding { return try bind(body) }
    if subresource == .eviction { return try evict(body) }
    guard target.name == nil, subresource == nil else { throw .methodNotAllowed }
    guard resource.kind.isNamespaced == (target.namespace != nil) else { throw .methodNotAllowed }
    let object = try server.create(
      resource, in: target.namespace ?? "", try body.json(of: resource.kind.kind),
      try write("CreateOptions"))
    return answer(object, status: .created)
  }

  func replace(_ body: RequestBodyText) throws(Refusal) -> Response {
    let wanted = try body.json(of: resource.kind.kind)
    if subresource == .scale {
      return Response(try server.setScale(resource, key, to: wanted, try write("UpdateOptions")))
    }
    let object = try server.update(
      resource, key, subresource: subresource, try write("UpdateOptions")
    ) { _ throws(Refusal) in wanted }
    return answer(object)
  }

  func answer(_ object: StoredObject, status: HTTPResponse.Status = .ok) -> Response {
    Response(rendering().buffer(object), status: status)
  }

  private func bind(_ body: RequestBodyText) throws(Refusal) -> Response {
    let node = try body.json(of: resource.kind.kind).string("target", "name")
    _ = try server.update(resource, key, .controller) { pod throws(Refusal) in
      guard pod.json.string("spec", "nodeName").isEmpty else {
        throw .conflict(
          resource, key.name,
          "pod \(key.name) is already assigned to node \"\(pod.json.string("spec", "nodeName"))\"")
      }
      var pod = pod.json
      pod["spec", "nodeName"] = .string(node)
      return pod
    }
    return Response(
      ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201],
      status: .created)
  }

  private func evict(_ body: RequestBodyText) throws(Refusal) -> Response {
    let options = try body.json(of: resource.kind.kind)["deleteOptions"] ?? [:]
    try server.delete(resource, key, try deletion(options))
    return Response(
      ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201],
      status: .created)
  }
}

// MARK: Deleting

extension APICall {
  func delete(_ body: RequestBodyText) throws(Refusal) -> Response {
    let options = body.isEmpty ? JSONValue.object([:]) : try body.json(of: resource.kind.kind)
    let (object, isGone) = try server.delete(resource, key, try deletion(options))
    // A real API server answers with the object as long as it is there, and with a Status when not.
    guard isGone, resource.id != BuiltIn.pods else { return answer(object) }
    return Response(SuccessStatus.json(resource, object))
  }

  func deleteCollection(_ body: RequestBodyText) throws(Refusal) -> Response {
    let options = body.isEmpty ? JSONValue.object([:]) : try body.json(of: resource.kind.kind)
    let page = try server.list(resource, try listRequest())
    for object in page.objects {
      do {
        try server.delete(resource, object.key, try deletion(options))
      } catch  where error.code == 404 {
        continue
      }
    }
    return Response(rendering().buffer(page))
  }

  private func deletion(_ options: JSONValue) throws(Refusal) -> DeletionRequest {
    var request = DeletionRequest()
    let policy = options["propagationPolicy"]?.stringValue ?? query["propagationPolicy"]
    if let policy {
      guard let propagation = DeletionRequest.Propagation(rawValue: policy) else {
        throw .invalidOptions(
          "DeleteOptions",
          .notSupported(
            "propagationPolicy", policy, ["Foreground", "Background", "Orphan", "nil"]))
      }
      request.propagation = propagation
    } else if let orphans = options["orphanDependents"]?.boolValue {
      request.propagation = orphans ? .orphan : .background
    }
    request.uid = options["preconditions", "uid"]?.stringValue
    request.resourceVersion = options["preconditions", "resourceVersion"]?.stringValue
    request.gracePeriodSeconds =
      options.integer("gracePeriodSeconds") ?? query["gracePeriodSeconds"].flatMap { Int64($0) }
    let dryRun = options.items("dryRun").compactMap(\.stringValue) + query.all("dryRun")
    try checkDryRun(dryRun, "DeleteOptions")
    request.isDryRun = !dryRun.isEmpty
    return request
  }
}
