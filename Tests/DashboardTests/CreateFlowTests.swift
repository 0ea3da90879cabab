import Dashboard
import FoundationEssentials
import ModelCore
import TerminalUI
import TestSupport
import Testing

/// Creating a model through the form: keys in, effects out.
@Suite("Create form")
struct CreateFlowTests {
  private func robot(
    columns: Int = 80, rows: Int = 24, creation: CreationContext? = DashboardFixtures.creation
  ) -> Robot {
    var robot = Robot(
      DashboardFixtures.state(
        DashboardFixtures.models, columns: columns, rows: rows, creation: creation))
    robot.press("c")
    return robot
  }

  private func created(_ effects: [Effect]) -> CreateRequest? {
    for case .create(_, let request) in effects { return request }
    return nil
  }

  // MARK: Filling in

  @Test(arguments: [(80, 24), (60, 15), (36, 8), (200, 50)])
  func everyFieldReachesTheRequestAtEverySize(columns: Int, rows: Int) throws {
    var robot = robot(columns: columns, rows: rows)
    DashboardFixtures.fillForm(&robot)
    let request = try #require(created(robot.submitForm()))
    #expect(request.name == "llama-7b")
    #expect(request.displayName == "Llama 2 7B Chat")
    #expect(request.modelDescription == nil)
    #expect(request.image == "vllm/vllm-openai:v0.9.2")
    #expect(
      request.command == [
        "python", "-m", "vllm.entrypoints.openai.api_server", "--served-model-name", "llama-7b",
        "--model", "meta-llama/Llama-2-7b-chat-hf", "--tensor-parallel-size", "2",
      ])
    #expect(request.gpuCount == 2)
    #expect(request.initialDelaySeconds == 60)
    #expect(request.storageSize == 30)
    #expect(request.storageClass == nil)
    #expect(request.huggingFaceToken == HuggingFaceToken("hf_secretsecret"))
    #expect(request.tags == ["llama", "chat", "7b"])
  }

  @Test func everyFieldIsThereWithItsDefault() {
    let robot = robot(rows: 40)
    for specification in FieldSpecification.all { robot.expect(specification.label) }
    robot.expect("GPUs               1")
    robot.expect("Initial delay      60")
    robot.expect("Storage            20")
  }

  @Test func theHelpIsThatOfTheFieldInFocus() {
    var robot = robot()
    for specification in FieldSpecification.all {
      robot.expect(String(specification.help.prefix(40)))
      robot.press("tab")
    }
  }

  /// What is typed into a field with a default replaces it, and editing keys work on it.
  @Test(arguments: [
    ("8", 8), ("backspace 4", 4), ("end 0", 10), ("ctrl+u 3", 3), ("0", 0),
    ("backspace", 1), ("tab", 1),
  ])
  func aDefaultIsReplacedByWhatIsTyped(keys: String, count: Int) throws {
    var robot = robot()
    DashboardFixtures.fillForm(&robot)
    robot.press("shift+tab shift+tab shift+tab shift+tab shift+tab backspace backspace")
    robot.type("1")
    robot.press("tab shift+tab")
    // A new form, so that the field is as it comes.
    robot = self.robot()
    robot.press("tab tab tab tab tab")
    robot.press(keys)
    robot.press("pgup")
    robot.type("llama-7b")
    robot.press("tab tab tab")
    robot.type("image:tag")
    robot.press("tab")
    robot.paste("vllm serve m --served-model-name llama-7b")
    let request = try #require(created(robot.submitForm()))
    #expect(request.resolvedGPUCount == count)
  }

  @Test func tabAndArrowsGoThroughTheFieldsAndRound() {
    var robot = robot()
    robot.press("down down down down down")
    robot.expect("▌GPUs")
    robot.press("up")
    robot.expect("▌Command")
    robot.press("shift+tab shift+tab shift+tab shift+tab shift+tab")
    robot.expect("[>Cancel<]")
    robot.press("right")
    robot.expect("▌Name")
    robot.press("pgdn")
    robot.expect("[>Create<]")
  }

  @Test func enterGoesOnAndCreatesOnTheButtonOnly() {
    var robot = robot()
    DashboardFixtures.fillForm(&robot)
    #expect(robot.press("enter").isEmpty)
    robot.expect("[>Create<]")
    #expect(created(robot.submitForm("enter"))?.name == "llama-7b")
  }

  @Test func enterInTheCommandIsANewLine() throws {
    var robot = robot()
    robot.type("m")
    robot.press("tab tab tab")
    robot.type("i:1")
    robot.press("tab")
    robot.type("vllm")
    robot.press("enter")
    robot.type("--served-model-name")
    robot.press("enter")
    robot.type("m")
    robot.expect("3 arguments")
    let request = try #require(created(robot.submitForm("ctrl+x")))
    #expect(request.command == ["vllm", "--served-model-name", "m"])
  }

  @Test func aPastedCommandLineIsSplitIntoItsWords() {
    var robot = robot(rows: 40)
    robot.press("tab tab tab tab")
    robot.paste("vllm serve 'my model' \\\n  --served-model-name x\n")
    robot.expect("'my model'")
    robot.expect("5 arguments")
  }

  @Test func aCommandThatNeedsAShellGetsOne() throws {
    var robot = robot()
    robot.type("m")
    robot.press("tab tab tab")
    robot.type("i:1")
    robot.press("tab")
    robot.paste("cd /models && vllm serve . --served-model-name m")
    robot.expect("a shell runs it: sh -c")
    let request = try #require(created(robot.submitForm()))
    #expect(request.command == ["sh", "-c", "cd /models && vllm serve . --served-model-name m"])
  }

  @Test func aHugePasteIsCutAndSaidToBe() {
    var robot = robot()
    robot.press("tab tab tab tab")
    robot.paste(String(repeating: "word 'quoted' \u{1B}[31m\n", count: 50_000))
    robot.expect("The pasted text was cut")
    for _ in 0..<3 { robot.type("x") }
    robot.press("tab")
    robot.expect("▌GPUs")
    robot.press("shift+tab shift+tab shift+tab shift+tab")
    robot.paste(String(repeating: "y", count: 1_000_000))
    robot.expect("error")
  }

  @Test func linesThatArePastedIntoALineDoNotSubmit() {
    var robot = robot()
    robot.paste("llama\nimage\n\n")
    robot.expect("▌Name               llamaimage")
  }

  @Test func theTokenIsNeverOnScreen() {
    var robot = robot(rows: 40)
    DashboardFixtures.fillForm(&robot)
    robot.expectNot("hf_secret")
    robot.press("shift+tab")
    robot.expectNot("hf_secret")
    robot.press("f10")
    robot.expectNot("hf_secret")
    #expect(!String(reflecting: robot.effects).contains("hf_secret"))
  }

  @Test func storageClassesOfTheClusterCanBeChosen() throws {
    var robot = robot()
    DashboardFixtures.fillForm(&robot)
    robot.press("shift+tab shift+tab")
    robot.expect("Ctrl-N, Ctrl-P choose: fast-ssd (default), slow-hdd")
    robot.press("ctrl+n")
    robot.expect("Storage class      fast-ssd")
    robot.press("ctrl+n")
    robot.expect("Storage class      slow-hdd")
    robot.press("ctrl+p")
    robot.expect("Storage class      fast-ssd")
    #expect(created(robot.submitForm())?.storageClass == "fast-ssd")
  }

  @Test func freeGPUsAreToldBesideTheField() {
    var robot = robot()
    robot.press("tab tab tab tab tab")
    robot.expect("free now: at most 4 on one node")
  }

  // MARK: What is wrong

  @Test func nothingIsCalledMissingBeforeItsTurn() {
    var robot = robot()
    robot.expectNot("error: ")
    robot.expect("3 errors: F2 lists all")
    robot.press("tab")
    robot.expect("error: name")
    robot.expectNot("image is required")
  }

  @Test func errorsShowWhileTyping() {
    var robot = robot()
    robot.type("Llama")
    robot.expect("upper-case")
    robot.press("ctrl+u")
    robot.type("llama")
    robot.expectNot("upper-case")
  }

  @Test func aNameThatIsTakenIsToldAtOnce() {
    var robot = robot()
    robot.type("llama-70b")
    robot.expectText("the name 'llama-70b' is taken by Deployment jan-models/llama-70b")
  }

  @Test func aWrongServedModelNameIsRefusedInTheSpecificationsWords() {
    var robot = robot()
    DashboardFixtures.fillForm(&robot, servedName: "wrong-name")
    #expect(robot.press("f10").isEmpty)
    robot.expectText(
      "error: --served-model-name 'wrong-name' must match model name 'llama-7b' (required by Aibrix)"
    )
    robot.expect("▌Command")
  }

  @Test(arguments: ["abc", "-1", "99999999999999999999", "1.5", "2 3", "０", "1e3"])
  func badNumbersAreFindingsAndStay(text: String) {
    var robot = robot()
    DashboardFixtures.fillForm(&robot)
    robot.press("shift+tab shift+tab shift+tab shift+tab shift+tab")
    robot.press("ctrl+u")
    robot.type(text)
    robot.expect("error: ")
    #expect(robot.press("f10").isEmpty)
    robot.expect("▌GPUs               \(text)")
  }

  @Test func focusJumpsToTheFirstErrorAndGoesRoundThem() {
    var robot = robot()
    DashboardFixtures.fillForm(&robot)
    robot.press("pgup ctrl+u tab tab tab ctrl+u")
    #expect(robot.press("f10").isEmpty)
    robot.expect("▌Name")
    robot.expect("Nothing was sent: there are")
    robot.press("f3")
    robot.expect("▌Image")
    robot.press("f2")
    robot.expect("image is required")
    robot.press("esc")
    robot.expect("▌Image")
  }

  @Test func warningsDoNotBlock() {
    var robot = robot()
    DashboardFixtures.fillForm(&robot)
    robot.press("shift+tab shift+tab shift+tab shift+tab shift+tab")
    robot.press("ctrl+u")
    robot.type("9")
    robot.expectText("warning: 9 GPUs fit on no node: the largest ready node has 8")
    #expect(created(robot.submitForm())?.gpuCount == 9)
  }

  @Test func whatTheClusterLacksIsToldAndBlocks() {
    var creation = DashboardFixtures.creation
    creation.validation.hasAibrix = false
    var robot = robot(creation: creation)
    robot.expectText("aibrix CRD not found - required for model deployment")
    DashboardFixtures.fillForm(&robot)
    #expect(robot.press("f10").isEmpty)
    // It is installed while the form is open.
    creation.validation.hasAibrix = true
    robot.send(.update(ClusterUpdate(connection: .live, creation: creation)))
    robot.expectNot("aibrix CRD not found")
    #expect(created(robot.submitForm()) != nil)
  }

  // MARK: While it is created, and after

  @Test func progressIsShownAndTheFormIsLocked() {
    var robot = robot()
    DashboardFixtures.fillForm(&robot)
    let id = OperationID(2)
    robot.submitForm()
    robot.send(.operation(id, .progress("checking with the server")))
    robot.expect("creating: checking with the server")
    #expect(robot.press("f10 enter").isEmpty)
  }

  @Test func theNewModelIsSelectedWhenItAppears() {
    var robot = robot()
    DashboardFixtures.fillForm(&robot)
    robot.submitForm()
    robot.send(.operation(OperationID(2), .finished(.succeeded("Created llama-7b."))))
    robot.expect("10:30:00 Created llama-7b.")
    robot.expect("12 models")
    robot.send(
      .update(
        ClusterUpdate(
          changed: [DashboardFixtures.model("llama-7b", status: .pending)], connection: .live,
          asOf: DashboardFixtures.now)))
    #expect(robot.state.table.selected?.name == "llama-7b")
  }

  @Test func whatTheServerRefusesComesBackBesideItsFieldAndNothingIsLost() {
    var robot = robot(rows: 40)
    DashboardFixtures.fillForm(&robot)
    robot.submitForm()
    robot.send(
      .operation(
        OperationID(2),
        .finished(
          .failed(
            OperationFailure(.other, "storage class 'x' is not known", field: .storageClass)))))
    robot.expect("▌Storage class")
    robot.expect("error: storage class 'x' is not known")
    robot.expect("Llama 2 7B Chat")
    robot.type("slow-hdd")
    robot.expectNot("  error: storage class")
    #expect(created(robot.submitForm())?.storageClass == "slow-hdd")
    #expect(created(robot.effects)?.huggingFaceToken == HuggingFaceToken("hf_secretsecret"))
  }

  @Test func aCreateGoesOnWithoutItsFormAndItsDraftComesBack() {
    var robot = robot()
    DashboardFixtures.fillForm(&robot)
    robot.submitForm()
    robot.press("esc")
    robot.expect("creating llama-7b")
    robot.press("j j")
    #expect(robot.state.table.selectedIndex == 2)
    robot.send(
      .operation(OperationID(2), .finished(.failed(OperationFailure(.unavailable, "gone away")))))
    robot.expect("The draft of llama-7b is kept: c opens it")
    robot.expect("1 earlier error: M")
    robot.press("c")
    robot.expect("error: gone away")
    robot.expect("Llama 2 7B Chat")
    #expect(robot.press("f10").count == 1)
  }

  @Test func anUnknownOutcomeSaysWhatToLookAt() {
    var robot = robot()
    DashboardFixtures.fillForm(&robot)
    robot.submitForm()
    robot.send(
      .operation(
        OperationID(2), .finished(.outcomeUnknown("The connection was lost: look for llama-7b."))))
    robot.expectText("error: The connection was lost: look for llama-7b.")
  }

  // MARK: Leaving

  @Test func escKeepsWhatWasTypedAndAFreshFormIsAKeyAway() {
    var robot = robot()
    robot.press("tab tab esc")
    robot.expect("12 models")
    robot.press("c")
    robot.type("x")
    robot.press("esc")
    robot.expect("The draft of x is kept: c continues it.")
    robot.press("c")
    robot.expect("▌Name               x")
    robot.press("f9")
    robot.expect("Discard this draft?")
    robot.expect("[>Keep editing<]")
    robot.press("enter")
    robot.expect("▌Name               x")
    robot.press("f9 tab enter")
    robot.expectNot("▌Name               x")
    robot.expect("▌Name")
    robot.press("esc c")
    robot.expectNot("▌Name               x")
  }

  @Test func interruptingAsksOnlyWithAnUnsavedForm() {
    var robot = robot()
    #expect(robot.press("ctrl+c") == [.quit])
    robot = self.robot()
    robot.type("x")
    #expect(robot.press("ctrl+c").isEmpty)
    robot.expect("Quit?")
    robot.press("enter")
    robot.expect("▌Name               x")
    #expect(robot.press("ctrl+c ctrl+c") == [.quit])
    #expect(robot.send(.terminated) == [.quit])
  }

  @Test func theFormSurvivesEveryResize() {
    var robot = robot()
    DashboardFixtures.fillForm(&robot)
    for (columns, rows) in [(1, 1), (20, 5), (36, 8), (300, 100), (40, 9), (80, 24)] {
      robot.resize(columns, rows)
      #expect(robot.frame.size == Size(rows: rows, columns: columns))
    }
    #expect(created(robot.submitForm())?.name == "llama-7b")
  }

  @Test func aReadOnlySessionSaysWhyNothingCanBeCreated() {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models, isReadOnly: true))
    #expect(robot.press("c").isEmpty)
    robot.expect("read-only session")
    robot.expectNot("c create")
    robot.press("?")
    robot.expectText("(not now: This is a read-only session")
  }

  @Test func theMouseFocusesFieldsAndPressesButtons() {
    var robot = robot()
    robot.click(row: 4, column: 30)
    robot.expect("▌Image")
    let row = robot.frame.lines.firstIndex { $0.contains("[ Cancel ]") } ?? 0
    robot.click(row: row, column: 15)
    robot.expect("12 models")
  }
}
