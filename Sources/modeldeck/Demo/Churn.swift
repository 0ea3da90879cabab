import Kubernetes
import ModelCore
import SimulatedCluster

/// Changes a simulated cluster at a steady rate, so that what a change costs can be measured.
///
/// Nine of ten changes are a pod's status (a container's restart is counted), as on real clusters; the tenth is an annotation of a Deployment.
/// Each is one event of one watch: no controller has anything to do about it.
struct Churn {
  private let cluster: SimulatedCluster
  /// Changes a second.
  private let rate: Int

  init(_ cluster: SimulatedCluster, rate: Int) {
    self.cluster = cluster
    self.rate = rate
  }

  /// Changes until the task is cancelled.
  @concurrent
  func run() async {
    guard rate > 0 else { return }
    let clock = ContinuousClock()
    let start = clock.now
    var (names, models): ([String], [String]) = ([], [])
    var count = 0
    while !Task.isCancelled {
      // What is there is looked at now and then: pods come and go.
      if count % (rate * 30) == 0 || names.isEmpty {
        names = self.names(K8s.Pod.resourceKind)
        models = self.names(K8s.Deployment.resourceKind)
      }
      count += 1
      if count % 10 == 0 { touch(models, count) } else { restart(names, count) }
      let due = start + .nanoseconds(1_000_000_000 / rate) * count
      if due > clock.now { try? await clock.sleep(until: due) }
    }
  }

  private var namespace: String { CreateRequest.Defaults.namespace }

  private func names(_ kind: ResourceKind) -> [String] {
    let objects = (try? cluster.list(kind, namespace: namespace)) ?? []
    return objects.compactMap { $0["metadata", "name"]?.stringValue }
  }

  /// Objects far apart one after the other, as changes come on a real cluster.
  private func pick(_ names: [String], _ count: Int) -> String? {
    names.isEmpty ? nil : names[count &* 7_919 % names.count]
  }

  private func restart(_ pods: [String], _ count: Int) {
    guard let name = pick(pods, count),
      let pod = try? cluster.get(K8s.Pod.resourceKind, name, namespace: namespace),
      var statuses = pod["status", "containerStatuses"]?.arrayValue, !statuses.isEmpty
    else { return }
    let restarts = statuses[0]["restartCount"]?.integerValue ?? 0
    statuses[0]["restartCount"] = .integer(restarts + 1)
    // A pod that has gone meanwhile is no loss.
    _ = try? cluster.patch(
      K8s.Pod.resourceKind, name, namespace: namespace,
      ["status": ["containerStatuses": .array(statuses)]], ofStatus: true)
  }

  private func touch(_ models: [String], _ count: Int) {
    guard let name = pick(models, count) else { return }
    _ = try? cluster.patch(
      K8s.Deployment.resourceKind, name, namespace: namespace,
      ["metadata": ["annotations": ["example.com/touched": .string(String(count))]]])
  }
}
