import FoundationEssentials
import Testing

@testable import Kubernetes

@Suite("JSON scanner")
struct JSONScannerTests {
  private func scan<Value>(
    _ text: String, _ read: (inout JSONScanner) throws -> Value
  ) throws -> Value {
    try JSONScanner.scan(Data(text.utf8), read)
  }

  @Test(arguments: [
    (#""""#, ""), (#""plain""#, "plain"), (#""sixteen and more bytes""#, "sixteen and more bytes"),
    (#""a\"b\\c\/d\b\f\n\r\t""#, "a\"b\\c/d\u{8}\u{c}\n\r\t"), (#""\u00e9\u20AC""#, "é€"),
    (#""\ud83d\ude00!""#, "😀!"), (#""\ud83d""#, "\u{FFFD}"),
    (#""\ud83dx\ude00""#, "\u{FFFD}x\u{FFFD}"),
    (#""\ud83d\u0041""#, "\u{FFFD}A"), (#""日本語の名前です""#, "日本語の名前です"),
    (#""  \\\"tail""#, "  \\\"tail"),
  ])
  func textsAreReadAsTheyAreMeant(_ text: String, _ expected: String) throws {
    #expect(try scan(text) { try $0.string() } == expected)
    #expect(try scan(text) { try $0.uniqueString() } == expected)
    #expect(try JSONValue(parsing: Data(text.utf8)) == .string(expected))
    try scan(text) { try $0.skip() }
  }

  @Test(
    arguments: [
      ("0", 0), ("-7", -7), ("12345", 12_345), ("1.0", 1), ("1e3", 1_000), ("2.5E1", 25),
      ("1e+2", 100),
      ("-9223372036854775808", .min), ("9223372036854775807", .max),
    ] as [(String, Int64)])
  func wholeNumbersAreReadInEveryForm(_ text: String, _ expected: Int64) throws {
    #expect(try scan(text) { try $0.int64() } == expected)
  }

  @Test(arguments: ["1.5", "1e400", "9223372036854775808", "\"1\"", "true", "[]", "{}"])
  func whatIsNoWholeNumberHasTheWrongShape(_ text: String) throws {
    let error = #expect(throws: ScanError.self) { try scan(text) { try $0.int() } }
    #expect(error?.kind == .shape)
  }

  @Test(arguments: [
    "", " ", "{", "[", "\"", "\"abc", "\"ab\\", "\"\\u12\"", "\"\\x\"", "{\"a\"}", "{\"a\":}",
    "{\"a\":1,}", "{a:1}", "[1,]", "[1 2]", "{\"a\":1 \"b\":2}", "tru", "nul", "01", "1.", "1e",
    "-", "+1",
    "[}", "{\"a\":[}]}", "[\"a\nb\"]", "1 2", "{} {}", "{\"a\":1", "[[[", "\u{FEFF}{}", "NaN",
  ])
  func whatIsNoJSONIsRefusedAlsoWhereItIsSteppedOver(_ text: String) throws {
    let error = #expect(throws: ScanError.self) { try scan(text) { try $0.skip() } }
    #expect(error?.kind == .syntax)
    #expect(throws: (any Error).self) { try JSONValue(parsing: Data(text.utf8)) }
  }

  @Test func everyTruncationOfADocumentIsAnErrorAndNoCrash() throws {
    let bytes = Array(
      #"{"metadata":{"name":"a\u00e9\"","labels":{"x":"y"}},"spec":{"replicas":-1.5e3,"l":[true,null]}}"#
        .utf8)
    for length in 0..<bytes.count {
      let part = Data(bytes[..<length])
      #expect(throws: ScanError.self) { try JSONScanner.scan(part) { try $0.skip() } }
      #expect(throws: ScanError.self) {
        try JSONScanner.scan(part) { try K8s.Deployment(scanning: &$0) }
      }
    }
  }

  @Test func deepNestingIsRefusedAndNotACrash() throws {
    let deep = String(repeating: "[", count: 100_000)
    let error = #expect(throws: ScanError.self) { try scan(deep) { try $0.skip() } }
    #expect(error?.problem == "the values are nested too deep")
    let fine = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
    try scan(fine) { try $0.skip() }
  }

  @Test func ofAKeyThatOccursTwiceTheLastCounts() throws {
    let meta = try scan(#"{"name":"a","labels":{"k":"1","k":"2"},"name":"b"}"#) {
      try K8s.ObjectMeta(scanning: &$0)
    }
    #expect(meta.name == "b")
    #expect(meta.labels == ["k": "2"])
  }

  @Test func keysAreComparedAfterTheirEscapesAreRead() throws {
    let meta = try scan(#"{"n\u0061me":"a","na\u006de2":"x"}"#) {
      try K8s.ObjectMeta(scanning: &$0)
    }
    #expect(meta.name == "a")
  }

  @Test func bytesThatAreNoTextBecomeReplacementCharacters() throws {
    let data = Data([0x22, 0x61, 0xFF, 0x62, 0x22])
    #expect(try JSONScanner.scan(data) { try $0.string() } == "a\u{FFFD}b")
  }

  @Test func textsThatCollideInTheTableAreStillThemselves() throws {
    let texts = (0..<20_000).map { "a-name-that-is-long-enough-\($0)" }
    let json = "[" + texts.map { "\"\($0)\"" }.joined(separator: ",") + "]"
    let cache = StringCache()
    for _ in 0..<2 {
      #expect(
        try JSONScanner.scan(Data(json.utf8), strings: cache) { try $0.stringArray() } == texts)
    }
  }
}
