import Foundation
import Kubernetes
import Testing

@Suite("JSON values")
struct JSONValueTests {
  @Test(
    arguments: [
      ("null", .null), (" true ", true), ("false", false), ("0", 0), ("-0", 0), ("-12", -12),
      ("1.0", .double(1)), ("1e2", .double(100)), ("1.5E-1", 0.15),
      ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
      ("9223372036854775808", .double(9_223_372_036_854_775_808)), ("\"\"", ""),
      (#""a\"b\\c\/d\b\f\n\r\t""#, "a\"b\\c/d\u{8}\u{C}\n\r\t"), (#""\u00e9\u20AC""#, "é€"),
      (#""\ud83d\ude00!""#, "😀!"), (#""\ud83d""#, "\u{FFFD}"), (#""\ud83dx""#, "\u{FFFD}x"),
      (#""\ude00\u0041""#, "\u{FFFD}A"), (#""\ud83d\u0041""#, "\u{FFFD}A"), ("\"ünï😀\"", "ünï😀"),
      ("[]", []), ("[ ]", []), ("{}", [:]), ("{ }", [:]), ("[1,\n[2 , {}]\t]", [1, [2, [:]]]),
      (#"{"a":{"b":[null]},"c":1}"#, ["a": ["b": [nil]], "c": 1]), (#"{"a":1,"a":2}"#, ["a": 2]),
    ] as [(String, JSONValue)])
  func reads(text: String, value: JSONValue) throws {
    #expect(try JSONValue(parsing: Data(text.utf8)) == value)
  }

  @Test(arguments: [
    "", " ", "nul", "tru", "nulll", "01", "-", "+1", "1.", ".5", "1e", "0x1", "NaN", "1e999",
    "\"", "\"\\", "\"\\x\"", "\"\\u12g4\"", "\"\n\"", "[", "[1", "[1,]", "[,]", "[1 2]", "{",
    "{a:1}",
    "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":1", "1 2", "[1]]", "'a'", "{\"a\" 1}", "\u{0}",
  ])
  func refuses(text: String) {
    #expect(throws: DecodingError.self) { try JSONValue(parsing: Data(text.utf8)) }
  }

  @Test func saysWhereTextIsWrong() {
    let error = #expect(throws: DecodingError.self) {
      try JSONValue(parsing: Data(#"{"a": tru}"#.utf8))
    }
    #expect("\(String(describing: error))".contains("'true' is expected at byte 9"))
  }

  @Test func survivesAnyDepthOfNesting() throws {
    let deep = String(repeating: "[", count: 400) + String(repeating: "]", count: 400)
    _ = try JSONValue(parsing: Data(deep.utf8))
    #expect(throws: DecodingError.self) {
      try JSONValue(parsing: Data(String(repeating: "[", count: 1_000_000).utf8))
    }
  }

  @Test func readsTheSameThroughADecoder() throws {
    let text = #"{"a":[1,1.5,true,null,"x",{"b":{}}],"c":-9007199254740993}"#
    let decoded = try JSONCoding.decoder.decode(JSONValue.self, from: Data(text.utf8))
    #expect(try decoded == JSONValue(parsing: Data(text.utf8)))
  }

  @Test func writesSortedAndWithoutNeedlessEscapes() throws {
    let value: JSONValue = [
      "b": [1, 2.5, .double(3), nil, true], "a": "x/\"\\\n\u{1}é", "": [:], "c": [],
    ]
    #expect(
      String(decoding: try value.encoded(), as: UTF8.self)
        == #"{"":{},"a":"x/\"\\\n\u0001é","b":[1,2.5,3,null,true],"c":[]}"#)
  }

  @Test func writesForPeople() throws {
    let value: JSONValue = ["a": [1], "b": [:], "c": ["d": "e"]]
    #expect(
      String(decoding: try value.encoded(pretty: true), as: UTF8.self) == """
        {
          "a": [
            1
          ],
          "b": {},
          "c": {
            "d": "e"
          }
        }
        """)
  }

  @Test func refusesNumbersThatJSONHasNoTextFor() {
    #expect(throws: EncodingError.self) { try JSONValue.double(.infinity).encoded() }
  }

  @Test func readsAndWritesByPath() {
    var value: JSONValue = ["metadata": ["name": "a"]]
    #expect(value["metadata", "name"] == "a")
    #expect(value["metadata", "labels", "x"] == nil)
    value["metadata", "labels", "x"] = "1"
    value["metadata", "name"] = nil
    #expect(value == ["metadata": ["labels": ["x": "1"]]])
    value["spec"] = nil
    #expect(value["spec"] == nil)
  }

  /// The examples of RFC 7396, appendix A.
  @Test(
    arguments: [
      (["a": "b"], ["a": "c"], ["a": "c"]),
      (["a": "b"], ["b": "c"], ["a": "b", "b": "c"]),
      (["a": "b"], ["a": nil], [:]),
      (["a": "b", "b": "c"], ["a": nil], ["b": "c"]),
      (["a": ["b"]], ["a": "c"], ["a": "c"]),
      (["a": "c"], ["a": ["b"]], ["a": ["b"]]),
      (["a": ["b": "c"]], ["a": ["b": "d", "c": nil]], ["a": ["b": "d"]]),
      (["a": [["b": "c"]]], ["a": [1]], ["a": [1]]),
      (["a", "b"], ["c", "d"], ["c", "d"]),
      (["a": "b"], ["c"], ["c"]),
      (["a": "foo"], nil, nil),
      (["a": "foo"], "bar", "bar"),
      (["e": nil], ["a": 1], ["e": nil, "a": 1]),
      ([1, 2], ["a": "b", "c": nil], ["a": "b"]),
      ([:], ["a": ["bb": ["ccc": nil]]], ["a": ["bb": [:]]]),
    ] as [(JSONValue, JSONValue, JSONValue)])
  func mergesPatches(target: JSONValue, patch: JSONValue, result: JSONValue) {
    #expect(target.merging(patch: patch) == result)
  }

  @Test func readsPortsAndNames() throws {
    let ports = try JSONCoding.decoder.decode(
      [IntOrString].self, from: Data(#"[8000,"http","25%"]"#.utf8))
    #expect(ports == [.int(8_000), .string("http"), .string("25%")])
    #expect(try JSONCoding.value(of: ports) == [8_000, "http", "25%"])
  }
}
