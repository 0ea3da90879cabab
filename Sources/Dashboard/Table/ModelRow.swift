import FoundationEssentials
package import ModelCore

/// A model as the table keeps it: with the text that the filter searches, made once a change.
///
/// A class, because a model has many members: a pass over thousands of rows copies none of them.
package final class ModelRow: Sendable {
  package let model: Model
  package let searchText: SearchText

  package init(_ model: Model) {
    self.model = model
    searchText = SearchText(
      [
        model.name, model.displayName, model.namespace, model.status.rawValue, model.image,
        model.reason,
      ] + model.tags + model.nodes)
  }
}
