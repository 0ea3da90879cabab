import FoundationEssentials
import Kubernetes
import Testing

/// Always the same number, so that a wait is exact.
struct FixedGenerator: RandomNumberGenerator, Sendable {
  func next() -> UInt64 { .max }
}

@Suite("Reflector machine")
struct ReflectorMachineTests {
  private static let start = Date(timeIntervalSince1970: 1_700_000_000)

  private struct Driver {
    var machine = ReflectorMachine(listing: "list pods", watching: "watch pods")
    var now = ReflectorMachineTests.start
    var generator = FixedGenerator()

    mutating func send(_ input: ReflectorMachine.Input) -> [ReflectorMachine.Action] {
      machine.handle(input, now: now, using: &generator)
    }

    /// Listed and watching from version 10.
    static func watching() -> Driver {
      var driver = Driver()
      _ = driver.send(.start)
      _ = driver.send(.page(count: 3, continueToken: nil, resourceVersion: "10"))
      _ = driver.send(.opened)
      return driver
    }
  }

  private static let cut = APIError.transport("the connection was cut", kind: .cut)

  private static func status(_ code: Int, _ reason: String = "") -> APIError {
    .status(.init(code: code, reason: reason, message: "no"))
  }

  @Test func listsInPagesAndThenWatchesFromTheListsVersion() {
    var driver = Driver()
    #expect(
      driver.send(.start) == [
        .report(.loading(objects: 0)), .beginList, .list(continueToken: nil, limit: 500),
      ])
    #expect(
      driver.send(.page(count: 500, continueToken: "c1", resourceVersion: "10")) == [
        .current, .report(.loading(objects: 500)), .list(continueToken: "c1", limit: 500),
      ])
    #expect(
      driver.send(.page(count: 20, continueToken: "", resourceVersion: "10")) == [
        .endList, .current, .report(.live), .watch(resourceVersion: "10"),
      ])
  }

  @Test func resumesFromTheLastVersionWhenTheServerEndsTheWatch() {
    var driver = Driver.watching()
    _ = driver.send(.event(resourceVersion: "12"))
    _ = driver.send(.bookmark(resourceVersion: "40"))
    #expect(driver.send(.ended) == [.watch(resourceVersion: "40")])
  }

  @Test func backsOffWhenTheServerEndsEveryWatchAtOnce() {
    var driver = Driver.watching()
    let actions = driver.send(.ended)
    #expect(actions.contains { if case .wait = $0 { true } else { false } })
  }

  @Test func listsAgainOn410WhetherItComesAsAnswerOrAsEvent() {
    for error in [Self.status(410, "Expired"), Self.status(0, "Gone")] {
      var driver = Driver.watching()
      #expect(driver.send(.failed(error)) == [.beginList, .list(continueToken: nil, limit: 500)])
    }
  }

  @Test func listsWithoutPagesWhenTheTokenExpiresAgain() {
    var driver = Driver()
    _ = driver.send(.start)
    _ = driver.send(.page(count: 500, continueToken: "c1", resourceVersion: "10"))
    #expect(
      driver.send(.failed(Self.status(410))) == [.beginList, .list(continueToken: nil, limit: 500)])
    _ = driver.send(.page(count: 500, continueToken: "c2", resourceVersion: "20"))
    #expect(
      driver.send(.failed(Self.status(410))) == [.beginList, .list(continueToken: nil, limit: nil)])
  }

  @Test func doesNotListInAHotLoopWhenEveryVersionIsExpired() {
    var driver = Driver.watching()
    _ = driver.send(.failed(Self.status(410)))
    _ = driver.send(.page(count: 3, continueToken: nil, resourceVersion: "11"))
    _ = driver.send(.failed(Self.status(410)))
    _ = driver.send(.page(count: 3, continueToken: nil, resourceVersion: "12"))
    let actions = driver.send(.failed(Self.status(410)))
    #expect(actions.last == .wait(.milliseconds(500)))
  }

  @Test func goesOnWithThePageThatFailed() {
    var driver = Driver()
    _ = driver.send(.start)
    _ = driver.send(.page(count: 500, continueToken: "c1", resourceVersion: "10"))
    _ = driver.send(.failed(Self.cut))
    #expect(driver.send(.due) == [.list(continueToken: "c1", limit: 500)])
  }

  @Test func waitsLongerAfterEveryFailureAndStartsOverAfterSuccess() {
    var driver = Driver.watching()
    let waits = (0..<8).map { _ in
      let actions = driver.send(.failed(Self.cut))
      _ = driver.send(.due)
      guard case .wait(let duration) = actions.last else { return Duration.zero }
      return duration
    }
    #expect(waits == [0.5, 1, 2, 4, 8, 16, 30, 30].map { Duration.seconds($0) })
    _ = driver.send(.opened)
    _ = driver.send(.event(resourceVersion: "11"))
    #expect(driver.send(.failed(Self.cut)).last == .wait(.milliseconds(500)))
  }

  @Test func startsOverAfterAHealthyWatchWithoutEvents() {
    var driver = Driver.watching()
    _ = driver.send(.failed(Self.cut))
    _ = driver.send(.due)
    _ = driver.send(.failed(Self.cut))
    _ = driver.send(.due)
    _ = driver.send(.opened)
    driver.now += 61
    #expect(driver.send(.failed(Self.cut)).last == .wait(.milliseconds(500)))
  }

  @Test func keepsTheTimeOfTheFirstFailureWhileItIsStale() {
    var driver = Driver.watching()
    _ = driver.send(.failed(Self.cut))
    _ = driver.send(.due)
    driver.now += 5
    let actions = driver.send(.failed(Self.cut))
    #expect(
      actions.first
        == .report(
          .stale(
            since: Self.start, error: "the connection was cut", attempt: 2,
            nextAttempt: driver.now + 1)))
    _ = driver.send(.due)
    #expect(
      driver.send(.opened) == [.current, .resumed(resourceVersion: "10"), .report(.live)])
  }

  @Test func listsAgainWhereAnotherClusterAnswers() {
    var driver = Driver.watching()
    #expect(
      driver.send(.replaced) == [.beginList, .list(continueToken: nil, limit: 500)])
    // What the old cluster had must not stay because the new one refuses.
    #expect(
      driver.send(.failed(Self.status(403, "Forbidden"))) == [
        .beginList, .endList, .report(.forbidden(missing: "list pods")), .wait(.seconds(3)),
      ])
  }

  @Test func beginsASilentWatchAgainWithoutAWord() {
    var driver = Driver.watching()
    #expect(driver.send(.silent) == [.watch(resourceVersion: "10")])
  }

  @Test func looksAgainSoonWhereItWasAllowedBefore() {
    var driver = Driver.watching()
    var waits: [ReflectorMachine.Action?] = []
    for _ in 0..<4 {
      waits.append(driver.send(.failed(Self.status(403, "Forbidden"))).last)
      _ = driver.send(.due)
    }
    #expect(waits == [3, 10, 30, 60].map { .wait(.seconds($0)) })
  }

  @Test(arguments: [429, 503])
  func obeysRetryAfter(code: Int) {
    var driver = Driver.watching()
    let error = APIError.status(.init(code: code), retryAfter: .seconds(20))
    guard case .wait(let duration) = driver.send(.failed(error)).last else {
      Issue.record("it does not wait")
      return
    }
    #expect(duration >= .seconds(20) && duration <= .seconds(22))
  }

  @Test func saysWhatIsForbiddenAndLooksAgainSlowly() {
    var driver = Driver()
    _ = driver.send(.start)
    #expect(
      driver.send(.failed(Self.status(403, "Forbidden"))) == [
        .report(.forbidden(missing: "list pods")), .wait(.seconds(60)),
      ])
    #expect(driver.send(.due) == [.beginList, .list(continueToken: nil, limit: 500)])
  }

  @Test func callsAKindThatIsNotServedAbsent() {
    var driver = Driver()
    _ = driver.send(.start)
    #expect(
      driver.send(.failed(Self.status(404, "NotFound"))) == [
        .report(.absent), .wait(.seconds(60)),
      ])
    #expect(
      driver.send(.interrupted(reason: "a definition came"))
        == [.beginList, .list(continueToken: nil, limit: 500)])
  }

  @Test func doesNotTakeAnotherServerForAnEmptyCluster() {
    var driver = Driver()
    driver.machine = ReflectorMachine(
      listing: "list pods", watching: "watch pods", isEverServed: true)
    _ = driver.send(.start)
    _ = driver.send(.page(count: 3, continueToken: nil, resourceVersion: "10"))
    _ = driver.send(.opened)
    let actions = driver.send(.failed(Self.status(404)))
    guard case .report(.stale(_, let error, _, _)) = actions.first, actions.count == 2 else {
      Issue.record("what was read is forgotten: \(actions)")
      return
    }
    #expect(error == "no (list pods): is the server's address right, with its path?")
    #expect(driver.send(.due) == [.watch(resourceVersion: "10")])
  }

  @Test func tellsTheWordsOfRefusedCredentials() {
    var driver = Driver.watching()
    let actions = driver.send(.failed(.unauthorized("the token expired")))
    guard case .report(.stale(_, let error, _, _)) = actions.first else {
      Issue.record("it is not stale: \(actions)")
      return
    }
    #expect(error == "the token expired")
  }

  @Test func listsAgainWhenVersionsGoBack() {
    var driver = Driver.watching()
    #expect(
      driver.send(.event(resourceVersion: "4"))
        == [.beginList, .list(continueToken: nil, limit: 500)])
  }

  @Test func resumesAtOnceWhenAskedWhileItWaits() {
    var driver = Driver.watching()
    _ = driver.send(.failed(Self.cut))
    #expect(driver.send(.interrupted(reason: "asked")) == [.watch(resourceVersion: "10")])
  }
}

@Suite("Retry policy")
struct RetryPolicyTests {
  @Test func jittersBetweenHalfAndTheWhole() {
    var generator = SystemRandomNumberGenerator()
    let policy = RetryPolicy()
    for attempt in 1...12 {
      let longest = min(Duration.milliseconds(500) * (1 << min(attempt - 1, 10)), .seconds(30))
      for _ in 0..<50 {
        let delay = policy.delay(attempt: attempt, using: &generator)
        #expect(delay >= longest / 2 && delay <= longest)
      }
    }
  }

  @Test func doesNotOverflowAfterManyAttempts() {
    var generator = FixedGenerator()
    #expect(RetryPolicy().delay(attempt: 100_000, using: &generator) == .seconds(30))
  }
}
