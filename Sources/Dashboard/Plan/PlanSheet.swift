package import ModelCore

/// What a write would do, ready to be read: the objects, what changes in words, and what the server says to it.
package struct PlanSheet: Sendable, Equatable {
  /// One object that would be written.
  package struct Object: Sendable, Equatable {
    /// `Deployment jan-models/llama-7b`
    package var label: String
    /// What becomes of it: `created`, `changed`, `deleted`.
    package var note: String
    /// The object as YAML, without any token.
    package var yaml: String

    package init(label: String, note: String, yaml: String) {
      self.label = label
      self.note = note
      self.yaml = yaml
    }
  }

  /// One field that would be another.
  package struct Change: Sendable, Equatable {
    package var field: String
    /// As text; empty where there was nothing.
    package var before: String
    /// As text; empty where there will be nothing.
    package var after: String
    /// What comes of it, e.g. `restarts the pods`; empty where nothing does.
    package var note: String

    package init(field: String, before: String, after: String, note: String = "") {
      self.field = field
      self.before = before
      self.after = after
      self.note = note
    }
  }

  /// What the server's dry run came to.
  package enum Answer: Sendable, Equatable {
    /// It would do it; the text says of what it was asked.
    case accepted(String)
    /// It would not, and why; what to do about it, where that is known.
    case refused(String, fix: String)
    /// It could not be asked, and why: the write itself will tell.
    case unknown(String)
  }

  package var answer: Answer
  /// What to know before it is done, one sentence each: `The pods restart, one after the other.`
  package var notes: [String]
  package var warnings: [String]
  package var changes: [Change]
  package var objects: [Object]
  /// What was refused, by field: it comes back beside its field when the screen is left.
  package var findings: [Finding]
  /// Somebody else changed the same fields meanwhile: what each made of them.
  package var threeWay: ThreeWay?

  package init(
    answer: Answer, notes: [String] = [], warnings: [String] = [], changes: [Change] = [],
    objects: [Object] = [], findings: [Finding] = [], threeWay: ThreeWay? = nil
  ) {
    self.answer = answer
    self.notes = notes
    self.warnings = warnings
    self.changes = changes
    self.objects = objects
    self.findings = findings
    self.threeWay = threeWay
  }
}

/// The plan of a write, on screen before it is done.
struct PlanState: Sendable {
  /// `Create llama-7b in jan-models`
  var title: String
  /// One word for the button and the key: `Create`, `Update`.
  var applyTitle: String
  /// Something is lost by it: the safe button has the focus.
  var isDanger: Bool
  /// The question that the server was asked; what comes as answer to another is not for this plan.
  var question: OperationID
  /// What is planned, for whoever wants to do it by other means.
  var write: ModelWrite?
  /// `nil` while the answer is waited for.
  var sheet: PlanSheet?
  var offset = 0
  /// 0 applies, 1 goes back.
  var focused: Int
  /// What is done, with the plan taken off the screen.
  var apply: @Sendable (inout DashboardState) -> [Effect]

  /// Why it cannot be applied now, as a sentence; `nil` when it can.
  var refusal: String? {
    switch sheet?.answer {
    case nil: "The server has not answered yet."
    case .refused: "The server refuses it: Esc goes back to what has to be changed."
    case .accepted, .unknown: nil
    }
  }
}
