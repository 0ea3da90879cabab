import Dashboard
import FoundationEssentials
import ModelCore
import TerminalUI
import TestSupport
import Testing

/// Creating a model from YAML: keys in, screens and effects out.
@Suite("Create from YAML")
struct YAMLFlowTests {
  private func robot(columns: Int = 80, rows: Int = 24, _ text: String? = nil) -> Robot {
    var robot = Robot(
      DashboardFixtures.state(
        DashboardFixtures.models, columns: columns, rows: rows,
        creation: DashboardFixtures.creation))
    robot.press("Y")
    if let text { robot.paste(text) }
    return robot
  }

  /// A Deployment and its Service, as somebody writes them.
  static let manifest = """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: phi-4
      labels:
        model.aibrix.ai/name: phi-4
    spec:
      selector:
        matchLabels:
          model.aibrix.ai/name: phi-4
      template:
        metadata:
          labels:
            model.aibrix.ai/name: phi-4
        spec:
          containers:
          - name: server
            image: vllm/vllm-openai:v0.9.2
            args: [--model, org/phi, --served-model-name, phi-4]
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: phi-4
    spec:
      selector:
        model.aibrix.ai/name: phi-4
      ports:
      - port: 8000

    """

  private static let hostile = manifest.replacing(
    "    spec:\n      containers:", with: "    spec:\n      hostNetwork: true\n      containers:")

  private func planned(_ effects: [Effect]) -> (OperationID, YAMLRequest)? {
    for case .plan(let id, .createFromYAML(let request)) in effects { return (id, request) }
    return nil
  }

  private func written(_ effects: [Effect]) -> (OperationID, YAMLRequest)? {
    for case .write(let id, .createFromYAML(let request)) in effects { return (id, request) }
    return nil
  }

  // MARK: The screen

  @Test(arguments: [(80, 24), (140, 45), (60, 15), (36, 8)])
  func theTextIsThereAtEverySize(columns: Int, rows: Int) {
    var robot = robot(columns: columns, rows: rows, Self.manifest)
    robot.press("ctrl+home")
    robot.expect("  1  apiVersion: apps/v1")
    robot.expect("nothing to fix")
  }

  @Test func anEmptyTextSaysWhatCanBeDone() {
    var robot = robot()
    robot.expectText("Type or paste the manifests of one model")
    robot.expect("nothing written yet")
    robot.press("f9")
    robot.expect("name: my-model")
    robot.expect("nothing to fix")
    robot.expect("Model my-model  in jan-models  Deployment, Service")
  }

  @Test func whatIsWrongIsToldAtItsLineWhileTyping() {
    var robot = robot(Self.hostile)
    robot.expect("1 error: F3 goes to the next")
    robot.press("f3")
    robot.expect("16:7 error: hostNetwork is not allowed")
    robot.expect("F4 remove hostNetwork")
    robot.expect(" 16! ")
    robot.press("f4")
    robot.expectNot("hostNetwork: true")
    robot.expect("nothing to fix")
    robot.press("alt+u")
    robot.expect("hostNetwork: true")
    robot.expect("1 error")
  }

  @Test func everythingIsMendedAtOnceAndTakenBackAtOnce() {
    let text = Self.hostile.replacing(
      "name: phi-4\n  labels", with: "name: phi-4\n  finalizers: [a/b]\n  labels")
    var robot = robot(text)
    robot.expect("2 errors")
    robot.press("f5")
    robot.expect("Mended what could be. Alt-U takes it back.")
    robot.expect("nothing to fix")
    robot.press("alt+u")
    robot.expect("2 errors")
    robot.press("alt+e")
    robot.expect("nothing to fix")
  }

  @Test func theListLeadsToItsPlaces() {
    let text = Self.hostile.replacing(
      "name: phi-4\n  labels", with: "name: phi-4\n  finalizers: [a/b]\n  labels")
    var robot = robot(text)
    robot.press("ctrl+home f2")
    robot.expect("> 5:3 error: finalizers is not allowed")
    robot.press("j")
    robot.expect("> 17:7 error: hostNetwork is not allowed")
    robot.press("f4")
    robot.expectNot("hostNetwork is not allowed")
    robot.press("enter")
    robot.expect(" 5:3 ")
    robot.expect("  5! ")
  }

  @Test func syntaxErrorsAreToldWhileTyping() {
    var robot = robot()
    robot.type("a: [1, 2")
    robot.expectText("not YAML")
    robot.type("]")
    robot.expectNot("not YAML")
  }

  @Test func tabAndEnterIndent() {
    var robot = robot()
    robot.type("spec:")
    robot.press("enter")
    robot.type("a: 1")
    robot.expect("  2   a: 1".replacing("  2   ", with: "  2    "))
  }

  @Test func controlCharactersAreShownHarmlesslyAndTold() {
    var robot = robot("a: \u{202E}b\n界: c\n")
    robot.expect("a: ·b")
    robot.expect("界: c")
    robot.press("ctrl+home")
    robot.expect("1:4 error: there is a character that turns the direction of text, U+202E")
  }

  @Test func aLargeTextIsCheckedOffTheLoop() throws {
    var robot = robot()
    let data =
      "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: data}\ndata:\n"
      + (0..<1_000).map { "  key-\($0): some words that make up a value\n" }.joined()
    robot.paste(Self.manifest + data)
    robot.expect("checking")
    let last = try #require(robot.effects.last)
    guard case .checkYAML(let version, let text, let context) = last else {
      Issue.record("\(last)")
      return
    }
    // An answer to what was there before is not taken.
    robot.send(.yamlChecked(YAMLCheck(version: version - 1, text: "a: [", context: context)))
    robot.expect("checking")
    robot.send(.yamlChecked(YAMLCheck(version: version, text: text, context: context)))
    robot.expect("nothing to fix")
  }

  @Test func aMegabyteIsTakenAndTold() {
    var robot = robot()
    robot.paste(String(repeating: "key: some words of a value in a line of text\n", count: 24_000))
    robot.expect("1:1 error: the text has")
    robot.press("f2")
    robot.expect("256 KiB are read")
  }

  // MARK: Files and editors

  @Test func aFileIsReadByItsPath() {
    var robot = robot()
    robot.press("f7")
    robot.type("/tmp/mo")
    #expect(robot.press("tab") == [.completePath("/tmp/mo")])
    robot.send(
      .pathCompleted(
        PathCompletion(
          typed: "/tmp/mo", completed: "/tmp/model", matches: ["model.yaml", "models/"])))
    robot.expect("File: /tmp/model")
    robot.expect("model.yaml")
    robot.type(".yaml")
    #expect(robot.press("enter") == [.readFile("/tmp/model.yaml")])
    robot.send(.fileRead(.failed("There is no file /tmp/model.yaml.")))
    robot.expect("There is no file /tmp/model.yaml.")
    robot.press("enter")
    robot.send(.fileRead(.text(Self.manifest, "Read /tmp/model.yaml: 28 lines.")))
    robot.expect("Read /tmp/model.yaml: 28 lines.")
    robot.expect("nothing to fix")
    robot.press("alt+u")
    robot.expect("nothing written yet")
  }

  @Test func theCommandReadsAFile() {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models))
    robot.press(":")
    robot.type("yaml /tmp/a.yaml")
    #expect(robot.press("enter").contains(.readFile("/tmp/a.yaml")))
    robot.send(.fileRead(.text(Self.manifest, "Read it.")))
    robot.expect("Model phi-4")
  }

  @Test func theEditorsTextIsTaken() {
    var robot = robot("a: 1")
    #expect(robot.press("f6") == [.editText("a: 1")])
    robot.send(.textEdited(.failed("The editor 'foo' was not found: set EDITOR, e.g. to nano.")))
    robot.expect("The editor 'foo' was not found")
    robot.expect("a: 1")
    robot.press("f6")
    robot.send(.textEdited(.text(Self.manifest, "Took the text from the editor.")))
    robot.expect("nothing to fix")
    robot.press("alt+u")
    robot.expect("a: 1")
  }

  // MARK: Creating

  @Test func thePlanComesFirstAndThenTheModel() throws {
    var robot = robot(Self.manifest)
    robot.press("f8")
    robot.type("Phi 4")
    robot.press("tab tab")
    robot.type("small, chat")
    robot.press("esc")
    let (question, request) = try #require(planned(robot.press("f10")))
    #expect(request.name == "phi-4")
    #expect(request.displayName == "Phi 4")
    #expect(request.tags == ["small", "chat"])
    #expect(request.yaml == Self.manifest)
    robot.expect("Plan: Create phi-4 in default from YAML")
    robot.send(.plan(question, PlanSheet(answer: .accepted("Deployment, Service"))))
    let (write, again) = try #require(written(robot.press("f10")))
    #expect(again == request)
    robot.expect("creating")
    robot.send(.operation(write, .finished(.succeeded("phi-4 was created."))))
    robot.expectNot("Create from YAML")
    robot.expect("phi-4 was created.")
  }

  @Test func nothingIsSentWhileSomethingIsWrong() {
    var robot = robot(Self.hostile)
    robot.press("ctrl+home")
    #expect(planned(robot.press("f10")) == nil)
    robot.expect("Nothing was sent: there is 1 error.")
    robot.expect(" 16:7 ")
  }

  @Test func whatTheServerRefusesComesBackBesideTheText() throws {
    var robot = robot(Self.manifest)
    let (question, _) = try #require(planned(robot.press("f10")))
    robot.send(.plan(question, PlanSheet(answer: .accepted("it"))))
    let (write, _) = try #require(written(robot.press("f10")))
    robot.send(
      .operation(
        write,
        .finished(
          .invalid([Finding(field: nil, message: "quota exceeded: gpus", fix: "Ask for more.")]))))
    robot.expect("refused: quota exceeded: gpus")
    robot.expect("apiVersion: v1")
    robot.type("#")
    robot.expectNot("refused: quota exceeded: gpus")
  }

  /// What the plan's dry run refuses has a line, and the way back leads there.
  @Test func whatThePlanRefusesIsToldAtItsLine() throws {
    var robot = robot(Self.manifest)
    let (question, _) = try #require(planned(robot.press("f10")))
    let place = YAMLPosition(line: 29, column: 5)
    robot.send(
      .plan(
        question,
        PlanSheet(
          answer: .refused("line 29, column 5: the port is taken", fix: ""),
          findings: [Finding(field: nil, message: "the port is taken", fix: "", position: place)])))
    robot.expect("refused: line 29, column 5: the port is taken")
    robot.press("esc")
    robot.expect("29:5 refused: the port is taken")
    robot.expect("- port: 8000")
    #expect(robot.frame.lines.contains { $0.contains("29") && $0.contains("- port: 8000") })
    robot.type("#")
    robot.expectNot("refused: the port is taken")
  }

  @Test func theTextSurvivesEscape() {
    var robot = robot(Self.hostile)
    robot.press("esc")
    robot.expect("The text is kept: Y opens it again.")
    robot.press("Y")
    robot.expect("1 error")
    robot.resize(120, 40)
    robot.expect("hostNetwork: true")
    robot.press("ctrl+c")
    robot.expect("Quit?")
  }

  /// Without what is secret in it, and offered by the next session.
  @Test func theTextIsKeptOnDisk() throws {
    var configuration = DashboardFixtures.configuration()
    configuration.keepsDrafts = true
    func start() -> Robot {
      var robot = Robot(
        DashboardState(
          configuration: configuration, size: Size(rows: 30, columns: 100),
          now: DashboardFixtures.now))
      robot.send(
        .update(
          ClusterUpdate(
            isComplete: true, connection: .live, creation: DashboardFixtures.creation)))
      return robot
    }
    var robot = start()
    robot.press("Y")
    robot.paste(Self.manifest + "---\nkind: Secret\nstringData:\n  password: very-secret\n")
    var last: Draft?
    for case .saveDraft(let draft) in robot.effects { last = draft }
    let draft = try #require(last)
    #expect(draft.fields["yaml"]?.contains("kind: Service") == true)
    #expect(draft.fields["yaml"]?.contains("very-secret") == false)
    robot.press("esc")

    var next = start()
    next.send(.drafts([draft], problems: []))
    next.expect("Y continues it.")
    next.press("Y")
    next.expect("what was secret was not kept")
    next.press("ctrl+home")
    next.expect("  name: phi-4")
    next.press("ctrl+end")
    for _ in 0..<60 { next.press("ctrl+u backspace backspace") }
    #expect(next.effects.contains(.removeDraft(draft.id)))
  }

  @Test func aTakenNameIsToldAlsoWhenItIsTakenMeanwhile() {
    var robot = robot(Self.manifest)
    robot.expect("nothing to fix")
    var creation = DashboardFixtures.creation
    creation.validation.takenNames["phi-4"] = "Deployment team-a/phi-4"
    robot.send(.update(ClusterUpdate(isComplete: true, connection: .live, creation: creation)))
    robot.expect("1 error")
    robot.press("f3")
    robot.expect("the name 'phi-4' is taken by Deployment team-a/phi-4")
  }

  @Test func aReadOnlySessionSaysSo() {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models, isReadOnly: true))
    robot.press("Y")
    robot.expect("This is a read-only session")
  }

  // MARK: Finding a word

  @Test func aWordIsFoundRoundAndRound() {
    var robot = robot(Self.manifest)
    robot.press("ctrl+home ctrl+f")
    robot.expect("Find: ")
    robot.type("PHI-4")
    robot.expect(" 4:9 ")
    robot.press("enter")
    robot.expect(" 6:27 ")
    robot.press("up up")
    robot.expect(" 27:27 ")
    robot.press("down")
    robot.expect(" 4:9 ")
    robot.type("x")
    robot.expect("not in the text")
    robot.expect(" 1:1 ")
    robot.press("backspace esc")
    robot.expectNot("Find: ")
    robot.expect(" 4:9 ")
    // The next time it goes on with the same word.
    robot.press("ctrl+f")
    robot.expect("Find: PHI-4")
    robot.press("esc")
    robot.type("z")
    robot.expect("  name: zphi-4")
  }

  // MARK: Secrets that are there

  @Test func secretsOfTheNamespaceAreKnown() {
    let text = Self.manifest.replacing(
      "  name: phi-4\n  labels", with: "  name: phi-4\n  namespace: jan-models\n  labels"
    ).replacing(
      "        args:", with: "        envFrom:\n        - secretRef: {name: keys}\n        args:"
    ).replacing(
      "kind: Service\nmetadata:", with: "kind: Service\nmetadata:\n  namespace: jan-models")
    var robot = robot(text)
    #expect(robot.effects.contains(.readChoices))
    robot.expect("the Secret 'keys' is not part of this text")
    robot.send(
      .choices(CreationChoices(namespaces: .names(["jan-models"]), secrets: .names(["keys"]))))
    robot.expect("nothing to fix")
    robot.send(
      .choices(CreationChoices(namespaces: .names(["jan-models"]), secrets: .names(["other"]))))
    robot.expect("no Secret 'keys' was seen in jan-models")
    robot.expect("1 warning: F10 shows the plan")
  }
}
