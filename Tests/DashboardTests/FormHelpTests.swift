import Dashboard
import FoundationEssentials
import ModelCore
import TerminalUI
import TestSupport
import Testing

/// What the form does for who fills it in: where it fits, served name, tags, large and hostile texts.
@Suite("Create form help")
struct FormHelpTests {
  private func robot(nodes: Bool = true, columns: Int = 100, rows: Int = 40) -> Robot {
    var creation = DashboardFixtures.creation
    if nodes {
      creation.nodes = DashboardFixtures.nodes
      creation.validation.gpuMemory = ["NVIDIA-H200": 143_771, "NVIDIA-L4": 23_034]
    }
    var robot = Robot(
      DashboardFixtures.state(
        DashboardFixtures.models, columns: columns, rows: rows, creation: creation))
    robot.press("c")
    return robot
  }

  private func toGPUs(_ robot: inout Robot) { robot.press("pgup tab tab tab tab tab") }

  // MARK: Fit and memory

  @Test func whereItFitsIsToldWhileTyping() {
    var robot = robot()
    toGPUs(&robot)
    robot.expectText("fits now on 1 node: gpu-node-2 (3 free), NVIDIA-H200")
    robot.type("4")
    robot.expectText("fits now only as shares (time-sliced, 4 to each GPU)")
    robot.press("ctrl+u")
    robot.type("9")
    robot.expectText("no node has 9 GPUs: the largest, gpu-node-1, has 8 in all")
    robot.press("ctrl+u")
    robot.type("0")
    robot.expectText("fits now on")
  }

  @Test func eachNodeIsOneKeyAway() {
    var robot = robot()
    DashboardFixtures.fillForm(&robot)
    robot.press("f6")
    robot.expect("Where it fits: 2 GPUs for each replica")
    for text in ["3/8", "all 8 in use", "cordoned", "not ready", "time-sliced"] {
      robot.expectText(text)
    }
    robot.expectText("7B from the name: 7b")
    robot.type("70")
    robot.expectText("70B from what was typed")
    robot.press("backspace backspace")
    robot.expectText("7B from the name: 7b")
    robot.press("q")
    robot.expect("▌Tags")
  }

  @Test func withoutPermissionItIsNotKnownAndNeverZero() {
    var robot = robot(nodes: false)
    toGPUs(&robot)
    var update = ClusterUpdate(
      connection: .live, gpus: .forbidden(missing: "no permission to list nodes"),
      creation: CreationContext())
    robot.send(.update(update))
    robot.expectText("where it fits is not known: no permission to list nodes")
    robot.expectNot("no node")
    update = ClusterUpdate(connection: .live, gpus: DashboardFixtures.gpus)
    update.unread.set(.pods, why: "no permission to list pods in all namespaces")
    update.creation = DashboardFixtures.creation
    update.creation?.nodes = DashboardFixtures.nodes
    robot.send(.update(update))
    robot.expectText(
      "which GPUs are free is not known: no permission to list pods in all namespaces")
  }

  // MARK: The served name

  @Test(arguments: [
    ("vllm serve org/m", "vllm serve org/m --served-model-name llama"),
    ("vllm serve org/m --served-model-name", "vllm serve org/m --served-model-name llama"),
    (
      "vllm serve org/m --served-model-name other --port 1",
      "vllm serve org/m --served-model-name llama --port 1"
    ),
    ("vllm serve org/m --served-model-name=other", "vllm serve org/m --served-model-name=llama"),
    ("cd /m && vllm serve .", "sh -c cd /m && vllm serve . --served-model-name llama"),
  ])
  func theServedNameIsOfferedAndPutIn(command: String, expected: String) {
    var robot = robot()
    robot.type("llama")
    robot.press("tab tab tab")
    robot.type("i:1")
    robot.press("tab")
    robot.paste(command)
    robot.expect("F7 puts --served-model-name llama in")
    robot.press("f7")
    robot.expectNot("F7 puts")
    let effects = robot.submitForm()
    for case .create(_, let request) in effects {
      #expect(request.command.joined(separator: " ") == expected)
      return
    }
    Issue.record("not created:\n\(robot.screen)")
  }

  @Test func whatCannotBePutRightIsNotOffered() {
    var robot = robot()
    robot.type("llama")
    robot.press("tab tab tab tab")
    robot.paste("vllm serve a; sleep 1")
    robot.press("end")
    robot.expectNot("F7 puts")
    robot.press("f7")
    robot.expectText("There is nothing to put in")
  }

  // MARK: Tags

  @Test func tagsCompleteFromThoseInUse() {
    var robot = robot()
    robot.press("pgdn shift+tab")
    robot.expect("Ctrl-N, Ctrl-P complete: chat, llama, prod")
    robot.type("new, l")
    robot.expect("Ctrl-N, Ctrl-P complete: llama")
    robot.press("ctrl+n")
    robot.expect("▌Tags               new, llama")
    robot.type(", ")
    robot.expect("complete: chat, prod")
    robot.press("ctrl+n ctrl+n")
    robot.expect("▌Tags               new, llama, prod")
    robot.press("ctrl+p")
    robot.expect("▌Tags               new, llama, chat")
  }

  @Test func aSecretThatIsThereCanStandForTheToken() {
    var robot = robot()
    robot.send(
      .choices(CreationChoices(namespaces: .names(["team-a"]), secrets: .names(["hf-shared"]))))
    robot.type("m")
    robot.press("tab tab tab")
    robot.type("i:1")
    robot.press("tab")
    robot.paste("vllm serve org/a --served-model-name m")
    robot.press("tab tab tab tab tab")
    robot.expect("Ctrl-N, Ctrl-P use a Secret that is there: hf-shared")
    robot.press("ctrl+n")
    robot.expect("the pods read it from Secret hf-shared, key token; type /KEY")
    robot.type("/HF")
    robot.expect("the pods read it from Secret hf-shared, key HF")
    for case .create(_, let request) in robot.submitForm() {
      #expect(request.tokenSecret == TokenSecret(name: "hf-shared", key: "HF"))
      #expect(request.huggingFaceToken == nil)
      return
    }
    Issue.record("not created:\n\(robot.screen)")
  }

  @Test func theSecretsThatMayNotBeListedAreNotKnown() {
    var robot = robot()
    robot.send(
      .choices(
        CreationChoices(
          namespaces: .names([]), secrets: .unknown("no permission to list secrets in namespace x"))
      ))
    robot.press("pgdn shift+tab shift+tab")
    robot.expectText("the Secrets that are there are not known: no permission to list secrets")
  }

  // MARK: Large and hostile texts

  @Test(arguments: [
    "vllm serve 'a b' \\\n --x ", "\u{1B}[31mred\u{7} ", "界🙂e\u{301} ", "\u{202E}abc\u{2066} ", "'",
    "$(", "\u{0}",
  ])
  func aMegabyteIsPastedIntoEveryFieldWithoutWaiting(piece: String) {
    let text = String(repeating: piece, count: 1_000_000 / piece.utf8.count)
    var robot = robot()
    var slowest = Duration.zero
    for _ in FieldSpecification.all {
      slowest = max(
        slowest,
        processorTime {
          robot.paste(text)
          _ = robot.frame
        })
      slowest = max(
        slowest,
        processorTime {
          robot.type("x")
          _ = robot.frame
        })
      robot.press("tab")
    }
    // Unoptimized: a release build takes a tenth of it.
    #expect(slowest < .seconds(15), "\(slowest)")
    #expect(!robot.screen.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x202E })
  }

  @Test func theTokenIsInNoDescription() {
    var robot = robot()
    DashboardFixtures.fillForm(&robot)
    robot.submitForm()
    var text = ""
    dump(robot.state, to: &text)
    dump(robot.effects, to: &text)
    text += String(reflecting: robot.state) + "\(robot.effects)"
    #expect(!text.contains("hf_secret"))
  }

  // MARK: What cannot be read

  @Test func aNumberThatIsWrongFitsNowhere() {
    var robot = robot()
    robot.press("tab tab tab tab tab")
    robot.expect("(F6 shows each node)")
    robot.expect("free by product: ")
    robot.type("1e3")
    robot.expect("is not a whole number")
    robot.expectNot("(F6 shows each node)")
  }

  @Test func aReferenceThatIsWrongIsNotExplained() {
    var robot = robot()
    robot.press("tab tab tab tab tab tab tab tab tab")
    robot.paste("secret:/")
    robot.expect("is no name of a Secret")
    robot.expectNot("the pods read it from")
  }

  @Test(arguments: [
    "docker run --gpus all vllm/vllm-openai:latest --model m", "/usr/bin/podman run x",
  ])
  func aContainerThatStartsContainersIsWarnedOf(command: String) {
    var robot = robot()
    robot.type("llama")
    robot.press("tab tab tab tab")
    robot.paste(command)
    robot.expectText("the container would have to start")
    robot.expectText("what stands behind the image")
  }
}
