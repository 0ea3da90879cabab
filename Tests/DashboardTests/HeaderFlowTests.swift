import Dashboard
import FoundationEssentials
import ModelCore
import TerminalUI
import TestSupport
import Testing

/// What the header tells, and when the screen changes by time alone.
@Suite("Header and time")
struct HeaderFlowTests {
  private let now = DashboardFixtures.now

  private func update(
    _ connection: Connection, gpus: GPUOverview = DashboardFixtures.gpus, asOf: Date? = nil,
    notices: [String] = []
  ) -> Message {
    .update(
      ClusterUpdate(
        connection: connection, gpus: gpus, asOf: asOf ?? DashboardFixtures.now, notices: notices))
  }

  @Test func permissionThatIsMissingIsToldAndNeverShownAsZero() {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models))
    robot.send(update(.live, gpus: .forbidden(missing: "no permission to list nodes")))
    robot.expect("GPUs: no permission to list nodes")
    robot.send(update(.live, gpus: .forbidden(missing: "list nodes")))
    robot.expect("GPUs: no permission to list nodes")
    robot.send(update(.live, gpus: .unknown))
    robot.expect("GPUs: …")
  }

  @Test func theTimeLeftOfCredentialsIsToldWhenItIsShort() throws {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models))
    let end = now.addingTimeInterval(30 * 3_600 + 30)
    robot.send(.credentials(Credentials(expiresAt: end)))
    robot.expectNot("creds")
    // Nothing on the screen changes until it is a day.
    robot.wait(6 * 3_600 + 31)
    robot.expect("creds 23 h")
    robot.wait(23 * 3_600 + 45 * 60)
    robot.expect("creds 14 min")
    let due = try #require(robot.state.nextDue(after: robot.state.now))
    #expect(due <= end.addingTimeInterval(-14 * 60 + 1))
    robot.wait(5 * 60)
    robot.expect("creds 9 min")
    robot.expectStyle(of: "creds", .headerWarning)
    robot.wait(9 * 60)
    robot.expect("creds under 1 min")
    robot.wait(60)
    robot.expect("creds expired")
    #expect(robot.state.nextDue(after: robot.state.now).map { $0 > robot.state.now } ?? true)
  }

  @Test func credentialsThatRenewThemselvesAreNoWarning() {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models))
    let end = now.addingTimeInterval(300)
    robot.send(.credentials(Credentials(expiresAt: end, renewsItself: true)))
    robot.expectStyle(of: "creds 5 min", .header)
    robot.resize(120, 40)
    robot.expect("credentials end in 5 min")
  }

  @Test func expiredCredentialsAreToldWithWhoseTheyAre() {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models))
    let text = "credentials expired for context prod (user jane): log in again"
    let problem = Credentials.Problem(summary: "credentials expired", text: text)
    robot.send(.credentials(Credentials(expiresAt: now, problem: problem)))
    robot.expectStyle(of: "credentials expired", .headerError)
    robot.expect(text)
    robot.send(
      update(
        .disconnected(since: now, error: text, nextAttempt: now.addingTimeInterval(4))))
    robot.expect("Since 10:30:00 " + text)
    robot.expectNot("Disconnected since")
    robot.send(update(.live))
    robot.send(.credentials(Credentials()))
    robot.expectNot("credentials expired")
    robot.expect("The credentials are valid again.")
  }

  @Test func aPluginThatIsWaitedForIsNamed() {
    var robot = Robot(
      DashboardState(
        configuration: DashboardFixtures.configuration(), size: Size(rows: 24, columns: 80),
        now: now))
    robot.send(.credentials(Credentials(renewsItself: true, awaited: "corp-login")))
    robot.expect("waiting for the credential plugin 'corp-login'…")
    robot.send(.credentials(Credentials(renewsItself: true)))
    robot.expect("connecting to ")
    robot.expectNot("corp-login")
  }

  @Test func whoMayNotReadOneNamespaceLearnsHowToLookIntoAnother() {
    var robot = Robot(
      DashboardState(
        configuration: DashboardFixtures.configuration(), size: Size(rows: 24, columns: 80),
        now: now))
    robot.send(update(.forbidden(missing: "list deployments in namespace default")))
    robot.expect("no permission to list deployments in namespace default")
    robot.expect(":namespace NAME looks into another one")
  }

  @Test func aLostConnectionIsToldAndComesBack() {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models))
    robot.wait(20)
    robot.send(
      update(
        .disconnected(
          since: now.addingTimeInterval(15), error: "connection refused",
          nextAttempt: now.addingTimeInterval(24))))
    robot.expect("data from 20 s ago")
    robot.expect("Disconnected since 10:30:15, next attempt in 4 s: connection refused")
    robot.expect("llama-70b")
    let stale = Theme.default[.stale]
    #expect(robot.frame[5, 3].style == stale)
    robot.wait(1)
    robot.expect("next attempt in 3 s")
    robot.send(update(.live, asOf: now.addingTimeInterval(21)))
    robot.expect("Connected again after 6 s")
    robot.expectNot("Disconnected")
    #expect(robot.frame[5, 3].style != stale)
    robot.press("M")
    robot.expect("error: Connection lost: connection refused")
  }

  @Test func noticesAreShownAndKept() {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models))
    let notice = "aibrix CRD not found: models cannot be created"
    robot.send(update(.live, notices: [notice, "ServiceMonitor is absent"]))
    robot.expect("\(notice) (+1: M)")
    robot.press("M")
    robot.expect("ServiceMonitor is absent")
  }

  @Test func earlierErrorsAreNotLost() {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models))
    robot.send(.notice(Notice("first error", severity: .error)))
    robot.expect("10:30:00 error: first error")
    robot.send(.notice(Notice("all is well")))
    robot.expect("1 earlier error: M")
    robot.press("M")
    robot.expect("first error")
    robot.press("esc")
    robot.expectNot("earlier error")
  }

  // MARK: Time

  @Test func nothingIsDueWhileNoCellChanges() throws {
    let old = DashboardFixtures.model("old", age: 400 * 86_400 + 3_600)
    let robot = Robot(DashboardFixtures.state([old]))
    let due = try #require(robot.state.nextDue(after: now))
    #expect(due.timeIntervalSince(now) >= 60)
    var later = robot
    let before = robot.frame
    later.wait(10)
    #expect(later.frame == before)
  }

  /// Until the time that is due nothing changes, and at that time something does.
  @Test(arguments: [0, 59, 60, 119, 3_000, 10_799, 28_799, 172_799, 691_200] as [TimeInterval])
  func whatIsDueIsWhenTheScreenChanges(age: TimeInterval) throws {
    let model = DashboardFixtures.model("model", age: age)
    var robot = Robot(DashboardFixtures.state([model]))
    for _ in 0..<3 {
      let due = try #require(robot.state.nextDue(after: robot.state.now))
      #expect(due > robot.state.now)
      // The data are kept current, as bookmarks do.
      robot.send(update(.live, asOf: robot.state.now))
      let before = robot.frame
      let wait = due.timeIntervalSince(robot.state.now)
      robot.wait(wait * 0.99)
      robot.send(update(.live, asOf: robot.state.now))
      #expect(robot.frame == before)
      robot.send(.clock(due))
      robot.send(update(.live, asOf: robot.state.now))
      if wait < 180 { #expect(robot.frame != before) }
    }
  }

  @Test func liveDataWithoutAWordForLongAreSaidToBeOld() throws {
    var robot = Robot(
      DashboardFixtures.state([DashboardFixtures.model("old", age: 400 * 86_400)]))
    let due = try #require(robot.state.nextDue(after: now))
    #expect(due == now.addingTimeInterval(180))
    robot.send(.clock(due))
    robot.expect("live, last word 3 min ago")
  }

  @Test func changedRowsStandOutForAWhile() throws {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models))
    var model = DashboardFixtures.model("whisper-cpu")
    model.restarts = 1
    robot.send(.update(ClusterUpdate(changed: [model], connection: .live, asOf: now)))
    let row = try #require(robot.frame.lines.firstIndex { $0.contains("whisper-cpu") })
    let marked = robot.frame[row, 2].style
    robot.wait(3)
    #expect(robot.frame[row, 2].style != marked)
  }
}
