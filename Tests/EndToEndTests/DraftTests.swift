import Foundation
import Testing

/// A form in a terminal that is closed in mid-form, as a lost SSH session does.
@Suite("Drafts", .serialized)
struct DraftTests {
  private func files(_ directory: URL) -> [URL] {
    let all = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: nil)
    return (all?.allObjects as? [URL] ?? []).filter { !$0.hasDirectoryPath }
  }

  private func text(_ file: URL) -> String {
    (try? Data(contentsOf: file)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  private func open(_ state: URL) throws -> Terminal {
    let terminal = try Terminal(environment: ["XDG_STATE_HOME": state.path()])
    try terminal.run([Program.path, "demo"])
    try terminal.wait(for: "live data") { $0.contains(" live") }
    return terminal
  }

  @Test func aFormSurvivesItsTerminal() throws {
    let state = FileManager.default.temporaryDirectory.appending(
      path: "modeldeck-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: state) }
    let token = "hf_" + String(repeating: "aB3xY9", count: 6)
    let first = try open(state)
    try first.press("c")
    try first.wait(forText: "Create a model")
    try first.type("draft-model")
    for _ in 0..<9 { try first.press("Tab") }
    try first.type(token)
    try first.press("Tab")
    try first.type("kept")
    try first.wait(for: "the tag") { $0.contains("Tags               kept") }
    try first.cut()

    var draft: URL?
    for _ in 0..<100 where draft == nil {
      draft = files(state).first { $0.pathExtension == "json" && text($0).contains("\"kept\"") }
      if draft == nil { _ = try Shell.run(["sleep", "0.1"]) }
    }
    let file = try #require(draft, "no draft in \(files(state))")
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path())
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(text(file).contains("\"draft-model\""))
    for file in files(state) { #expect(!text(file).contains(token), "\(file)") }

    // A file that is no draft is put aside and told; the other one is gone on with.
    try Data("{\"version\": 1, ".utf8).write(
      to: file.deletingLastPathComponent().appending(path: "broken.json"))
    let second = try open(state)
    try second.press("c")
    try second.wait(for: "the draft") { $0.contains("draft-model") && $0.contains("draft from") }
    try second.press("Escape")
    try second.wait(forText: "is kept: c continues it")
    try second.press("M")
    // The path is long and may be cut in two by the end of a line.
    try second.wait(forText: ".damaged")
  }
}
