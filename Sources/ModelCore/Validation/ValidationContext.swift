/// What is known of the cluster when a request is checked. `nil` is unknown, and then not checked.
package struct ValidationContext: Equatable, Sendable {
  /// Model names that are taken anywhere in the cluster, and who holds them, e.g. `Deployment team-a/llama-7b`.
  package var takenNames: [String: String]
  package var storageClasses: Set<String>?
  package var defaultStorageClass: String?
  /// The most GPUs that one ready node has in all, used or not.
  package var largestNodeGPUs: Int?
  /// The memory of one GPU in MiB, by product: of nodes that are available. Empty where no label says it.
  package var gpuMemory: [String: Int] = [:]
  /// How many billions of parameters the model has, where a person said so; else its name is looked at.
  package var billionsOfParameters: Double?
  /// Secrets of the namespace by name, where they may be listed.
  package var secrets: Set<String>?
  package var hasAibrix: Bool?
  package var hasGPUOperator: Bool?

  package init() { takenNames = [:] }
}
