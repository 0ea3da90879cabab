internal import Kubernetes
internal import Synchronization

/// A user of the simulated cluster who may do some things and not others, as RBAC would have it.
package struct SimulatedUser: Sendable, Equatable {
  /// What is allowed. `*` stands for all.
  package struct Rule: Sendable, Equatable {
    /// Where: these namespaces; `nil` means the whole cluster, as a ClusterRoleBinding does.
    package var namespaces: Set<String>?
    /// API groups; the core group is the empty text.
    package var groups: Set<String>
    /// Plural names, with the subresource where one is meant: `pods/log`.
    package var resources: Set<String>
    /// In RBAC's words, such as `get` or `patch`.
    package var verbs: Set<String>

    package init(
      _ verbs: Set<String>, _ resources: Set<String>, groups: Set<String> = ["*"],
      namespaces: Set<String>? = nil
    ) {
      self.namespaces = namespaces
      self.groups = groups
      self.resources = resources
      self.verbs = verbs
    }

    func allows(_ action: AccessAction) -> Bool {
      func holds(_ set: Set<String>, _ value: String) -> Bool {
        set.contains("*") || set.contains(value)
      }
      if let namespaces {
        guard let namespace = action.namespace, namespaces.contains(namespace) else { return false }
      }
      return holds(groups, action.group) && holds(verbs, action.verb)
        && holds(resources, action.resource)
    }
  }

  package var name: String
  /// What is allowed: what none of them allows is refused.
  package var rules: [Rule]

  package init(_ name: String, rules: [Rule] = []) {
    self.name = name
    self.rules = rules
  }

  /// May read and write in these namespaces, and nothing in the others nor what belongs to no namespace.
  package static func namespaced(_ name: String, in namespaces: Set<String>) -> SimulatedUser {
    SimulatedUser(name, rules: [Rule(["*"], ["*"], namespaces: namespaces)])
  }

  /// May read everything and write nothing, as ClusterRole `view` with nodes and definitions.
  package static func viewer(_ name: String) -> SimulatedUser {
    SimulatedUser(name, rules: [Rule(["get", "list", "watch"], ["*"])])
  }

  func allows(_ action: AccessAction) -> Bool { rules.contains { $0.allows(action) } }
}

/// One thing that somebody wants to do.
struct AccessAction: Sendable, Equatable {
  var verb: String
  var group: String
  /// The plural name, with the subresource.
  var resource: String
  var namespace: String?
  var name: String?
}

/// Who may do what, besides the administrator, who may do everything.
final class AccessRules: Sendable {
  private struct State {
    var users: [String: SimulatedUser] = [:]
    var tokens: [String: String] = [:]
  }

  private let state = Mutex(State())

  /// Adds a user or gives one other rules. Returns its token, which stays.
  func set(_ user: SimulatedUser, token: @autoclosure () -> String) -> String {
    let fresh = token()
    return state.withLock { state in
      state.users[user.name] = user
      if let known = state.tokens.first(where: { $0.value == user.name }) { return known.key }
      state.tokens[fresh] = user.name
      return fresh
    }
  }

  func user(_ authorization: String?) -> SimulatedUser? {
    guard let authorization, authorization.hasPrefix("Bearer ") else { return nil }
    let token = String(authorization.dropFirst("Bearer ".count))
    return state.withLock { state in state.tokens[token].flatMap { state.users[$0] } }
  }
}
