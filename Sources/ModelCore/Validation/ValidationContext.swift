/// What is known of the cluster when a request is checked. `nil` is unknown, and then not checked.
package struct ValidationContext: Equatable, Sendable {
  /// Model names that are taken anywhere in the cluster, and who holds them, e.g. `Deployment team-a/llama-7b`.
  package var takenNames: [String: String]
  /// By name; a request may name no other.
  package var storageClasses: Set<String>?
  /// The one that a claim without a class gets; `nil` also where there is none.
  package var defaultStorageClass: String?
  /// The most GPUs that one ready node has in all, used or not.
  package var largestNodeGPUs: Int?
  /// The memory of one GPU in MiB, by product: of nodes that are available. Empty where no label says it.
  package var gpuMemory: [String: Int] = [:]
  /// How many billions of parameters the model has, where a person said so; else its name is looked at.
  package var billionsOfParameters: Double?
  /// Secrets of the namespace by name, where they may be listed.
  package var secrets: Set<String>?
  /// Aibrix' definitions are there: without them no model can be made.
  package var hasAibrix: Bool?
  /// The GPU operator's definitions are there.
  package var hasGPUOperator: Bool?

  /// Nothing is known: only what a request says by itself is checked.
  package init() { takenNames = [:] }
}
