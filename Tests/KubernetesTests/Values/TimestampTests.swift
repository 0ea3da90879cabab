import Foundation
import Kubernetes
import Testing

@Suite("Times")
struct TimestampTests {
  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2024-01-15T10:30:00Z", 1_705_314_600),
      ("2024-02-29T23:59:59Z", 1_709_251_199), ("2000-03-01T00:00:00Z", 951_868_800),
      ("1969-12-31T23:59:59Z", -1), ("2024-01-15T12:30:00+02:00", 1_705_314_600),
      ("2024-01-15T05:00:00-05:30", 1_705_314_600), ("2024-01-15t10:30:00z", 1_705_314_600),
      ("2024-01-15T10:30:00.500000Z", 1_705_314_600.5),
      ("2024-01-15T10:30:00.123456789Z", 1_705_314_600.123_456_8),
    ] as [(String, Double)])
  func reads(text: String, seconds: Double) throws {
    let date = try #require(Timestamp.parse(text))
    #expect(abs(date.timeIntervalSince1970 - seconds) < 0.000_001)
  }

  @Test(arguments: [
    "", "now", "2024-01-15", "2024-01-15T10:30:00", "2024-13-01T00:00:00Z", "2024-01-32T00:00:00Z",
    "2024-01-15T24:00:00Z", "2024-01-15T10:60:00Z", "2024-01-15T10:30:00.Z",
    "2024-01-15T10:30:00+2:00", "2024-01-15T10:30:00Z ", "24-01-15T10:30:00Z", "2024-01-15T10:30Z",
  ])
  func refuses(text: String) {
    #expect(Timestamp.parse(text) == nil)
  }

  @Test(arguments: ["1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "1999-12-31T23:59:59Z"])
  func writesWhatItRead(text: String) throws {
    #expect(Timestamp.format(try #require(Timestamp.parse(text))) == text)
  }

  @Test(arguments: [
    "2024-01-15T10:30:00.000000Z", "2024-01-15T10:30:00.123456Z", "2024-01-15T10:30:00.999999Z",
    "2026-11-23T05:42:21.000001Z", "1969-12-31T23:59:59.250000Z",
  ])
  func keepsMicroseconds(text: String) throws {
    #expect(Timestamp.formatMicro(try #require(Timestamp.parse(text))) == text)
  }

  @Test func areDatesInObjects() throws {
    let text = #"{"name":"a","creationTimestamp":"2024-01-15T10:30:00Z"}"#
    let metadata = try JSONCoding.decoder.decode(K8s.ObjectMeta.self, from: Data(text.utf8))
    #expect(metadata.creationTimestamp == Date(timeIntervalSince1970: 1_705_314_600))
    #expect(
      try JSONCoding.value(of: metadata)["creationTimestamp"] == "2024-01-15T10:30:00Z")
    #expect(throws: DecodingError.self) {
      try JSONCoding.decoder.decode(
        K8s.ObjectMeta.self, from: Data(#"{"creationTimestamp":"yesterday"}"#.utf8))
    }
  }
}
