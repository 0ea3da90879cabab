import ModelCore
import Testing

@Suite("Files of manifests")
struct YAMLFileTests {
  private func problem(_ bytes: [UInt8]) -> String? {
    do throws(YAMLFile.Problem) {
      _ = try YAMLFile.text(bytes)
      return nil
    } catch { return error.message }
  }

  @Test func lineEndsAndMarksAreTakenOut() throws {
    #expect(
      try YAMLFile.text([0xEF, 0xBB, 0xBF] + Array("a: 1\r\nb: 2\r\n".utf8)) == "a: 1\nb: 2\n")
  }

  @Test func whatIsNoTextIsTold() {
    #expect(problem([0x61, 0x0A, 0xFF, 0x0A]) == "it is not UTF-8: see line 2")
    #expect(problem([0xFF, 0xFE, 0x61, 0x00]) == "it is UTF-16")
    #expect(problem([0x61, 0x0A, 0x00]) == "it is no text: there is a zero byte in line 2")
    #expect(problem([0x1F, 0x8B, 0x08]) == "it is compressed")
    #expect(problem(Array(repeating: 0x61, count: 300 << 10))?.contains("256 KiB are read") == true)
    #expect(problem(Array("a: b".utf8)) == nil)
  }
}
