import FoundationEssentials
import Kubernetes
import ModelCore
import Testing

/// Two dashboards at one Lease, with a server in between that knows versions; time passes when a test says so.
@Suite("Lease contest")
struct LeaseContestTests {
  private static let date = Date(timeIntervalSince1970: 1_700_000_000)

  private func contest(_ identity: String, isReadOnly: Bool = false) -> LeaseContest {
    LeaseContest(
      name: "modeldeck-1", namespace: "jan-models", identity: identity, isReadOnly: isReadOnly)
  }

  /// What the server makes of a write.
  private func stored(_ lease: JSONValue, _ version: Int) -> JSONValue {
    var lease = lease
    lease["metadata", "uid"] = "uid-lease"
    lease["metadata", "resourceVersion"] = .string(String(version))
    return lease
  }

  /// A Lease as its holder wrote it.
  private func held(by identity: String, version: Int = 1) -> JSONValue {
    stored(
      [
        "metadata": ["name": "modeldeck-1", "labels": ["team": "a"]],
        "spec": [
          "holderIdentity": .string(identity), "leaseDurationSeconds": 10,
          "renewTime": .string("renewed \(version)"), "leaseTransitions": 4,
        ],
      ], version)
  }

  /// Takes what is there to take.
  private func elected(at now: Duration) -> LeaseContest {
    var contest = contest("ada@one_00000001")
    contest.looked()
    guard case .create(let lease) = contest.step(at: now, date: Self.date) else {
      Issue.record("it does not begin")
      return contest
    }
    contest.wrote(.stored(stored(lease, 1)), sentAt: now, at: now + .milliseconds(50))
    return contest
  }

  @Test func takesALeaseThatIsNotThere() {
    let contest = elected(at: .seconds(100))
    #expect(contest.state(at: .seconds(101)) == .this)
    #expect(contest.remaining(at: .seconds(101)) == .seconds(7))
    #expect(contest.lease?["spec", "holderIdentity"] == "ada@one_00000001")
    #expect(contest.lease?["spec", "renewTime"] == "2023-11-14T22:13:20.000000Z")
  }

  @Test func doesNothingBeforeItHasLooked() {
    let contest = contest("ada@one_00000001")
    #expect(contest.step(at: .seconds(1), date: Self.date) == .wait(until: nil))
    #expect(contest.state(at: .seconds(1)) == .looking)
  }

  @Test func renewsEveryThreeSecondsAndNotBetween() {
    let contest = elected(at: .seconds(100))
    #expect(contest.step(at: .seconds(101), date: Self.date) == .wait(until: .seconds(103)))
    guard case .update(let lease) = contest.step(at: .seconds(103), date: Self.date) else {
      Issue.record("it is not renewed")
      return
    }
    #expect(lease["metadata", "resourceVersion"] == "1")
  }

  @Test func waitsForAsLongAsAnotherRenews() {
    var contest = contest("ada@one_00000001")
    contest.saw(held(by: "bob@two_0000000b"), at: .seconds(100))
    #expect(contest.state(at: .seconds(101)) == .other("bob@two"))
    #expect(contest.step(at: .seconds(109), date: Self.date) == .wait(until: .seconds(110)))
    contest.saw(held(by: "bob@two_0000000b", version: 2), at: .seconds(109))
    #expect(contest.step(at: .seconds(118), date: Self.date) == .wait(until: .seconds(119)))
    #expect(contest.remaining(at: .seconds(118)) == nil)
  }

  /// The times in the Lease are of another clock: an hour before or after ours, they change nothing.
  @Test(arguments: ["2000-01-01T00:00:00.000000Z", "2100-01-01T00:00:00.000000Z", "nonsense"])
  func neverBelievesTheClockOfAnother(time: String) {
    var lease = held(by: "bob@two_0000000b")
    lease["spec", "renewTime"] = .string(time)
    var contest = contest("ada@one_00000001")
    contest.saw(lease, at: .seconds(100))
    #expect(contest.step(at: .seconds(105), date: Self.date) == .wait(until: .seconds(110)))
    guard case .update = contest.step(at: .seconds(110), date: Self.date) else {
      Issue.record("it waits for ever")
      return
    }
  }

  @Test func takesOverWhatExpiredAndKeepsWhatOthersWrote() {
    var contest = contest("ada@one_00000001")
    contest.saw(held(by: "bob@two_0000000b"), at: .seconds(100))
    guard case .update(let lease) = contest.step(at: .seconds(110), date: Self.date) else {
      Issue.record("it is not taken")
      return
    }
    #expect(lease["metadata", "labels", "team"] == "a")
    #expect(lease["spec", "leaseTransitions"] == 5)
    #expect(lease["spec", "acquireTime"] == lease["spec", "renewTime"])
    #expect(contest.state(at: .seconds(110)) == .nobody)
  }

  @Test func takesAtOnceWhatWasGivenBack() {
    let leaving = elected(at: .seconds(100))
    let released = leaving.released(date: Self.date)
    var contest = contest("bob@two_0000000b")
    contest.saw(released.map { stored($0, 2) }, at: .seconds(50))
    guard case .update = contest.step(at: .seconds(50), date: Self.date) else {
      Issue.record("it waits for nobody")
      return
    }
  }

  @Test func givesBackOnlyWhatItHolds() {
    var contest = contest("ada@one_00000001")
    #expect(contest.released(date: Self.date) == nil)
    contest.saw(held(by: "bob@two_0000000b"), at: .seconds(1))
    #expect(contest.released(date: Self.date) == nil)
  }

  /// A process that was frozen, or that the server does not answer any more, stops writing two seconds before anybody takes over.
  @Test func stopsWritingBeforeItsLeaseEnds() {
    var contest = elected(at: .seconds(100))
    contest.wrote(.failed, sentAt: .seconds(103), at: .seconds(106))
    #expect(contest.remaining(at: .seconds(107)) == .seconds(1))
    #expect(contest.remaining(at: .seconds(108)) == nil)
    #expect(contest.state(at: .seconds(108)) == .nobody)
    // It goes on trying to renew: nobody else may be there.
    guard case .update = contest.step(at: .seconds(108), date: Self.date) else {
      Issue.record("it gave up")
      return
    }
  }

  @Test func losesTheLeaseToWhoTookIt() {
    var contest = elected(at: .seconds(100))
    contest.saw(held(by: "bob@two_0000000b", version: 2), at: .seconds(101))
    #expect(contest.remaining(at: .seconds(101)) == nil)
    #expect(contest.state(at: .seconds(101)) == .other("bob@two"))
  }

  @Test func isNotMisledByAnOldEvent() {
    var contest = elected(at: .seconds(100))
    guard case .update(let lease) = contest.step(at: .seconds(103), date: Self.date) else { return }
    contest.wrote(.stored(stored(lease, 7)), sentAt: .seconds(103), at: .seconds(103))
    contest.saw(held(by: "bob@two_0000000b", version: 3), at: .seconds(104))
    #expect(contest.state(at: .seconds(104)) == .this)
  }

  @Test func makesAnotherWhereItWasDeleted() {
    var contest = elected(at: .seconds(100))
    contest.saw(nil, at: .seconds(101))
    #expect(contest.remaining(at: .seconds(101)) == nil)
    guard case .create = contest.step(at: .seconds(104), date: Self.date) else {
      Issue.record("it is not made again")
      return
    }
  }

  @Test func saysWhichVerbIsMissing() {
    var contest = contest("ada@one_00000001")
    contest.looked()
    contest.wrote(
      .refused("no permission to create leases in namespace jan-models"), sentAt: .zero, at: .zero)
    #expect(
      contest.state(at: .zero)
        == .barred(
          reason: "no permission to create leases in namespace jan-models", holder: nil))
    #expect(contest.remaining(at: .zero) == nil)
  }

  @Test func onlyLooksWhenReadOnly() {
    var contest = contest("ada@one_00000001", isReadOnly: true)
    contest.looked()
    #expect(contest.step(at: .seconds(100), date: Self.date) == .wait(until: nil))
    contest.saw(held(by: "bob@two_0000000b"), at: .seconds(100))
    #expect(contest.state(at: .seconds(100)) == .barred(reason: "read-only", holder: "bob@two"))
    #expect(contest.step(at: .seconds(200), date: Self.date) == .wait(until: nil))
  }

  @Test(arguments: [
    ("1", "modeldeck-1"), ("acme", "modeldeck-acme"), ("org-2", "modeldeck-org-2"),
  ])
  func isNamedAfterTheOrganization(organization: String, name: String) {
    #expect(LeaseContest.name(organization: organization) == name)
  }

  @Test(arguments: ["Acme", "acme_1", "a.b"])
  func aNameThatIsNoneIsToldApart(organization: String) {
    let name = LeaseContest.name(organization: organization)
    #expect(name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") })
    let plain = organization.lowercased().replacing("_", with: "-").replacing(".", with: "-")
    #expect(name != LeaseContest.name(organization: plain))
  }

  @Test(arguments: [
    ("ada@one_1f9ac03e", "ada@one"), ("a_b@c_d_00000000", "a_b@c_d"),
    ("controller-7f_uuid", "controller-7f_uuid"), ("", ""),
  ])
  func namesThePerson(identity: String, person: String) {
    #expect(WriterIdentity.person(identity) == person)
  }
}
