internal import Kubernetes

/// Serves the kinds of custom resource definitions for as long as these exist.
final class DefinitionController: Controller {
  private let context: ControllerContext

  init(_ context: ControllerContext) { self.context = context }

  func observe(_ change: Change) -> [ObjectReference] {
    guard change.resource == BuiltIn.definitions else { return [] }
    if change.kind == .deleted { stopServing(change.object) }
    return [change.object.reference]
  }

  private func stopServing(_ definition: StoredObject) {
    let id = CustomResources.id(definition.json)
    for object in context.store.objects(id).objects {
      context.delete(object.reference, DeletionRequest(propagation: .background))
    }
    context.server.registry.stopServing(id)
  }

  func reconcile(_ item: ObjectReference) -> Duration? {
    guard let definition = context.object(item), !definition.json.isBeingDeleted else { return nil }
    context.server.registry.serve(
      CustomResources.definitions(definition.json), as: CustomResources.id(definition.json))
    context.change(item) { json in
      json["status", "acceptedNames"] = json["spec", "names"]
      let stored = json.items("spec", "versions").filter { $0["storage"]?.boolValue == true }
      json["status", "storedVersions"] = .array(stored.compactMap { $0["name"] })
      json.setCondition(
        "NamesAccepted", "True", reason: "NoConflicts", message: "no conflicts found",
        at: context.now)
      json.setCondition(
        "Established", "True", reason: "InitialNamesAccepted",
        message: "the initial names have been accepted", at: context.now)
    }
    return nil
  }
}

/// Reads what a custom resource definition says about its kind.
enum CustomResources {
  static func id(_ definition: JSONValue) -> ResourceID {
    ResourceID(definition.string("spec", "group"), definition.string("spec", "names", "plural"))
  }

  /// One definition for each version that is served; the stored one first.
  static func definitions(_ json: JSONValue) -> [ResourceDefinition] {
    let names = json["spec", "names"] ?? [:]
    return json.items("spec", "versions").filter { $0["served"]?.boolValue == true }
      .sorted { ($0["storage"]?.boolValue ?? false) && !($1["storage"]?.boolValue ?? false) }
      .map { version in
        var definition = ResourceDefinition(
          kind: ResourceKind(
            group: json.string("spec", "group"), version: version.string("name"),
            kind: names.string("kind"), plural: names.string("plural"),
            isNamespaced: json.string("spec", "scope") == "Namespaced"),
          singular: names.string("singular"),
          shortNames: names.items("shortNames").compactMap(\.stringValue),
          categories: names.items("categories").compactMap(\.stringValue))
        definition.hasGeneration = true
        definition.columns = CustomColumns(version)
        definition.hasStatus = version["subresources", "status"] != nil
        if let scale = version["subresources", "scale"] {
          definition.scale = ResourceDefinition.Scale(
            replicas: path(scale.string("specReplicasPath")),
            statusReplicas: path(scale.string("statusReplicasPath")),
            selector: scale["labelSelectorPath"]?.stringValue.map(path))
        }
        return definition
      }
  }

  private static func path(_ text: String) -> [String] {
    text.split(separator: ".").map(String.init)
  }
}
