import FoundationEssentials
import ModelCore
import TerminalUI

/// A model as somebody writes its objects: the text, what is said of the model beside it, and what is wrong.
struct YAMLForm: Sendable {
  /// What the specification's request has beside the text.
  enum Field: Int, CaseIterable, Sendable {
    case displayName, description, tags

    var createField: CreateField {
      switch self {
      case .displayName: .displayName
      case .description: .description
      case .tags: .tags
      }
    }
  }

  /// A text of so many scalars is checked at every key; a larger one when nobody has typed for a moment.
  static let quickLength = 24 << 10

  var editor: EditorState
  var inputs: [Field: TextInputState]
  var check: YAMLCheck
  /// What the server or the operation said to the last attempt, until the text changes.
  var refusals: [Finding] = []
  /// Set while the model is being created.
  var operation: OperationID?
  /// Set where nobody knows yet what the last attempt came to.
  var unsettled: UnsettledCreate?
  /// Names what is kept of it on disk.
  var draft = ""
  /// When that was kept, where it comes from there, for which cluster, and whether something secret was left out.
  var draftDate: Date?
  var place: DraftPlace?
  var leftOut = false
  /// What was looked for last.
  var sought = ""

  init(_ text: String = "") {
    editor = EditorState(text)
    inputs = Dictionary(
      uniqueKeysWithValues: Field.allCases.map {
        ($0, TextInputState(maxLength: $0 == .description ? 4_096 : 512))
      })
    check = YAMLCheck(version: -1)
  }

  var isEmpty: Bool { editor.isEmpty && inputs.values.allSatisfy(\.isEmpty) }
  var isChecked: Bool { check.version == editor.version }

  // MARK: The request

  /// `nil` while no Deployment gives it a name.
  var request: YAMLRequest? {
    guard !check.name.isEmpty else { return nil }
    var request = YAMLRequest(name: check.name, yaml: editor.string)
    request.displayName = text(.displayName)
    request.modelDescription = text(.description)
    request.tags = CreateRequest.tags(in: text(.tags) ?? "")
    return request
  }

  private func text(_ field: Field) -> String? {
    guard let text = inputs[field]?.text, !text.isEmpty else { return nil }
    return text
  }

  /// What is wrong with what stands beside the text.
  var fieldFindings: [Finding] {
    var request = CreateRequest(name: "model", image: "image", command: ["command"])
    request.displayName = text(.displayName)
    request.modelDescription = text(.description)
    request.tags = CreateRequest.tags(in: text(.tags) ?? "")
    let fields = Field.allCases.map(\.createField)
    return request.findings(in: ValidationContext()).filter { finding in
      finding.field.map(fields.contains) ?? false
    }
  }

  // MARK: Findings

  /// The finding to speak about: that of the cursor's line, else the next one below, else the first.
  var currentIndex: Int? {
    guard !check.findings.isEmpty else { return nil }
    let line = editor.cursor.row + 1
    let column = editor.cursor.column + 1
    let here = check.findings.indices.filter { check.findings[$0].position.line == line }
    // Of several on a line the last that begins at or before the cursor.
    if let last = here.last(where: { check.findings[$0].position.column <= column }) { return last }
    return here.first ?? check.findings.firstIndex { $0.position.line > line } ?? 0
  }

  /// The finding of the cursor's line.
  var findingHere: YAMLFinding? {
    guard let index = currentIndex else { return nil }
    let finding = check.findings[index]
    return finding.position.line == editor.cursor.row + 1 ? finding : nil
  }

  mutating func go(to position: YAMLPosition) {
    editor.move(to: EditorPlace(row: position.line - 1, column: position.column - 1))
  }

  /// Where the next finding stands, from the cursor on and round.
  func next(where test: (YAMLFinding) -> Bool = { _ in true }) -> YAMLFinding? {
    let here = YAMLPosition(line: editor.cursor.row + 1, column: editor.cursor.column + 1)
    let found = check.findings.filter(test)
    return found.first { $0.position > here } ?? found.first
  }

  /// Makes the change of a fix; false where it does not fit the text any more.
  mutating func apply(_ fix: YAMLEdit) -> Bool {
    guard let text = fix.safelyApplied(to: editor.string) else { return false }
    editor.replaceAll(text)
    return true
  }

  // MARK: A beginning

  /// A model with the least that one needs, to be filled in.
  static func skeleton(namespace: String) -> String {
    """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: my-model
      namespace: \(namespace)
      labels:
        model.aibrix.ai/name: my-model
    spec:
      replicas: 1
      selector:
        matchLabels:
          model.aibrix.ai/name: my-model
      template:
        metadata:
          labels:
            model.aibrix.ai/name: my-model
        spec:
          containers:
          - name: server
            image: vllm/vllm-openai:v0.9.2
            args:
            - --model
            - organization/model
            - --served-model-name
            - my-model
            ports:
            - containerPort: 8000
            resources:
              limits:
                nvidia.com/gpu: 1
            readinessProbe:
              httpGet:
                path: /health
                port: 8000
            volumeMounts:
            - name: shm
              mountPath: /dev/shm
          volumes:
          - name: shm
            emptyDir:
              medium: Memory
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: my-model
      namespace: \(namespace)
    spec:
      selector:
        model.aibrix.ai/name: my-model
      ports:
      - name: serve
        port: 8000
        targetPort: 8000

    """
  }
}

/// The line in which the path of a file is typed.
struct FilePrompt: Sendable, Equatable {
  var input = TextInputState(maxLength: 4_096)
  /// How the path can go on, as the last Tab found.
  var matches: [String] = []
  /// Why the file could not be read; until the path is changed.
  var problem: String?
  var isReading = false
}

/// How a path can go on.
package struct PathCompletion: Sendable, Equatable {
  /// What was typed.
  package var typed: String
  /// As far as all matches agree.
  package var completed: String
  /// The names at the end, folders with a slash.
  package var matches: [String]
  package var problem: String?

  package init(typed: String, completed: String, matches: [String], problem: String? = nil) {
    self.typed = typed
    self.completed = completed
    self.matches = matches
    self.problem = problem
  }
}

/// What came of a file or of an editor.
package enum TextOutcome: Sendable, Equatable {
  /// The text, and what to say of it: `read /tmp/model.yaml, 40 lines`.
  case text(String, String)
  /// It is as it was, and why.
  case unchanged(String)
  case failed(String)
}
