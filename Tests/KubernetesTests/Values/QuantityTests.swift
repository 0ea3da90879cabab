import Foundation
import Kubernetes
import Testing

@Suite("Quantity")
struct QuantityTests {
  @Test(
    arguments: [
      ("0", 0), ("1", 1), ("+1", 1), ("-1", -1), ("1.5", 2), ("100m", 1), ("1001m", 2),
      ("2k", 2_000),
      ("1Ki", 1_024), ("1.5Gi", 1_610_612_736), ("20Gi", 21_474_836_480), ("1M", 1_000_000),
      ("1e3", 1_000), ("1E3", 1_000), ("1E", 1_000_000_000_000_000_000), ("1e-3", 1), ("5.", 5),
      (".5", 1), ("1n", 1), ("1u", 1), ("1Ti", 1 << 40), ("1Pi", 1 << 50), ("1Ei", 1 << 60),
      ("8P", 8_000_000_000_000_000),
    ] as [(String, Int64)])
  func readsAndRoundsUp(text: String, whole: Int64) throws {
    let quantity = try #require(Quantity(text))
    #expect(quantity.roundedUp == whole)
    #expect(quantity.text == text)
  }

  @Test(arguments: [
    "", " ", "Gi", "1 Gi", "1gi", "1GI", "1K", "1GB", "1.2.3", "--1", "1e", "1e1.5", "0x10", "٣",
    "1,5", "NaN", "1e99", ".", "1Gi ", "½", "1e+", "1000000000000Ei",
  ])
  func refuses(text: String) {
    #expect(Quantity(text) == nil)
  }

  @Test(arguments: [("0.5", 500), ("1", 1_000), ("250m", 250), ("1n", 1), ("0.0001", 1)])
  func countsMilliCPUs(text: String, milli: Int64) {
    #expect(Quantity(text)?.milli == milli)
  }

  @Test func comparesByValue() throws {
    #expect(Quantity("1Gi") == Quantity("1024Mi"))
    #expect(Quantity("0.5") == Quantity("500m"))
    #expect(try #require(Quantity("1G")) < #require(Quantity("1Gi")))
    #expect(Set([Quantity("1"), Quantity("1000m"), Quantity("1e0")]).count == 1)
  }

  @Test func readsStringsAndNumbersAndWritesStrings() throws {
    let read = try JSONCoding.decoder.decode(
      [Quantity].self, from: Data(#"["500m", 2, 1.5]"#.utf8))
    #expect(read == [Quantity("500m"), Quantity("2"), Quantity("1.5")])
    #expect(try JSONCoding.value(of: read) == ["500m", "2", "1.5"])
    #expect(throws: DecodingError.self) {
      try JSONCoding.decoder.decode([Quantity].self, from: Data(#"["a lot"]"#.utf8))
    }
  }
}
