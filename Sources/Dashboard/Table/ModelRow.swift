import FoundationEssentials
package import ModelCore

/// A model as the table keeps it: with the text that the filter searches, made once a change.
package struct ModelRow: Sendable {
  package let model: Model
  package let searchText: SearchText

  package init(_ model: Model) {
    self.model = model
    // A line feed between the fields: no word that is typed reaches over two of them.
    searchText = SearchText(
      ([
        model.name, model.displayName, model.namespace, model.status.rawValue, model.image,
        model.reason,
      ] + model.tags + model.nodes).joined(separator: "\n"))
  }
}
