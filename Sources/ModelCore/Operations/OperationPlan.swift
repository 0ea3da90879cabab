package import Kubernetes

/// What a write would do: the objects, how they differ from what is there, and what the server says to it.
package struct OperationPlan: Equatable, Sendable {
  /// What happens to an object.
  package enum Action: String, Sendable, Equatable { case create, change, delete, keep }

  /// A field of an object that gets another value. Values are one line each, secrets masked.
  package struct FieldChange: Equatable, Sendable {
    /// As kubectl would name it: `spec.template.spec.containers[vllm-openai].image`.
    package var path: String
    /// `nil` where the field is new.
    package var old: String?
    /// `nil` where it is taken away.
    package var new: String?

    /// `nil` is a field that is not there.
    package init(path: String, old: String?, new: String?) {
      self.path = path
      self.old = old
      self.new = new
    }
  }

  /// What the server answered to a dry run.
  package enum Answer: Equatable, Sendable {
    case accepted
    case refused(OperationFailure)
    /// Why it was not asked, in words.
    case notAsked(String)
  }

  /// One object that the write touches.
  package struct Item: Equatable, Sendable {
    package var action: Action
    package var kind: ResourceKind
    /// `nil` for what has none.
    package var namespace: String?
    package var name: String
    /// The object as it is sent, or of a change as it will be: with tokens and the content of Secrets masked.
    package var yaml: String
    /// Only of an object that is there and changes; empty for all others.
    package var changes: [FieldChange]
    /// To a dry run of this object alone.
    package var answer: Answer

    package init(
      action: Action, kind: ResourceKind, namespace: String?, name: String, yaml: String,
      changes: [FieldChange], answer: Answer
    ) {
      self.action = action
      self.kind = kind
      self.namespace = namespace
      self.name = name
      self.yaml = yaml
      self.changes = changes
      self.answer = answer
    }

    /// `Service llama-7b`, for lists and headings.
    package var label: String { "\(kind.kind) \(name)" }
  }

  package var items: [Item] = []
  /// What is wrong with the request itself, errors and warnings.
  package var findings: [Finding] = []
  /// Why it cannot be done at all: the name is taken, the model is gone, the server is away.
  package var problem: OperationFailure?
  /// What else there is to know: who scales it, what stays, what others changed meanwhile.
  package var notes: [String] = []
  /// Whether pods end, and new ones come where any are wanted.
  package var restartsPods = false
  /// Where others changed the same model meanwhile.
  package var threeWay: ThreeWay?

  /// Nothing to do, and nothing wrong.
  package init() {}

  /// What the server refused in the dry run, in the order of the objects.
  package var refusals: [OperationFailure] {
    items.compactMap { if case .refused(let failure) = $0.answer { failure } else { nil } }
  }

  /// Nothing that is known stands in the way.
  package var isAcceptable: Bool {
    problem == nil && refusals.isEmpty && !findings.contains { $0.severity == .error }
  }
}
