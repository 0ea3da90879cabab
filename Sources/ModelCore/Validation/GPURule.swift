/// Whether the GPUs that are asked for suit the command and the model. Estimates: all of these are warnings.
enum GPURule {
  static func findings(_ request: CreateRequest, in context: ValidationContext) -> [Finding] {
    let gpus = request.resolvedGPUCount
    guard gpus > 0, CreateRequest.Bounds.gpuCount.contains(gpus) else { return [] }
    let server = ServerCommand(request.command)
    return demandFindings(server, gpus) + memoryFindings(request, server, in: context)
  }

  private static func demandFindings(_ server: ServerCommand, _ gpus: Int) -> [Finding] {
    guard server.invocations.contains(where: \.isRecognized),
      !server.invocations.contains(where: \.arguments.hasUnknown)
    else { return [] }
    let demand = GPUDemand(server.sizing)
    let used = demand.total
    if used > gpus {
      return [
        Finding(
          field: .gpuCount, severity: .warning,
          message:
            "the command uses \(used) GPUs, and \(gpus) \(gpus == 1 ? "is" : "are") asked for",
          fix: "Ask for \(used), or change --tensor-parallel-size: the server would not start.")
      ]
    }
    guard gpus > 1, used < gpus else { return [] }
    return [
      Finding(
        field: .gpuCount, severity: .warning,
        message: "\(gpus) GPUs are asked for, and the command uses \(used)",
        fix: "Add --tensor-parallel-size \(gpus) to the command, or ask for \(used).")
    ]
  }

  private static func memoryFindings(
    _ request: CreateRequest, _ server: ServerCommand, in context: ValidationContext
  ) -> [Finding] {
    guard
      let estimate = MemoryEstimate(
        request, server: server, billions: context.billionsOfParameters),
      let largest = context.gpuMemory.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })
    else { return [] }
    let small = context.gpuMemory.filter { !estimate.fits(memoryMiB: $0.value) }.keys.sorted()
    guard !small.isEmpty else { return [] }
    let need = "about \(MemoryEstimate.gib(estimate.perGPU)) GiB on each GPU"
    guard small.count == context.gpuMemory.count else {
      let names = small.map { Excerpt.line($0, limit: 40) }.joined(separator: ", ")
      return [
        Finding(
          field: .gpuCount, severity: .warning,
          message:
            "the model may not fit on every product: \(need) (estimate) is more than \(names) has",
          fix: "The scheduler may choose one of these: ask for more GPUs, or a quantized model.")
      ]
    }
    let usable = Double(largest.value) / 1_024 * estimate.utilization
    var fix = "Use a quantized model or a shorter --max-model-len."
    if let count = estimate.gpusNeeded(memoryMiB: largest.value) {
      let gpus = request.resolvedGPUCount
      fix =
        count <= gpus && estimate.split < gpus
        ? "Add --tensor-parallel-size \(gpus) to the command, or use a quantized model."
        : "Ask for \(count) with --tensor-parallel-size \(count), or use a quantized model."
    }
    return [
      Finding(
        field: .gpuCount, severity: .warning,
        message: "the model may not fit: \(need) (estimate), and "
          + "\(Excerpt.line(largest.key, limit: 40)) has \(MemoryEstimate.gib(usable)) to use",
        fix: fix)
    ]
  }
}
