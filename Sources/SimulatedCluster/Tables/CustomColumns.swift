internal import FoundationEssentials
internal import Kubernetes

/// The columns of a custom kind: those of its definition, or its age.
struct CustomColumns: TableColumns {
  let columns: [TableColumn]
  private let paths: [[String]]

  /// - Parameter version: the entry in `spec.versions` of the definition.
  init(_ version: JSONValue) {
    var columns = [TableColumn.name]
    var paths: [[String]] = []
    for entry in version.items("additionalPrinterColumns") {
      columns.append(
        TableColumn(
          entry.string("name"), type: entry.string("type"),
          wide: (entry.integer("priority") ?? 0) > 0))
      paths.append(entry.string("jsonPath").split(separator: ".").map(String.init))
    }
    if paths.isEmpty {
      columns.append(TableColumn("Age", type: "date"))
      paths.append(["metadata", "creationTimestamp"])
    }
    self.columns = columns
    self.paths = paths
  }

  func cells(_ object: JSONValue, now: Date) -> [JSONValue] {
    [.string(object.name)]
      + zip(columns.dropFirst(), paths).map { column, path in
        guard let value = object[path: path] else { return .null }
        // kubectl shows a date as it comes, so the server turns it into an age.
        guard column.type == "date" else { return value }
        return .string(Age.text(since: value.stringValue, now: now))
      }
  }
}
