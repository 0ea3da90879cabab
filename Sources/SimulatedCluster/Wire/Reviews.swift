internal import Kubernetes

/// The kinds that answer a question and are never stored. The cluster's one user may do everything.
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
  static func answer(_ target: RequestTarget) -> ((JSONValue) -> JSONValue)? {
    guard
      let kind = kinds.first(where: { $0.group == target.group && $0.plural == target.plural })?
        .kind
    else { return nil }
    return { question in
      var answer = question
      answer["kind"] = .string(kind)
      answer["apiVersion"] = .string("\(target.group)/\(target.version)")
      if answer["metadata"] == nil { answer["metadata"] = ["creationTimestamp": .null] }
      answer["status"] = status(kind)
      return answer
    }
  }

  private static func status(_ kind: String) -> JSONValue {
    switch kind {
    case "SelfSubjectAccessReview": ["allowed": true, "reason": "the simulated cluster allows all"]
    case "SelfSubjectRulesReview":
      [
        "resourceRules": [["verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]]],
        "nonResourceRules": [["verbs": ["*"], "nonResourceURLs": ["*"]]], "incomplete": false,
      ]
    default:
      [
        "userInfo": [
          "username": "simulator", "groups": ["system:masters", "system:authenticated"],
        ]
      ]
    }
  }
}
