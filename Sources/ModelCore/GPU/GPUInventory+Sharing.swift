extension GPUInventory.Node {
  // Source: NVIDIA GPU Feature Discovery, "Generated Labels"; k8s-device-plugin, "Shared Access to GPUs" and "MIG support".

  /// The memory of one GPU (of one slice, where GPUs are sliced), in MiB.
  package var memoryMiB: Int? { labels["nvidia.com/gpu.memory"].flatMap { Int($0) } }

  /// The profile of the MIG slices that stand in for GPUs (strategy `single`), e.g. `1g.5gb`; `nil` where GPUs are whole.
  package var migProfile: String? {
    guard let product = products[GPUResource.nvidia], let range = product.range(ofLast: "-MIG-")
    else { return nil }
    let profile = product[range.upperBound...]
    return String(profile.hasSuffix("-SHARED") ? profile.dropLast("-SHARED".count) : profile)
  }

  /// `time-slicing` or `mps`; `nil` where GPUs are not shared.
  package var sharingStrategy: String? {
    labels["nvidia.com/gpu.sharing-strategy"].flatMap { $0 == "none" || $0.isEmpty ? nil : $0 }
  }

  /// How many each GPU of a resource counts as: more than one where they are shared, zero where that is so and the
  /// number is not told; `nil` where they are not.
  package func replicas(of resource: String) -> Int? {
    let base = resource.hasSuffix(".shared") ? String(resource.dropLast(".shared".count)) : resource
    if let told = labels["\(base).replicas"].flatMap({ Int($0) }), told > 1 { return told }
    let isShared =
      resource.hasSuffix(".shared") || products[resource]?.hasSuffix("-SHARED") == true
      || sharingStrategy != nil
    guard isShared else { return nil }
    guard let count = labels["\(base).count"].flatMap({ Int($0) }), count > 0,
      let offered = allocatable[resource], offered > count
    else { return 0 }
    return offered / count
  }
}

extension String {
  /// Where a text stands last.
  fileprivate func range(ofLast text: String) -> Range<String.Index>? { ranges(of: text).last }
}
