import FoundationEssentials
import Kubernetes
import ModelCore
import Synchronization
import TestSupport
import Testing

@Suite("Models through the HTTP API alone")
struct RemoteModelsTests {
  /// Answers as the Models API does, from a script, and notes what was asked.
  private final class Answers: ClusterAPI {
    typealias Script = @Sendable (APIRequest) throws(APIError) -> JSONValue

    private let script: Script
    private let requests = Mutex<[APIRequest]>([])

    init(_ script: @escaping Script) { self.script = script }

    var asked: [String] {
      requests.withLock { $0 }.map { "\($0.method.rawValue) \($0.path)" }
    }
    var bodies: [JSONValue] {
      requests.withLock { $0 }.compactMap { $0.body.flatMap { try? JSONValue(parsing: $0) } }
    }

    var known: [String?] { requests.withLock { $0 }.map(\.ifNoneMatch) }

    /// An answer with a member `etag` has that tag, and is 304 to who knows it.
    func perform(_ request: APIRequest) async throws -> APIResponse {
      requests.withLock { $0.append(request) }
      let json = try script(request)
      let tag = json["etag"]?.stringValue
      guard tag == nil || request.ifNoneMatch != tag else {
        return APIResponse(statusCode: 304, body: Data(), etag: tag)
      }
      return APIResponse(statusCode: 200, body: try json.encoded(), etag: tag)
    }

    func lines(_ request: APIRequest) async throws -> AsyncThrowingStream<Data, any Error> {
      throw APIError.decoding("no streams here")
    }
  }

  private static func refused(_ code: Int, _ text: String) -> APIError {
    .status(K8s.Status(code: code, message: text))
  }

  private static let lost = APIError.transport("the connection was cut", kind: .cut)

  private func remote(_ script: @escaping Answers.Script) -> (RemoteModels, Answers) {
    let answers = Answers(script)
    return (RemoteModels(api: answers), answers)
  }

  private var model: Model {
    var model = Model(id: ModelID(namespace: "jan-models", name: "llama-7b"), uid: "1")
    model.organization = "7"
    model.displayName = "Llama 7B"
    model.modelDescription = "Chat"
    model.tags = ["chat"]
    model.status = .running
    model.isManaged = true
    model.isOurs = true
    model.gpu = GPUAssignment(perReplica: 2, requested: 2)
    model.serviceName = "llama-7b"
    model.endpoint = "http://llama-7b.jan-models.svc.cluster.local:9000"
    model.createdAt = Timestamp.parse("2026-11-01T10:00:00Z")
    model.updatedAt = Timestamp.parse("2026-11-02T10:00:00Z")
    return model
  }

  // MARK: Reading

  @Test func readsWhatTheSpecificationWrites() throws {
    let read = try #require(Model(json: model.json))
    #expect(read.json == model.json)
    #expect(read.port == 9_000)
    #expect(read.gpu.perReplica == 2)
  }

  @Test(
    arguments: [
      ["status": "running"], ["id": "x", "status": "dancing"], ["id": "", "status": "running"], [:],
    ] as [JSONValue])
  func doesNotTakeAnythingForAModel(_ json: JSONValue) {
    #expect(Model(json: json) == nil)
  }

  @Test func followsTheListAndKeepsItWhileTheServerIsAway() async throws {
    let isAway = Mutex(false)
    let json = model.json
    let (remote, _) = remote { _ throws(APIError) in
      if isAway.withLock({ $0 }) { throw Self.refused(503, "the cluster is away") }
      return ["models": [json], "total": 1]
    }
    var names: [String] = []
    for await update in remote.updates(every: .milliseconds(1)) {
      if update.isComplete { names = update.changed.map(\.name) }
      #expect(update.removed.isEmpty)
      #expect(names == ["llama-7b"])
      #expect(update.unread.why(.pods) != nil)
      if case .disconnected(_, let error, _) = update.connection {
        #expect(error == "the cluster is away")
        return
      }
      #expect(update.connection == .live)
      isAway.withLock { $0 = true }
    }
  }

  @Test func whatIsKnownIsNotSentAgain() async throws {
    let versions = Mutex(1)
    let json = model.json
    let (remote, answers) = remote { _ in
      let version = versions.withLock { $0 }
      var model = json
      model["description"] = .string("version \(version)")
      return ["models": [model], "total": 1, "etag": .string("\"\(version)\"")]
    }
    var seen: [String] = []
    for await update in remote.updates(every: .milliseconds(1)) {
      #expect(update.connection == .live && update.isSettled && update.asOf != nil)
      seen += update.changed.map(\.modelDescription)
      if update.isComplete, seen.count == 2 { break }
      // Two turns without anything new, then something is.
      if answers.asked.count >= 3 { versions.withLock { $0 = 2 } }
    }
    #expect(seen == ["version 1", "version 2"])
    #expect(answers.known.first == .some(nil))
    #expect(answers.known.dropFirst().prefix(2) == ["\"1\"", "\"1\""])
  }

  @Test func onlyThePageThatChangedIsSentAgain() async throws {
    let isChanged = Mutex(false)
    let all = (0..<1_500).map { number in
      Model(id: ModelID(namespace: "jan-models", name: "m-\(number + 10_000)"), uid: "").json
    }
    let (remote, answers) = remote { request in
      let after = request.query.first { $0.name == "after" }?.value
      let isChanged = isChanged.withLock { $0 }
      var page = after == nil ? Array(all.prefix(1_000)) : Array(all.dropFirst(1_000))
      if after != nil, isChanged { page[499]["status"] = "running" }
      return [
        "models": .array(page), "total": 1_500,
        "etag": .string("\(after ?? "") \(after != nil && isChanged)"),
      ]
    }
    for await update in remote.updates(every: .milliseconds(1)) {
      if update.isComplete, isChanged.withLock({ $0 }) {
        #expect(update.changed.count == 1_500)
        #expect(update.changed.last?.status == .running)
        break
      }
      isChanged.withLock { $0 = true }
    }
    #expect(answers.known.prefix(2) == [nil, nil])
    #expect(answers.known.dropFirst(2).allSatisfy { $0 != nil })
  }

  @Test func readsLargeListsPageByPage() async throws {
    let all = (0..<2_203).map { number in
      let digits = String(number + 10_000)
      return Model(id: ModelID(namespace: "jan-models", name: "m-\(digits)"), uid: "").json
    }
    let (remote, answers) = remote { request in
      let after = request.query.first { $0.name == "after" }?.value ?? ""
      let limit = request.query.first { $0.name == "limit" }.flatMap { Int($0.value) } ?? 0
      let page = all.filter { ($0["id"]?.stringValue ?? "") > after }.prefix(limit)
      return ["models": .array(Array(page)), "total": .integer(Int64(all.count))]
    }
    #expect(try await remote.list().count == all.count)
    #expect(answers.asked.count == 3)
    // A server that has no pages answers all at once.
    let (plain, asked) = self.remote { _ in
      ["models": .array(all), "total": .integer(Int64(all.count))]
    }
    #expect(try await plain.list().count == all.count)
    #expect(asked.asked.count == 1)
  }

  @Test func anAddressWithoutTheAPIIsTold() async throws {
    let (remote, _) = remote { _ throws(APIError) in throw Self.refused(404, "no such page") }
    let error = try await #require(throws: APIError.self) { _ = try await remote.list() }
    #expect(error.description.contains("no Organization Models API"))
  }

  // MARK: Writing

  /// Keeps what is noted.
  private final class Notes: Journal {
    private let entries = Mutex<[JournalEntry]>([])
    var lines: [String] {
      entries.withLock { $0 }.map { "\($0.action) \($0.model.name) \($0.outcome.rawValue)" }
    }
    func append(_ entry: JournalEntry) { entries.withLock { $0.append(entry) } }
  }

  @Test func guardRailsHoldAndTheJournalIsKept() async {
    let notes = Notes()
    let answers = Answers { _ in ["message": "gone"] }
    var settings = RemoteModels.Settings()
    settings.guards.deniesDelete = true
    settings.guards.maxGPUs = 1
    let guarded = RemoteModels(
      api: answers, settings: settings, journal: JournalDesk(notes, context: "api", user: nil))
    var request = CreateRequest(
      name: "m", image: "i:1", command: ["vllm", "serve", "m", "--served-model-name", "m"])
    request.gpuCount = 2
    let manifests = """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: m, namespace: anywhere}
      spec:
        replicas: 2
        template:
          spec: {containers: [{name: m, resources: {limits: {nvidia.com/gpu: 1}}}]}
      """
    let writes: [ModelWrite] = [
      .delete(ModelTarget(model), keepVolume: false), .create(request),
      .createFromYAML(YAMLRequest(name: "m", yaml: manifests)),
    ]
    for write in writes {
      guard case .failed(let failure) = await guarded.perform(write) else {
        Issue.record("\(write.verb) was tried")
        continue
      }
      #expect(failure.kind == .forbidden)
    }
    #expect(answers.asked.isEmpty && notes.lines.isEmpty)
    var change = ModelChange()
    change.tags = ["a"]
    _ = await guarded.perform(.update(ModelTarget(model), change, base: nil))
    #expect(notes.lines == ["update llama-7b done"])
  }

  @Test func aNamesakeIsNotDeleted() async throws {
    let (remote, answers) = remote { [json = model.json] _ in ["model": json] }
    var looked = try #require(Model(json: model.json))
    looked.uid = "2026-01-01T00:00:00Z"
    let result = await remote.perform(.delete(ModelTarget(looked), keepVolume: false))
    guard case .failed(let failure) = result else {
      Issue.record("it was deleted")
      return
    }
    #expect(failure.kind == .conflict)
    #expect(answers.asked == ["GET /v1/organization/models/llama-7b"])
  }

  @Test func whatBecameOfItIsLookedForUntilItIsKnown() async throws {
    let looks = Mutex(0)
    let (remote, _) = remote { request throws(APIError) in
      if request.method == .delete { throw Self.lost }
      let number = looks.withLock { count in
        count += 1
        return count
      }
      if number < 3 { throw Self.refused(503, "starting") }
      throw Self.refused(404, "not found")
    }
    let target = ModelTarget(ModelID(namespace: "", name: "m"))
    #expect(await remote.perform(.delete(target, keepVolume: false)).isSuccess)
    var settings = RemoteModels.Settings()
    settings.settling = .zero
    let impatient = RemoteModels(
      api: Answers { _ throws(APIError) in throw Self.lost }, settings: settings)
    guard
      case .outcomeUnknown(let text) = await impatient.perform(.delete(target, keepVolume: false))
    else {
      Issue.record("it is not known")
      return
    }
    #expect(text.contains("delete model m"))
  }

  @Test func sendsOnlyWhatWasGiven() async {
    let (remote, answers) = remote { _ in ["model": ["id": "llama-7b", "namespace": "jan-models"]] }
    let request = CreateRequest(
      name: "llama-7b", image: "vllm/vllm-openai:v0.9.2",
      command: ["vllm", "serve", "m", "--served-model-name", "llama-7b"])
    let result = await remote.perform(.create(request))
    #expect(result == .succeeded("created model llama-7b in namespace jan-models"))
    #expect(answers.asked == ["POST /v1/organization/models"])
    #expect(answers.bodies.first?.objectValue?.keys.sorted() == ["command", "image", "name"])
  }

  @Test func tellsWhatIsWrongBeforeAnythingIsSent() async {
    let (remote, answers) = remote { _ in [:] }
    let request = CreateRequest(
      name: "llama-7b", image: "vllm/vllm-openai:v0.9.2", command: ["vllm"])
    guard case .invalid(let findings) = await remote.perform(.create(request)) else {
      Issue.record("it was sent")
      return
    }
    #expect(findings.contains { $0.message.contains("--served-model-name") })
    #expect(answers.asked.isEmpty)
  }

  @Test(arguments: [lost, refused(502, "Bad Gateway"), refused(504, "Gateway Timeout")])
  func findsOutWhatBecameOfACreateWhoseAnswerWasLost(_ error: APIError) async {
    var made = model
    made.createdAt = Date()
    let json = made.json
    let (remote, answers) = remote { request throws(APIError) in
      if request.method == .post { throw error }
      return ["model": json]
    }
    let request = CreateRequest(
      name: "llama-7b", image: "vllm/vllm-openai:v0.9.2",
      command: ["vllm", "serve", "m", "--served-model-name", "llama-7b"])
    let result = await remote.perform(.create(request))
    #expect(result.isSuccess)
    #expect(answers.asked.last == "GET /v1/organization/models/llama-7b")
    // One that was there long before is somebody's.
    let (taken, _) = self.remote { [old = model.json] request throws(APIError) in
      if request.method == .post { throw error }
      return ["model": old]
    }
    guard case .failed(let failure) = await taken.perform(.create(request)) else {
      Issue.record("it is taken for the one that was made")
      return
    }
    #expect(failure.kind == .conflict)
  }

  @Test func doesNotOverwriteWhatSomebodyElseChanged() async {
    var changed = model
    changed.modelDescription = "theirs"
    let json = changed.json
    let (remote, answers) = remote { _ in ["model": json] }
    var change = ModelChange()
    change.modelDescription = "mine"
    let result = await remote.perform(
      .update(ModelTarget(model), change, base: ModelFields(model)))
    guard case .failed(let failure) = result else {
      Issue.record("it was written: \(result)")
      return
    }
    #expect(failure.kind == .conflict)
    #expect(failure.threeWay?.conflicts.map(\.field) == [.description])
    #expect(answers.asked == ["GET /v1/organization/models/llama-7b"])
  }

  @Test(arguments: [
    (400, OperationFailure.Kind.rejected), (401, .unauthenticated), (403, .forbidden),
    (404, .notFound), (409, .conflict), (503, .unavailable),
  ])
  func tellsTheServersWordsAndTheKind(code: Int, kind: OperationFailure.Kind) async {
    let (remote, _) = remote { _ throws(APIError) in throw Self.refused(code, "because") }
    let result = await remote.perform(.delete(ModelTarget(model), keepVolume: false))
    #expect(result == .failed(OperationFailure(kind, "because")))
  }

  @Test func namesWhatTheAPIDoesNotOffer() async {
    let (remote, answers) = remote { _ in [:] }
    let target = ModelTarget(model)
    let writes: [ModelWrite] = [
      .stop(target), .start(target), .restart(target), .scale(target, replicas: 2),
      .delete(target, keepVolume: true),
    ]
    for write in writes {
      guard case .failed(let failure) = await remote.perform(write) else {
        Issue.record("\(write) was tried")
        continue
      }
      #expect(failure.kind == .notOffered)
      #expect(failure.message.contains("does not offer"))
    }
    #expect(answers.asked.isEmpty)
  }
}
