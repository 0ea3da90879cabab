import SimulatedCluster
import Testing

@Suite("Texts of faults")
struct FaultTextTests {
  @Test(arguments: FaultKind.allCases)
  func everyFaultIsReadByItsName(kind: FaultKind) throws {
    #expect(try Fault(kind.rawValue).kind == kind)
    #expect(try Fault("\(kind.rawValue):after=1s,for=500ms").description.hasPrefix(kind.rawValue))
    #expect(!kind.summary.isEmpty)
  }

  @Test(arguments: [
    ("nothing", "there is no fault \"nothing\"; there are cut"),
    ("429:every=0", "every=0 cannot be read"),
    ("429:share=2", "share=2 cannot be read"),
    ("500:for=soon", "for=soon cannot be read"),
    ("500:verb=fetch", "verb=fetch cannot be read"),
    ("refuse:every=2", "refuse does not know \"every=2\"; it takes after=, for="),
    ("hang:events=2", "hang does not know \"events=2\""),
    ("500:lots", "500 does not know \"lots\""),
  ])
  func whatCannotBeReadIsSaid(text: String, words: String) throws {
    let error = try #require(throws: FaultSyntaxError.self) { try Fault(text) }
    #expect(error.description.hasPrefix(words))
  }
}
