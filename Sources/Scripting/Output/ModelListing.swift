internal import Dashboard
package import FoundationEssentials
package import Kubernetes
package import ModelCore
internal import TerminalUI

/// Models as a command writes them, in every format.
package struct ModelListing: Sendable {
  /// In the order in which they are written.
  package var models: [Model]
  /// What ages are counted from.
  package var now: Date
  /// What is not known: cells say `?` then.
  package var unread: UnreadKinds
  /// Column titles above a table; without models there are none.
  package var hasHeader = true
  /// One model was asked for by its name: JSON and YAML are the specification's answer to that.
  package var isSingle = false
  /// All of them are in one namespace, which was asked for.
  package var hidesNamespace = false

  /// With a header, as a list of any number of models.
  package init(_ models: [Model], now: Date, unread: UnreadKinds = UnreadKinds()) {
    self.models = models
    self.now = now
    self.unread = unread
  }

  /// The text with its last line end; empty where there is nothing to write.
  package func text(_ format: OutputFormat) throws -> String {
    switch format {
    case .table, .wide: return table(isWide: format == .wide)
    case .name: return names
    case .json, .yaml, .jsonPath: return try StructuredText.text(of: document, format)
    }
  }

  private var document: JSONValue {
    if isSingle, let model = models.first { return SpecificationJSON.answer(model) }
    return SpecificationJSON.answer(models)
  }

  // MARK: Tables

  private static let narrow: [Column.ID] = [
    .name, .namespace, .status, .ready, .gpu, .node, .restarts, .age,
  ]
  private static let additions: [Column.ID] = [.endpoint, .managed, .tags, .image, .reason]

  private func table(isWide: Bool) -> String {
    var columns = (Self.narrow + (isWide ? Self.additions : [])).map { Column.column($0) }
    if hidesNamespace { columns.removeAll { $0.id == .namespace } }
    let context = CellContext(now: now, glyphs: .ascii, unread: unread)
    guard !models.isEmpty else { return "" }
    var table = TextTable(header: hasHeader ? columns.map(\.title) : nil)
    for model in models {
      table.add(columns.map { Self.cell($0, model, context) })
    }
    return table.text
  }

  private static func cell(_ column: Column, _ model: Model, _ context: CellContext) -> String {
    let text =
      column.id == .status
      ? ModelListing.status(of: model) : column.forms(model, context).first ?? ""
    return text.isEmpty ? "-" : Excerpt.line(text, limit: 500)
  }

  /// The word, and what else is going on with the model.
  package static func status(of model: Model) -> String {
    let word = model.status.rawValue
    if model.isDeleting { return word + "/deleting" }
    return model.drift.isEmpty ? word : word + "/drift"
  }

  // MARK: Names

  /// A name that several models have comes with its namespace.
  private var names: String {
    let count = Dictionary(models.map { ($0.name, 1) }, uniquingKeysWith: +)
    return models.map { (count[$0.name] ?? 0) > 1 ? $0.id.description : $0.name }
      .map { $0 + "\n" }.joined()
  }
}

/// A document as JSON, as YAML, or through a template.
package enum StructuredText {
  /// Ends with a line end, except where a template says what is written.
  package static func text(of document: JSONValue, _ format: OutputFormat) throws -> String {
    switch format {
    case .yaml: return document.yamlText
    case .jsonPath(let path): return path.text(for: rooted(document))
    default: return String(decoding: try document.encoded(pretty: true), as: UTF8.self) + "\n"
    }
  }

  /// Templates may begin at the model's own fields too: `{.status}` is `{.model.status}`.
  private static func rooted(_ document: JSONValue) -> JSONValue {
    guard case .object(let members) = document, members.count == 1,
      let model = members["model"]?.objectValue
    else { return document }
    return .object(model.merging(members) { _, outer in outer })
  }
}
