import Foundation
import Kubernetes
import ModelCore
import Scripting
import Testing

/// Tables, names, documents and lines.
@Suite("Output") struct OutputTests {
  private let now = Date(timeIntervalSince1970: 1_700_000_000)

  private func model(
    _ name: String, namespace: String = "jan-models", _ status: ModelStatus = .running,
    reason: String = ""
  ) -> Model {
    var model = Model(id: ModelID(namespace: namespace, name: name), uid: name)
    model.status = status
    model.reason = reason
    model.desiredReplicas = 1
    model.readyReplicas = status == .running ? 1 : 0
    model.createdAt = now.addingTimeInterval(-3_600 * 24)
    model.organization = "1"
    return model
  }

  @Test func columnsAreAlignedAndNothingTrails() throws {
    let listing = ModelListing([model("llama-7b"), model("q", .failed)], now: now)
    let lines = try listing.text(.table).split(separator: "\n").map(String.init)
    #expect(lines[0] == "NAME       NAMESPACE    STATUS    READY   GPU   NODE   RESTARTS   AGE")
    #expect(lines[1] == "llama-7b   jan-models   running   1/1     -     -      0          24h")
    #expect(lines[2] == "q          jan-models   failed    0/1     -     -      0          24h")
  }

  @Test func headersCanBeLeftOutAndTheNamespaceToo() throws {
    var listing = ModelListing([model("llama-7b")], now: now)
    listing.hasHeader = false
    listing.hidesNamespace = true
    #expect(try listing.text(.table).hasPrefix("llama-7b   running"))
    #expect(try ModelListing([], now: now).text(.table).isEmpty)
  }

  @Test func namesThatSeveralHaveComeWithTheirNamespace() throws {
    let models = [model("a"), model("b"), model("b", namespace: "team")]
    #expect(try ModelListing(models, now: now).text(.name) == "a\njan-models/b\nteam/b\n")
  }

  @Test func documentsAreTheSpecifications() throws {
    var listing = ModelListing([model("llama-7b")], now: now)
    let list = try JSONValue(parsing: Data(try listing.text(.json).utf8))
    #expect(list["total"]?.integerValue == 1)
    #expect(list["models"]?.arrayValue?.first?["id"]?.stringValue == "llama-7b")
    listing.isSingle = true
    let single = try JSONValue(parsing: Data(try listing.text(.json).utf8))
    #expect(single["model", "status"]?.stringValue == "running")
    #expect(try listing.text(.jsonPath(JSONPath("{.status} {.model.id}"))) == "running llama-7b")
  }

  @Test func foreignTextCannotMoveTheCursor() throws {
    let text = try ModelListing(
      [model("a", .failed, reason: "bad\u{1B}[2J\nthing")], now: now
    ).text(.wide)
    #expect(!text.contains("\u{1B}"))
    #expect(text.split(separator: "\n").count == 2)
  }

  @Test func linesOfAStreamSayFirstWhatMatters() throws {
    let old = model("llama-7b", .creating)
    let new = model("llama-7b", .failed, reason: "the image cannot be pulled")
    let line = try #require(ChangeLine(from: old, to: new))
    #expect(line.isUrgent)
    #expect(
      line.line(at: now)
        == "ATTENTION failed: llama-7b, was creating, 0/1 ready, in jan-models - the image cannot be pulled "
        + "[2023-11-14T22:13:20Z]\n")
    #expect(ChangeLine(from: old, to: old) == nil)
    #expect(ChangeLine(removed: old.id).text == "deleted: llama-7b in jan-models")
  }

  @Test(arguments: [
    ("500ms", 0.5), ("30s", 30), ("1m30s", 90), ("2h", 7_200), ("45", 45), ("0", 0), ("1.5m", 90),
  ])
  func durationsAreGos(text: String, seconds: Double) {
    #expect(DurationText.parse(text, within: 0...86_400) == .seconds(seconds))
  }

  @Test(arguments: ["", "soon", "-5s", "5d", "s", "1m30", "1e3", "99h"])
  func whatIsNoDurationIsRefused(text: String) {
    #expect(DurationText.parse(text, within: 0...86_400) == nil)
  }

  @Test(arguments: ["xml", "", "jsonpath", "jsonpath=", "jsonpath={.a[}", "JSON"])
  func formatsThatThereAreNotAreRefused(text: String) {
    #expect(throws: ScriptingError.self) { _ = try OutputFormat(text) }
  }
}
