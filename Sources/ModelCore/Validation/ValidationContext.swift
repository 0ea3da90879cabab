/// What is known of the cluster when a request is checked. `nil` is unknown, and then not checked.
package struct ValidationContext: Equatable, Sendable {
  /// Model names that are taken anywhere in the cluster, and who holds them, e.g. `Deployment team-a/llama-7b`.
  package var takenNames: [String: String]
  package var storageClasses: Set<String>?
  package var defaultStorageClass: String?
  /// The most GPUs that one ready node has in all, used or not.
  package var largestNodeGPUs: Int?
  package var hasAibrix: Bool?
  package var hasGPUOperator: Bool?

  package init() { takenNames = [:] }
}
