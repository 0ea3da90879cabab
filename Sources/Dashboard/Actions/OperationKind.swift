import ModelCore

extension Operation.Kind {
  /// The model that it is about.
  var model: ModelID {
    switch self {
    case .create(let id), .delete(let id), .plan(let id), .write(_, let id): id
    }
  }

  var isWrite: Bool { if case .plan = self { false } else { true } }

  var isDelete: Bool {
    switch self {
    case .delete: true
    case .write(let verb, _): verb == "delete"
    case .create, .plan: false
    }
  }
}
