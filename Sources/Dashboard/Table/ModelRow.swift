import FoundationEssentials
package import ModelCore

/// A model as the table keeps it: with the text that the filter searches, made once a change.
///
/// A class, because a model has many members: a pass over thousands of rows copies none of them.
package final class ModelRow: Sendable {
  package let model: Model
  /// What is typed is looked for in names, namespace, status, image, reason, tags and nodes.
  package let searchText: SearchText

  /// Reads the search text out of the model: once, not at every key.
  package init(_ model: Model) {
    self.model = model
    searchText = SearchText(
      [
        model.name, model.displayName, model.namespace, model.status.rawValue, model.image,
        model.reason,
      ] + model.tags + model.nodes)
  }
}
