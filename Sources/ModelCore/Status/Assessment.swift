internal import FoundationEssentials
internal import Kubernetes

/// Weighs what the pods do against what the controllers report.
struct Assessment {
  let view: RolloutView
  let events: EventIndex
  let now: Date
  let inventory: GPUInventory?

  func result() -> (status: ModelStatus, reason: String) {
    if view.desired == 0 {
      let leaving = view.currentPods.count + view.oldPods.count + view.endingPods.count
      return (
        .stopped,
        leaving == 0 ? "scaled to zero" : "scaled to zero; \(pods(leaving)) still stopping"
      )
    }
    let states = view.currentPods.filter { !$0.hasEnded }.map(state)
    if view.ready > 0 { return (.running, runningReason(states)) }
    if let crash = states.first(where: { $0.stage == .crashing }) {
      return (.crashLoopBackOff, crash.reason + others(states, than: .crashing))
    }
    if let refusal = refusal(), states.isEmpty { return (.failed, refusal) }
    if states.isEmpty { return withoutPods() }
    if let unscheduled = states.first(where: { $0.stage == .unscheduled }),
      !states.contains(where: { $0.stage == .starting })
    {
      let failed = states.first { $0.stage == .failed }
      return failed.map { (.failed, $0.reason) } ?? (.pending, unscheduled.reason)
    }
    if let deadline = deadline() {
      return (
        .failed, states.first { !$0.reason.isEmpty }.map { "\(deadline): \($0.reason)" } ?? deadline
      )
    }
    if let starting = states.first(where: { $0.stage == .starting }) {
      return (.creating, starting.reason + others(states, than: .starting))
    }
    let failed = states.first { $0.stage == .failed }
    return (.failed, failed?.reason ?? "its pods failed")
  }

  /// What a model that is being deleted still waits for.
  func deletionReason() -> String {
    let left = view.currentPods.count + view.oldPods.count
    return left == 0 ? "being deleted" : "being deleted; \(pods(left)) still stopping"
  }

  private func state(of pod: K8s.Pod) -> PodState {
    PodState(pod: pod, events: events, now: now, inventory: inventory)
  }

  private func pods(_ count: Int) -> String { count == 1 ? "1 pod" : "\(count) pods" }

  // MARK: Running

  private func runningReason(_ states: [PodState]) -> String {
    let ready = view.ready
    let isUpdating = !view.oldPods.isEmpty && view.oldPods.contains(where: \.isReady)
    let trouble = states.first { $0.stage != .ready && !$0.reason.isEmpty }?.reason
    if isUpdating {
      let serving = "the previous version serves while the new one starts"
      return trouble.map { "\(serving): \($0)" } ?? serving
    }
    guard ready < view.desired else { return "" }
    let count = "degraded: \(ready) of \(view.desired) replicas ready"
    if let trouble { return "\(count): \(trouble)" }
    if let refusal = refusal() { return "\(count): \(refusal)" }
    return count
  }

  private func others(_ states: [PodState], than stage: PodState.Stage) -> String {
    let other = states.first { $0.stage != stage && $0.stage != .ready && !$0.reason.isEmpty }
    return other.map { "; another replica: \($0.reason)" } ?? ""
  }

  // MARK: No pod yet

  private func withoutPods() -> (status: ModelStatus, reason: String) {
    let ended = view.currentPods.filter(\.hasEnded)
    if let pod = ended.last {
      return (.failed, PodState.endedReason(of: pod))
    }
    if let deadline = deadline() { return (.failed, deadline) }
    if view.deployment.metadata.annotations?[ModelKeys.incomplete] != nil {
      return (
        .creating,
        "its objects are being made; where that does not end its create was broken off: delete it and create it "
          + "again"
      )
    }
    if view.deployment.spec?.paused == true { return (.pending, "its rollout is paused") }
    if !view.endingPods.isEmpty || !view.oldPods.isEmpty {
      let count = view.endingPods.count + view.oldPods.count
      return (.pending, "waiting for \(pods(count)) of the previous version to stop")
    }
    if view.current == nil, let made = view.deployment.status?.replicas, made > 0, !view.isBehind {
      return (.creating, "\(pods(made)) made, none ready; they cannot be looked at")
    }
    if view.current == nil || view.isBehind {
      return (.pending, "waiting for the Deployment controller")
    }
    return (.pending, "waiting for its pods to be made")
  }

  /// Why the API server refuses to make pods: quota, admission, a missing ServiceAccount.
  private func refusal() -> String? {
    let ofSet = view.current?.status?.conditions?.first { $0.type == "ReplicaFailure" && $0.isTrue }
    let ofDeployment =
      view.isBehind ? nil : view.condition("ReplicaFailure").flatMap { $0.isTrue ? $0 : nil }
    guard let condition = ofSet ?? (view.current == nil ? ofDeployment : nil) ?? ofDeployment else {
      return nil
    }
    return RefusalMessage.inWords(condition.message ?? condition.reason ?? "")
  }

  private func deadline() -> String? {
    guard !view.isBehind, let progressing = view.condition("Progressing"),
      progressing.status == "False", progressing.reason == "ProgressDeadlineExceeded"
    else { return nil }
    guard let seconds = view.deployment.spec?.progressDeadlineSeconds else {
      return "not ready within its progress deadline"
    }
    let time = seconds % 60 == 0 && seconds >= 60 ? "\(seconds / 60) min" : "\(seconds) s"
    return "not ready within its progress deadline of \(time)"
  }
}
