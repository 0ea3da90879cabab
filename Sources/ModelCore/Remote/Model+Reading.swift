package import Kubernetes

extension Model {
  /// Reads what ``json`` writes, as another process sends it; `nil` where it names no model or no known status.
  ///
  /// The specification has no replicas, pods, nodes or reasons: those stay at nothing, and who shows the model says that
  /// they are not known.
  package init?(json: JSONValue) {
    guard let name = json["id"]?.stringValue, !name.isEmpty,
      let status = json["status"]?.stringValue.flatMap(ModelStatus.init(rawValue:))
    else { return nil }
    // Two of one name, one after the other, differ in when they were made.
    self.init(
      id: ModelID(namespace: json["namespace"]?.stringValue ?? "", name: name),
      uid: json["created_at"]?.stringValue ?? "")
    self.status = status
    organization = OrganizationID.read(json["organization_id"])
    if let text = json["display_name"]?.stringValue, !text.isEmpty { displayName = text }
    modelDescription = json["description"]?.stringValue ?? ""
    tags = json["tags"]?.arrayValue?.compactMap(\.stringValue) ?? []
    isManaged = json["managed"]?.boolValue ?? false
    // The API shows an organization its own models only.
    isOurs = true
    serviceName = json["service_name"]?.stringValue
    endpoint = json["endpoint_url"]?.stringValue
    huggingFaceID = json["huggingface_id"]?.stringValue
    createdAt = json["created_at"]?.stringValue.flatMap(Timestamp.parse)
    updatedAt = json["updated_at"]?.stringValue.flatMap(Timestamp.parse)
    let gpus =
      json["requirements", "gpu", "min_gpus"]?.integerValue.flatMap(Int.init(exactly:)) ?? 0
    gpu = GPUAssignment(perReplica: gpus, requested: gpus)
    if let port = endpoint.flatMap(Self.port) { self.port = port }
  }

  /// The port of `http://host:8000`.
  private static func port(of endpoint: String) -> Int? {
    endpoint.lastIndex(of: ":").flatMap { Int(endpoint[$0...].dropFirst()) }
  }
}
