/// Rules for the storage class: its name, and whether the cluster has it.
enum StorageClassRule {
  /// - Parameter needed: the model has a volume; without one the class does not matter.
  static func findings(
    _ name: String?, needed: Bool, in context: ValidationContext
  ) -> [Finding] {
    guard let name else { return needed ? defaultFindings(in: context) : [] }
    guard isSubdomain(name) else {
      return [
        Finding(
          field: .storageClass, message: "\(Excerpt.quoted(name)) is no name of a storage class",
          fix: "Use a-z, 0-9, - and dots; kubectl get storageclass lists what there is.")
      ]
    }
    guard needed, let known = context.storageClasses, !known.contains(name) else { return [] }
    let list = known.sorted().prefix(6).joined(separator: ", ")
    return [
      Finding(
        field: .storageClass, message: "the cluster has no storage class '\(name)'",
        fix: list.isEmpty
          ? "Set storage_size 0: the cluster has none at all." : "Choose one of \(list).")
    ]
  }

  private static func defaultFindings(in context: ValidationContext) -> [Finding] {
    guard let known = context.storageClasses, context.defaultStorageClass == nil else { return [] }
    let list = known.sorted().prefix(6).joined(separator: ", ")
    return [
      Finding(
        field: .storageClass, severity: .warning,
        message: known.isEmpty
          ? "the cluster has no storage class: the volume may never be made"
          : "the cluster has no default storage class: the volume may never be made",
        fix: known.isEmpty ? "Set storage_size 0 for no volume." : "Choose one of \(list).")
    ]
  }

  /// DNS-1123 subdomain.
  static func isSubdomain(_ name: String) -> Bool {
    name.utf8.count <= 253
      && name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
        !label.isEmpty && label.utf8.first != 45 && label.utf8.last != 45
          && label.utf8.allSatisfy {
            (97...122).contains($0) || (48...57).contains($0) || $0 == 45
          }
      }
  }
}
