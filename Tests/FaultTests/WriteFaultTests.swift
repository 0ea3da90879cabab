import Kubernetes
import ModelCore
import SimulatedCluster
import TestSupport
import Testing

/// Writes on a bad link: what the user is told is true, and after the reconciler has looked the cluster holds a model whole or not at all.
@Suite("Faults while writing", .serialized)
struct WriteFaultTests {
  static let faults = [
    "lose-answer:every=1", "lose-answer:every=2", "lose-answer:every=3,path=/services",
    "cut-write:every=2", "cut-write:every=3", "lose-answer:share=0.3", "cut-write:share=0.3",
    "500:share=0.3,verb=write", "429:retry-after=1s,share=0.5,verb=write", "503:share=0.3",
    "cut:interval=60ms", "latency:time=100ms,jitter=300ms", "hang:share=0.15,verb=write",
  ]

  @Test(arguments: faults)
  func whatIsToldIsTrue(fault: String) async throws {
    try await FaultBench.run { bench in
      let operations = ModelOperations(
        api: bench.api, observer: bench.observer, settings: .init(user: "tested"),
        retry: RetryPolicy(base: .milliseconds(50), cap: .milliseconds(500)))
      var settings = Reconciler.Settings(interval: .seconds(1))
      settings.debounce = .milliseconds(50)
      settings.policy = RetryPolicy(base: .milliseconds(100), cap: .seconds(1))
      let reconciler = Reconciler(
        api: bench.api, observer: bench.observer, settings: settings, busy: operations.busy)
      let run = Task { await reconciler.run() }
      try await bench.cluster.begin(fault + (fault.contains("cut:") ? "" : ",agent=tested"))
      var results: [(name: String, result: OperationResult)] = []
      for name in ["written-0", "written-1"] {
        results.append((name, await operations.create(FaultBench.request(name))))
      }
      let model = ModelID(namespace: FaultBench.namespace, name: "model-2")
      let uid = try #require(await bench.observer.model(model)?.uid)
      let deletion = await operations.delete(model, uid: uid, keepVolume: false)
      await bench.cluster.endFaults()
      try await bench.expectExact("after \(fault)")
      for (name, result) in results { expectTrue(result, isThere: isThere(name, bench), name) }
      expectTrue(deletion, isThere: !isThere("model-2", bench), "deletion")
      // Whole or not there: the Service is there wherever its Deployment is, and nowhere else.
      #expect(
        await eventually {
          names(K8s.Service.resourceKind, bench) == names(K8s.Deployment.resourceKind, bench)
        })
      run.cancel()
      await run.value
    }
  }

  private func isThere(_ name: String, _ bench: FaultBench) -> Bool {
    (try? bench.cluster.get(
      K8s.Deployment.resourceKind, name, namespace: FaultBench.namespace)) != nil
  }

  private func names(_ kind: ResourceKind, _ bench: FaultBench) -> Set<String> {
    let objects = (try? bench.cluster.list(kind, namespace: FaultBench.namespace)) ?? []
    return Set(objects.compactMap { $0["metadata", "name"]?.stringValue })
  }

  private func expectTrue(_ result: OperationResult, isThere: Bool, _ what: String) {
    switch result {
    case .succeeded(let text): #expect(isThere, "\(what): \(text)")
    // Where a part was done, it says so.
    case .failed(let failure):
      #expect(
        !isThere || failure.message.contains("was created, but"), "\(what): \(failure.message)")
    case .invalid(let findings): Issue.record("\(what) was refused: \(findings)")
    // That is true whatever came of it; it must say of what it is unknown.
    case .outcomeUnknown(let text): #expect(text.contains("jan-models/"), "\(what): \(text)")
    }
  }
}
