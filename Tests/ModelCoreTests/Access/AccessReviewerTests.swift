import FoundationEssentials
import Kubernetes
import ModelCore
import Synchronization
import TestSupport
import Testing

/// A server that answers SelfSubjectAccessReviews by a rule, and nothing else.
private final class ReviewingServer: ClusterAPI {
  typealias Rule = @Sendable (_ verb: String, _ resource: String, _ namespace: String?) -> Bool

  private let rule: Mutex<Rule>
  private let error = Mutex<APIError?>(nil)
  private let asked = Mutex<[String]>([])

  init(_ rule: @escaping Rule) { self.rule = Mutex(rule) }

  /// `verb resource namespace` of each question.
  var questions: [String] { asked.withLock { $0 } }
  func forget() { asked.withLock { $0 = [] } }
  func set(_ rule: @escaping Rule) { self.rule.withLock { $0 = rule } }
  func fail(_ error: APIError?) { self.error.withLock { $0 = error } }

  func perform(_ request: APIRequest) async throws -> APIResponse {
    if let error = error.withLock({ $0 }) { throw error }
    var review = try JSONValue(parsing: request.body ?? Data())
    let attributes = review["spec", "resourceAttributes"]
    let verb = attributes?["verb"]?.stringValue ?? ""
    let resource = attributes?["resource"]?.stringValue ?? ""
    let namespace = attributes?["namespace"]?.stringValue
    asked.withLock { $0.append("\(verb) \(resource) \(namespace ?? "*")") }
    let isAllowed = rule.withLock { $0 }(verb, resource, namespace)
    review["status"] = ["allowed": .bool(isAllowed)]
    return APIResponse(statusCode: 201, body: try review.encoded())
  }

  func lines(_ request: APIRequest) async throws -> AsyncThrowingStream<Data, any Error> {
    throw APIError.decoding("nothing is watched here")
  }
}

@Suite("Access")
struct AccessReviewerTests {
  private let deployments = K8s.Deployment.resourceKind
  private let services = K8s.Service.resourceKind

  private func reviewing(
    _ server: ReviewingServer, _ body: (AccessReviewer) async throws -> Void
  ) async throws {
    let reviewer = AccessReviewer(
      api: server, namespace: "jan-models", interval: .milliseconds(20))
    let running = Task { await reviewer.run() }
    try await body(reviewer)
    running.cancel()
    await running.value
  }

  @Test func whoMayDoEverythingIsAskedAboutOnce() async throws {
    let server = ReviewingServer { _, _, _ in true }
    try await reviewing(server) { reviewer in
      let right = AccessRight("delete", deployments)
      #expect(await eventually { await reviewer.board[right] == true })
      #expect(server.questions.allSatisfy { $0.hasSuffix(" *") })
      #expect(Set(server.questions).count == server.questions.count)
      server.forget()
      await reviewer.look(at: ["a", "b"])
      #expect(await !reviewer.board.hasDenials)
      #expect(server.questions.isEmpty)
    }
  }

  @Test func namespacesAreAskedAboutWhereNotAllAreAllowed() async throws {
    let server = ReviewingServer { _, _, namespace in namespace == "team-a" }
    try await reviewing(server) { reviewer in
      await reviewer.look(at: ["team-a"])
      let here = ModelRights.creating(in: "team-a")
      let there = ModelRights.creating(in: "jan-models")
      #expect(
        await eventually {
          let board = await reviewer.board
          return board[here[0]] == true && board[there[0]] == false
        })
      let board = await reviewer.board
      #expect(board.refusal(of: here) == nil)
      #expect(
        board.refusal(of: there)
          == "no permission to create deployments.apps and services or to patch services "
          + "in namespace jan-models (ask for the verbs create and patch)")
    }
  }

  @Test func aRightThatIsGrantedLaterIsNoticed() async throws {
    let server = ReviewingServer { verb, _, _ in verb != "delete" }
    try await reviewing(server) { reviewer in
      let rights = ModelRights.deleting(in: "jan-models")
      #expect(
        await eventually { await reviewer.board.refusal(of: rights) != nil })
      #expect(
        await reviewer.board.refusal(of: rights)
          == "no permission to delete deployments.apps in namespace jan-models "
          + "(ask for the verb delete)")
      server.set { _, _, _ in true }
      #expect(await eventually { await reviewer.board.refusal(of: rights) == nil })
    }
  }

  @Test func aRightThatIsTakenAwayIsNoticedAfterARefusal() async throws {
    let server = ReviewingServer { _, _, _ in true }
    try await reviewing(server) { reviewer in
      let right = AccessRight("create", services, in: "jan-models")
      #expect(await eventually { await reviewer.board[right.everywhere] == true })
      server.set { _, _, _ in false }
      await reviewer.askAgain()
      #expect(await eventually { await reviewer.board.isDenied(right) })
    }
  }

  @Test(arguments: [403, 404, 405])
  func whereSuchQuestionsAreNotAnsweredTheWriteDecides(code: Int) async throws {
    let server = ReviewingServer { _, _, _ in false }
    server.fail(.status(.init(code: code)))
    try await reviewing(server) { reviewer in
      let rights = ModelRights.creating(in: "jan-models")
      #expect(await reviewer.board.refusal(of: rights) == nil)
      server.fail(nil)
      await reviewer.askAgain()
      #expect(await eventually { await reviewer.board.refusal(of: rights) != nil })
    }
  }
}
