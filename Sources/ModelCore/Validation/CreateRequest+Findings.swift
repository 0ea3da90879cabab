extension CreateRequest {
  /// Everything that is wrong with the request, in the order of the form; errors and warnings.
  ///
  /// Pure: what it has to know of the cluster is in `context`.
  package func findings(in context: ValidationContext = ValidationContext()) -> [Finding] {
    var findings = prerequisites(in: context)
    findings += NameRule.findings(name)
    if findings.allSatisfy({ $0.field != .name }), let holder = context.takenNames[name] {
      findings.append(
        Finding(
          field: .name, kind: .conflict,
          message: "the name '\(name)' is taken by \(Excerpt.line(holder))",
          fix: "Choose another name: Aibrix routes by name alone, in the whole cluster."))
    }
    findings += TextRule.displayName(displayName)
    findings += TextRule.description(modelDescription)
    findings += ImageReference.findings(image)
    findings += CommandRule.findings(command, name: name)
    findings += numberFindings(in: context)
    findings += GPURule.findings(self, in: context)
    findings += StorageClassRule.findings(
      resolvedStorageClass, needed: resolvedStorageSize > 0, in: context)
    findings += TextRule.token(huggingFaceToken)
    findings += tokenSecret?.findings(known: context.secrets) ?? []
    findings += TextRule.tags(tags)
    findings += sizeFindings()
    findings += StrayToken.findings(self)
    return findings
  }

  private func prerequisites(in context: ValidationContext) -> [Finding] {
    var findings: [Finding] = []
    if context.hasAibrix == false {
      findings.append(
        Finding(
          field: nil, kind: .prerequisite,
          message: "aibrix CRD not found - required for model deployment",
          fix: "Install Aibrix (the definition podautoscalers.autoscaling.aibrix.ai)."))
    }
    if context.hasGPUOperator == false {
      findings.append(
        Finding(
          field: nil, kind: .prerequisite,
          message: "GPU operator CRD not found - required for GPU model deployment",
          fix: "Install NVIDIA's GPU Operator (the definition clusterpolicies.nvidia.com)."))
    }
    return findings
  }

  private func numberFindings(in context: ValidationContext) -> [Finding] {
    var findings: [Finding] = []
    let numbers: [(CreateField, Int, ClosedRange<Int>)] = [
      (.gpuCount, resolvedGPUCount, Bounds.gpuCount),
      (.initialDelaySeconds, resolvedInitialDelaySeconds, Bounds.initialDelaySeconds),
      (.storageSize, resolvedStorageSize, Bounds.storageSize),
    ]
    for (field, number, bounds) in numbers where !bounds.contains(number) {
      findings.append(
        Finding(
          field: field, message: "\(field.rawValue) is \(number)",
          fix: "Choose a number from \(bounds.lowerBound) to \(bounds.upperBound)."))
    }
    if let largest = context.largestNodeGPUs, resolvedGPUCount > largest,
      Bounds.gpuCount.contains(resolvedGPUCount)
    {
      let most = largest == 0 ? "no ready node has GPUs" : "the largest ready node has \(largest)"
      findings.append(
        Finding(
          field: .gpuCount, severity: .warning,
          message: "\(resolvedGPUCount) GPUs fit on no node: \(most)",
          fix: "Ask for fewer, or the model stays pending until such a node joins."))
    }
    return findings
  }

  private func sizeFindings() -> [Finding] {
    let limit = ModelManifests.annotationLimit
    let size = ModelManifests.annotationBytes(of: self)
    guard size > limit else { return [] }
    return [
      Finding(
        field: command.reduce(0) { $0 + $1.utf8.count } > limit / 2 ? .command : .description,
        message: "the request takes \(size / 1_024) KiB of annotations, and Kubernetes keeps 256",
        fix: "Shorten the command or the description; put a long script into the image.")
    ]
  }
}
