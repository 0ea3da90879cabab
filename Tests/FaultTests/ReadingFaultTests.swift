import Kubernetes
import ModelCore
import SimulatedCluster
import TestSupport
import Testing

/// What reading goes through, one fault after the other: the last data stay with their age, the screen says what is wrong in words, and all is as on
/// the cluster again without a key.
@Suite("Faults while reading", .serialized)
struct ReadingFaultTests {
  /// A fault that lasts, and what the screen says about it.
  struct Lasting: Sendable, CustomTestStringConvertible {
    var fault: String
    var words: [String]
    /// A cut that makes the fault felt at once, where it is one of requests and watches would live on.
    var cuts: Bool

    init(fault: String, words: String..., cuts: Bool = true) {
      self.fault = fault
      self.words = words
      self.cuts = cuts
    }

    var testDescription: String { fault }
  }

  static let lasting: [Lasting] = [
    Lasting(fault: "refuse", words: "refused: is the API server running?", cuts: false),
    Lasting(fault: "freeze", words: "stopped answering", "does not answer", cuts: false),
    Lasting(fault: "wrong-certificate", words: "is not trusted", cuts: false),
    Lasting(fault: "429:retry-after=1s", words: "too many requests"),
    Lasting(fault: "500", words: "Internal error occurred: etcdserver: request timed out"),
    Lasting(fault: "503", words: "503 Service Unavailable: upstream connect error"),
    Lasting(fault: "401", words: "credentials expired"),
    Lasting(fault: "hang", words: "did not answer within"),
    Lasting(fault: "hang:after=100ms", words: "did not answer within", cuts: false),
    Lasting(fault: "garbage", words: "could not be read", cuts: true),
  ]

  @Test(arguments: lasting)
  func theDataStayWithTheirAgeAndWords(fault: Lasting) async throws {
    try await FaultBench.run { bench in
      try await bench.cluster.begin(fault.fault)
      if fault.fault == "garbage" { bench.cluster.compact() }
      if fault.cuts { try await bench.cluster.begin("cut") }
      try await bench.change()
      await bench.expectTrouble(fault.words)
      await bench.cluster.endFaults()
      try await bench.expectExact("after \(fault.fault)")
    }
  }

  /// Faults that come and go while everything changes; nothing may be missed, and what is shown is never less than the cluster has.
  @Test(arguments: [
    "cut:interval=500ms", "cut-watch:time=300ms", "cut-watch:events=1", "410:share=0.7",
    "compact:interval=300ms", "429:retry-after=1s,share=0.5", "500:share=0.5", "503:share=0.5",
    "cut-body:share=0.5", "hang-body:share=0.2", "garbage:share=0.5",
    "latency:time=200ms,jitter=500ms",
    "hang:share=0.1",
  ])
  func nothingIsMissedWhileItFails(fault: String) async throws {
    try await FaultBench.run { bench in
      try await bench.cluster.begin(fault)
      if !fault.hasPrefix("cut") { try await bench.cluster.begin("cut:interval=700ms") }
      for round in 0..<6 {
        try await bench.create(["extra-\(round)"])
        if round > 1 { try bench.delete("extra-\(round - 2)") }
        try bench.scale("model-1", to: Int64(1 + round % 2))
        try await Task.sleep(for: .milliseconds(250))
        let shown = Set(await bench.models.map(\.name))
        #expect(shown.isSuperset(of: ["model-0", "model-1", "model-2"]), "round \(round)")
      }
      await bench.cluster.endFaults()
      try await bench.expectExact("after \(fault)")
    }
  }

  /// A watch that stays open and tells nothing, on a connection that is well.
  @Test func aWatchThatFellSilentIsBegunAgain() async throws {
    try await FaultBench.run { bench in
      var configuration = Reflector<K8s.Deployment, ObjectKey>.Configuration(
        kind: K8s.Deployment.resourceKind)
      configuration.watchSilence = .seconds(1)
      try await bench.cluster.begin("hang-watch:verb=watch,path=/deployments")
      let seen = SeenNames()
      let reflector = Reflector<K8s.Deployment, ObjectKey>(
        api: bench.api, configuration: configuration,
        project: { ObjectKey($0.metadata) })
      let run = Task { await reflector.run { await seen.take($0) } }
      #expect(await eventually { await seen.names.count == 3 })
      try await bench.create(["unheard"])
      await bench.cluster.endFaults()
      #expect(await eventually { await seen.names.contains("unheard") })
      #expect(await seen.troubles.isEmpty, "it is no trouble that a watch is quiet")
      run.cancel()
      await run.value
    }
  }

  @Test func retryAfterIsObeyed() async throws {
    try await FaultBench.run { bench in
      try await bench.cluster.begin("429:retry-after=4s")
      try await bench.cluster.begin("cut")
      let begin = ContinuousClock.now
      await bench.expectTrouble(["too many requests"])
      await bench.cluster.endFaults()
      try await bench.expectExact("after the wait")
      #expect(ContinuousClock.now - begin >= .seconds(4))
    }
  }
}

/// The names that a reflector handed over.
private actor SeenNames {
  var names: Set<String> = []
  var troubles: [String] = []

  func take(_ output: ReflectorOutput<ObjectKey>) {
    switch output {
    case .changed(let entries): for entry in entries { names.insert(entry.key.name) }
    case .removed(let keys): for key in keys { names.remove(key.name) }
    case .state(.stale(_, let error, _, _)): troubles.append(error)
    case .state, .current, .resumed: break
    }
  }
}
