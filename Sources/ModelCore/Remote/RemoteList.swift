internal import Kubernetes

/// The list of models as it was read last, page by page, so that what is known is not sent again.
struct RemoteList: Sendable {
  private struct Page: Sendable {
    /// The name that it begins after.
    var after: String?
    /// What the server knows it by; `nil` where it does not say.
    var tag: String?
    var models: [Model]
    /// Models that were answered, also those that this build cannot read.
    var count: Int
    var last: String?
    /// How many there are on all pages.
    var total: Int
  }

  /// So many models are asked for at once: as many as the server gives.
  static let pageSize = 1_000

  private var pages: [Page] = []

  /// By name.
  var models: [Model] { pages.flatMap(\.models).sorted { $0.id < $1.id } }

  /// Reads what has changed, and returns whether anything has; where it throws `APIError`, all stays as it was.
  @discardableResult
  mutating func read(_ remote: RemoteModels) async throws -> Bool {
    var read: [Page] = []
    var isNew = false
    var count = 0
    while true {
      let after = read.last?.last
      let known = pages.dropFirst(read.count).first.flatMap { $0.after == after ? $0 : nil }
      let (page, isSame) = try await Self.page(after: after, known: known, remote)
      read.append(page)
      count += page.count
      isNew = isNew || !isSame
      // A server without pages answers everything at once, and the same again.
      guard page.count >= Self.pageSize, count < page.total, let last = page.last,
        last > after ?? ""
      else { break }
    }
    isNew = isNew || read.count != pages.count
    pages = read
    return isNew
  }

  private static func page(
    after: String?, known: Page?, _ remote: RemoteModels
  ) async throws -> (page: Page, isSame: Bool) {
    var query = [APIRequest.QueryItem("limit", "\(pageSize)")]
    if let after { query.append(.init("after", after)) }
    var request = APIRequest(.get, RemoteModels.path, query: query, purpose: "list models")
    request.ifNoneMatch = known?.tag
    let response: APIResponse
    do {
      response = try await remote.api.perform(request)
    } catch let error as APIError where error.isNotFound {
      throw APIError.decoding(
        "there is no Organization Models API at this address: \(error.description)")
    }
    if response.isUnchanged, let known { return (known, true) }
    let body = try RemoteModels.json(response, to: request)
    guard let members = body["models"]?.arrayValue else {
      throw APIError.decoding(
        "the answer is no list of models: is this the address of modeldeck serve?")
    }
    let total = body["total"]?.integerValue.flatMap(Int.init(exactly:))
    let page = Page(
      after: after, tag: response.etag, models: members.compactMap(Model.init(json:)),
      count: members.count, last: members.last?["id"]?.stringValue, total: total ?? members.count)
    return (page, false)
  }
}
