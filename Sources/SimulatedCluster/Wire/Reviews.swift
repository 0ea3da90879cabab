internal import Kubernetes

/// The kinds that answer a question and are never stored. The administrator may do everything.
enum Reviews {
  static let groups = [("authorization.k8s.io", "v1"), ("authentication.k8s.io", "v1")]

  private static let kinds: [(group: String, kind: String, plural: String)] = [
    ("authorization.k8s.io", "SelfSubjectAccessReview", "selfsubjectaccessreviews"),
    ("authorization.k8s.io", "SelfSubjectRulesReview", "selfsubjectrulesreviews"),
    ("authentication.k8s.io", "SelfSubjectReview", "selfsubjectreviews"),
  ]

  static func resources(group: String, version: String) -> [JSONValue] {
    guard version == "v1" else { return [] }
    return kinds.filter { $0.group == group }.map {
      [
        "name": .string($0.plural), "singularName": .string($0.kind.lowercased()),
        "namespaced": false, "kind": .string($0.kind), "verbs": ["create"],
      ]
    }
  }

  /// How a question that is posted to a path is answered; `nil` where the path is no question.
  static func answer(
    _ target: RequestTarget
  ) -> ((JSONValue, ReviewQuestion?, SimulatedUser?) -> JSONValue)? {
    guard
      let kind = kinds.first(where: { $0.group == target.group && $0.plural == target.plural })?
        .kind
    else { return nil }
    return { review, question, user in
      var answer = review
      answer["kind"] = .string(kind)
      answer["apiVersion"] = .string("\(target.group)/\(target.version)")
      if answer["metadata"] == nil { answer["metadata"] = ["creationTimestamp": .null] }
      answer["status"] = status(kind, question, user)
      return answer
    }
  }

  private static func status(
    _ kind: String, _ question: ReviewQuestion?, _ user: SimulatedUser?
  ) -> JSONValue {
    switch kind {
    case "SelfSubjectAccessReview":
      if let user { return ["allowed": .bool(question.map { user.allows($0.action) } ?? false)] }
      return ["allowed": true, "reason": "the simulated cluster allows all"]
    case "SelfSubjectRulesReview":
      let rules = user?.rules ?? [SimulatedUser.Rule(["*"], ["*"])]
      return [
        "resourceRules": .array(rules.map(rule)),
        "nonResourceRules": [["verbs": ["*"], "nonResourceURLs": ["*"]]], "incomplete": false,
      ]
    default:
      let groups: JSONValue =
        user == nil ? ["system:masters", "system:authenticated"] : ["system:authenticated"]
      return [
        "userInfo": ["username": .string(user?.name ?? "simulator"), "groups": groups]
      ]
    }
  }

  private static func rule(_ rule: SimulatedUser.Rule) -> JSONValue {
    func list(_ set: Set<String>) -> JSONValue { .array(set.sorted().map { .string($0) }) }
    return [
      "verbs": list(rule.verbs), "apiGroups": list(rule.groups), "resources": list(rule.resources),
    ]
  }
}
