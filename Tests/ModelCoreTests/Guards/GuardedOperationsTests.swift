import FoundationEssentials
import Kubernetes
import ModelCore
import Synchronization
import TestSupport
import Testing

/// What a guard rail refuses is not sent, through whichever face; and what is sent is noted down.
@Suite("Guarded operations")
struct GuardedOperationsTests {
  private let bench = OperationsBench()

  private final class Notebook: Journal {
    private let lines = Mutex<[JournalEntry]>([])
    var entries: [JournalEntry] { lines.withLock { $0 } }
    func append(_ entry: JournalEntry) { lines.withLock { $0.append(entry) } }
  }

  private func operations(
    _ change: (inout GuardRails) -> Void, journal: (any Journal)? = nil
  ) -> ModelOperations {
    var settings = ModelOperations.Settings(organization: "1", user: "ada")
    settings.guards.context = "prod"
    change(&settings.guards)
    return ModelOperations(
      api: bench.cluster, observer: nil, settings: settings,
      journal: journal.map { JournalDesk($0, context: "prod", user: "ada") },
      retry: RetryPolicy(base: .milliseconds(1), cap: .milliseconds(2)))
  }

  private func refusal(_ result: OperationResult) -> String? {
    guard case .failed(let failure) = result, failure.kind == .forbidden else { return nil }
    return failure.message
  }

  @Test func aReadOnlyContextTakesNoWrite() async throws {
    let target = try await bench.make().target
    let operations = operations { $0.isReadOnly = true }
    for result in [
      await operations.scale(target, to: 2), await operations.restart(target),
      await operations.stop(target), await operations.delete(target.id, uid: target.uid),
      await operations.create(ModelFixture.request()),
    ] {
      #expect(refusal(result)?.contains("context prod is read-only") == true, "\(result)")
    }
    #expect(bench.cluster.writes.isEmpty)
  }

  @Test func aDeniedDeleteDeletesNothing() async throws {
    let target = try await bench.make().target
    let operations = operations { $0.deniesDelete = true }
    let result = await operations.delete(target.id, uid: target.uid)
    #expect(refusal(result)?.contains("nothing is deleted in context prod") == true)
    #expect(bench.cluster.writes.isEmpty)
    #expect(await operations.stop(target).isSuccess)
  }

  @Test func aModelGetsNoMoreGPUsThanAreAllowed() async throws {
    var request = ModelFixture.request()
    request.gpuCount = 2
    let target = try await bench.make(request).target
    let operations = operations { $0.maxGPUs = 4 }
    #expect(await operations.scale(target, to: 2).isSuccess)
    bench.cluster.forgetRequests()
    let result = await operations.scale(target, to: 3)
    #expect(refusal(result)?.contains("would ask for 6 GPUs") == true, "\(result)")
    var change = ModelChange()
    change.gpuCount = 3
    let redeployed = await operations.update(target, change)
    #expect(refusal(redeployed)?.contains("would ask for 6 GPUs") == true, "\(redeployed)")
    #expect(bench.deployment["spec", "replicas"] == 2)
    // What has more than is allowed may still lose some.
    #expect(await self.operations { $0.maxGPUs = 1 }.scale(target, to: 1).isSuccess)
  }

  @Test func aCreateWithTooManyGPUsIsRefused() async {
    var request = ModelFixture.request()
    request.gpuCount = 8
    let result = await operations { $0.maxGPUs = 4 }.create(request)
    #expect(refusal(result)?.contains("at most 4 for one model") == true)
    #expect(bench.cluster.writes.isEmpty)
  }

  @Test func everyWriteIsNotedWithWhatItChanged() async throws {
    let target = try await bench.make().target
    let notebook = Notebook()
    let operations = operations({ _ in }, journal: notebook)
    _ = await operations.scale(target, to: 2)
    _ = await operations.scale(ModelTarget(target.id, uid: "another"), to: 3)
    let entries = notebook.entries
    #expect(entries.map(\.action) == ["scale", "scale"])
    #expect(entries.map(\.outcome) == [.done, .failed])
    #expect(entries.allSatisfy { $0.user == "ada" && $0.context == "prod" })
    #expect(entries[0].before != nil && entries[0].before != entries[0].after)
    #expect(entries[1].before == entries[1].after && entries[0].after == entries[1].before)
  }

  @Test func theTokenIsNotInTheJournal() async throws {
    let notebook = Notebook()
    var request = ModelFixture.request()
    request.huggingFaceToken = HuggingFaceToken("hf_secretsecret")
    let result = await operations({ _ in }, journal: notebook).create(request)
    #expect(result.isSuccess, "\(result)")
    #expect(notebook.entries.map(\.action) == ["create"])
    #expect(notebook.entries[0].before == nil && notebook.entries[0].after != nil)
    #expect(!notebook.entries[0].line.contains("secretsecret"))
  }
}
