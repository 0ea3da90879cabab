/// What may not be done on a cluster, or not without a second thought, whoever asks and through which face.
package struct GuardRails: Equatable, Sendable {
  /// Nothing is written.
  package var isReadOnly = false
  /// What ends pods or deletes is confirmed by typing a name, not by a button alone.
  package var confirmsByTyping = false
  /// GPUs that one model may ask for with all its replicas; `nil` is no limit.
  package var maxGPUs: Int?
  /// Nothing is deleted.
  package var deniesDelete = false
  /// How the cluster is called on screen, e.g. `PRODUCTION`.
  package var label: String?
  /// The context that they are about, for the words of a refusal; empty where that has no name.
  package var context = ""

  /// Nothing is guarded, in a context without a name.
  package init() {}

  /// Anything at all is guarded: then the context looks different.
  package var isProtected: Bool {
    isReadOnly || confirmsByTyping || maxGPUs != nil || deniesDelete || label != nil
  }

  /// The word for the header; `nil` where nothing is guarded.
  package var word: String? {
    guard isProtected else { return nil }
    return label ?? (isReadOnly ? "READ-ONLY" : "PROTECTED")
  }

  /// Both together: the stricter of each.
  package func merging(_ other: GuardRails) -> GuardRails {
    var result = self
    result.isReadOnly = isReadOnly || other.isReadOnly
    result.confirmsByTyping = confirmsByTyping || other.confirmsByTyping
    result.deniesDelete = deniesDelete || other.deniesDelete
    result.maxGPUs = [maxGPUs, other.maxGPUs].compactMap { $0 }.min()
    result.label = label ?? other.label
    return result
  }

  // MARK: Refusals

  private var place: String { context.isEmpty ? "this context" : "context \(context)" }

  /// Why nothing may be written here; `nil` where it may.
  package var writeRefusal: OperationFailure? {
    guard isReadOnly else { return nil }
    return OperationFailure(
      .forbidden,
      "\(place) is read-only: the configuration file says so (read-only: true). Nothing was changed."
    )
  }

  /// Why nothing may be deleted here; `nil` where it may.
  package var deleteRefusal: OperationFailure? {
    if let writeRefusal { return writeRefusal }
    guard deniesDelete else { return nil }
    return OperationFailure(
      .forbidden,
      "nothing is deleted in \(place): the configuration file denies it (deny-delete: true). "
        + "Stop the model instead, or have that changed.")
  }

  /// Why a model may not ask for so many GPUs; `nil` where it may.
  ///
  /// - Parameter count: of all its replicas together.
  package func refusal(ofGPUs count: Int, for name: String) -> OperationFailure? {
    guard let maxGPUs, count > maxGPUs else { return nil }
    return OperationFailure(
      .forbidden,
      "\(name) would ask for \(count) GPUs, and \(place) allows at most \(maxGPUs) for one model "
        + "(max-gpus in the configuration file). Ask for fewer GPUs or replicas.",
      field: .gpuCount)
  }
}
