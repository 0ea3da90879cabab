import FoundationEssentials
import Kubernetes
import ModelCore
import Testing

/// A line of the journal: what goes in comes out, and nothing breaks the line.
@Suite("Journal entries")
struct JournalEntryTests {
  private let entry = JournalEntry(
    time: Date(timeIntervalSince1970: 1_768_473_000), user: "admin", context: "gpu-prod",
    model: ModelID(namespace: "jan-models", name: "llama-7b"), action: "scale", before: "aa",
    after: nil, outcome: .done, message: "scaled \"llama-7b\" to 2")

  @Test func aLineIsReadBack() {
    #expect(JournalEntry(line: entry.line) == entry)
    #expect(entry.line.hasPrefix("{") && !entry.line.contains("\n"))
  }

  @Test func hostileTextStaysOneShortLine() {
    var entry = entry
    entry.message = String(repeating: "\u{1B}[31m\n\u{202E}x", count: 100_000)
    entry.user = "a\nb"
    #expect(entry.line.utf8.count < 4_096)
    #expect(entry.line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E })
    #expect(JournalEntry(line: entry.line)?.user == "a b")
  }

  @Test(arguments: [
    "", "{", "[]", "{\"time\":\"yesterday\"}", "{\"time\":\"2026-01-15T10:30:00Z\"}",
  ])
  func whatIsCutIsNoEntry(line: String) {
    #expect(JournalEntry(line: line) == nil)
  }

  @Test func theDigestIsAboutWhatPeopleDecide() {
    var object: JSONValue = [
      "metadata": [
        "uid": "u", "resourceVersion": "1", "labels": ["a": "b"],
        "annotations": [
          "jan-server.menlo.ai/tags": "[]", "deployment.kubernetes.io/revision": "1",
        ],
      ], "spec": ["replicas": 1], "status": ["replicas": 0],
    ]
    let before = ObjectDigest.of(object)
    #expect(before.count == 16)
    object["status"] = ["replicas": 1]
    object["metadata", "resourceVersion"] = "2"
    #expect(ObjectDigest.of(object) == before)
    object["spec"] = ["replicas": 2]
    #expect(ObjectDigest.of(object) != before)
  }
}
