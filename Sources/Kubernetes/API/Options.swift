/// Which objects a list or a watch is about.
package struct ListOptions: Sendable, Equatable {
  /// e.g. `app=x,tier in (a,b)`.
  package var labelSelector: String?
  /// e.g. `involvedObject.uid=...`.
  package var fieldSelector: String?
  /// Objects a page; `nil` asks for all at once.
  package var limit: Int?
  /// Where to go on: the token of the page before; `nil` begins anew.
  package var `continue`: String?
  /// Of a list the version it may be as old as, `nil` asking for the newest; of a watch the version after which it begins.
  package var resourceVersion: String?

  package init(
    labelSelector: String? = nil, fieldSelector: String? = nil, limit: Int? = nil,
    continue: String? = nil, resourceVersion: String? = nil
  ) {
    self.labelSelector = labelSelector
    self.fieldSelector = fieldSelector
    self.limit = limit
    self.continue = `continue`
    self.resourceVersion = resourceVersion
  }

  var query: [APIRequest.QueryItem] {
    var items: [APIRequest.QueryItem] = []
    if let labelSelector, !labelSelector.isEmpty {
      items.append(.init("labelSelector", labelSelector))
    }
    if let fieldSelector, !fieldSelector.isEmpty {
      items.append(.init("fieldSelector", fieldSelector))
    }
    if let limit { items.append(.init("limit", String(limit))) }
    if let token = `continue` { items.append(.init("continue", token)) }
    if let resourceVersion { items.append(.init("resourceVersion", resourceVersion)) }
    return items
  }
}

/// How a write is sent.
package struct WriteOptions: Sendable, Equatable {
  /// The server does everything but store the object.
  package var dryRun: Bool
  /// Who owns the fields that are written, in the object's `managedFields`.
  package var fieldManager: String
  /// Server-side apply only: take fields from other managers instead of failing with a conflict.
  package var force: Bool

  package init(dryRun: Bool = false, fieldManager: String = "modeldeck", force: Bool = false) {
    self.dryRun = dryRun
    self.fieldManager = fieldManager
    self.force = force
  }

  var query: [APIRequest.QueryItem] {
    var items: [APIRequest.QueryItem] = [.init("fieldManager", fieldManager)]
    if dryRun { items.append(.init("dryRun", "All")) }
    return items
  }
}

/// How an object is deleted. Its JSON is the `DeleteOptions` of the API.
package struct DeleteOptions: Sendable, Equatable, Codable {
  /// What becomes of what the object owns: it stays, goes after the object, or goes before it.
  package enum Propagation: String, Sendable, Codable {
    case orphan = "Orphan", background = "Background", foreground = "Foreground"
  }

  /// What must hold of the object; else the server answers 409 and deletes nothing. `nil` asks for nothing.
  package struct Preconditions: Sendable, Equatable, Codable {
    package var uid: String?
    package var resourceVersion: String?

    package init(uid: String? = nil, resourceVersion: String? = nil) {
      self.uid = uid
      self.resourceVersion = resourceVersion
    }
  }

  /// `nil` takes the kind's own way.
  package var propagationPolicy: Propagation?
  package var preconditions: Preconditions?
  /// How many seconds what runs has to end: 0 is at once, `nil` takes the object's own time.
  package var gracePeriodSeconds: Int?
  /// `All` where the server shall do everything but delete; `nil` deletes.
  package var dryRun: [String]?

  /// By default what the object owns goes after it, in the background.
  package init(
    propagation: Propagation? = .background, preconditions: Preconditions? = nil,
    dryRun: Bool = false
  ) {
    propagationPolicy = propagation
    self.preconditions = preconditions
    if dryRun { self.dryRun = ["All"] }
  }
}
