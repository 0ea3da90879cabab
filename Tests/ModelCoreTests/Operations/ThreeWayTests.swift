import ModelCore
import Synchronization
import Testing

@Suite("Changes of two people")
struct ThreeWayTests {
  private static func fields(_ change: (inout ModelFields) -> Void = { _ in }) -> ModelFields {
    var fields = ModelFields(ModelFixture.request())
    fields.tags = ["a", "b"]
    change(&fields)
    return fields
  }

  private static func change(_ edit: (inout ModelChange) -> Void) -> ModelChange {
    var change = ModelChange()
    edit(&change)
    return change
  }

  @Test func tellsWhoChangedWhat() {
    let both = ThreeWay(
      base: Self.fields(),
      change: Self.change {
        $0.displayName = "Mine"
        $0.image = "mine:1"
        $0.gpuCount = 2
        $0.storageSize = 20
      },
      current: Self.fields {
        $0.modelDescription = "theirs"
        $0.image = "theirs:1"
        $0.gpuCount = 2
        $0.storageSize = 30
      })
    #expect(
      both.rows.map { "\($0.field.rawValue) \($0.change)" } == [
        "display_name mine", "description theirs", "image both", "gpu_count same",
        "storage_size theirs",
      ])
    #expect(both.conflicts.map(\.field) == [.image])
    #expect(both.conflicts.first?.theirs == .text("theirs:1"))
  }

  /// Tags that I added, theirs added, and one that each took away.
  @Test func mergesTags() {
    let both = ThreeWay(
      base: Self.fields(), change: Self.change { $0.tags = ["b", "mine"] },
      current: Self.fields { $0.tags = ["a", "theirs"] })
    #expect(both.conflicts.first?.merged == .list(["theirs", "mine"]))
    #expect(both.resolved([.tags: .both]).change.tags == ["theirs", "mine"])
    #expect(both.resolved([.tags: .mine]).change.tags == ["b", "mine"])
    #expect(both.resolved([:]).change.isEmpty)
    #expect(both.resolved([:]).base.tags == ["a", "theirs"])
  }

  @Test func whatTheBaseDoesNotKnowIsNoConflict() {
    var base = ModelFields()
    base.displayName = "Old"
    let both = ThreeWay(
      base: base, change: Self.change { $0.image = "mine:1" },
      current: Self.fields {
        $0.displayName = "Old"; $0.tags = []
      })
    #expect(both.rows.map(\.change) == [.mine])
  }

  @Test func aFormSendsOnlyWhatWasChanged() {
    let change = ModelChange(
      from: Self.fields(),
      to: Self.fields {
        $0.command = ["x"]; $0.displayName = "New"
      })
    #expect(change.changed == [.displayName, .command])
    #expect(change.redeploys)
    #expect(!Self.change { $0.tags = [] }.redeploys)
  }

  @Test func storageOnlyGrowsAndKeepsItsClass() {
    var request = ModelFixture.request()
    request.storageSize = 30
    let findings = Self.change {
      $0.storageSize = 20
      $0.storageClass = "fast"
    }.findings(for: request)
    #expect(
      findings.filter { $0.severity == .error }.map(\.message) == [
        "storage_size is 20, and the volume has 30 Gi: it cannot shrink",
        "the storage class of a volume cannot be changed: this one has the cluster's default class",
      ])
    #expect(Self.change { $0.storageSize = 31 }.findings(for: request).isEmpty)
  }

  @Test func aChangedCommandIsHeldToTheNameOfTheModel() {
    let findings = Self.change {
      $0.command = ["vllm", "serve", "x", "--served-model-name", "other"]
    }
    .findings(for: ModelFixture.request())
    #expect(findings.map(\.field) == [.command])
    #expect(
      findings.first?.message
        == "--served-model-name 'other' must match model name 'llama-7b' (required by Aibrix)")
  }
}

@Suite("Several writes")
struct BulkRunTests {
  private static let writes = ["a", "b", "c"].map {
    ModelWrite.stop(ModelTarget(ModelID(namespace: "n", name: $0)))
  }

  @Test(arguments: [(true, "1 done, 1 failed, 1 not begun"), (false, "2 done, 1 failed")])
  func givesAResultForEach(stops: Bool, summary: String) async {
    let begun = Mutex<[String]>([])
    let entries = await BulkRun.run(Self.writes, stopsAtSurprise: stops) { write in
      begun.withLock { $0.append(write.name) }
      return write.name == "b" ? .failed(OperationFailure(.notFound, "gone")) : .succeeded("done")
    }
    #expect(BulkRun.summary(entries) == summary)
    #expect(begun.withLock { $0 } == (stops ? ["a", "b"] : ["a", "b", "c"]))
  }
}
