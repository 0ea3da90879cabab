import Dashboard
import FoundationEssentials
import ModelCore
import TerminalUI
import TestSupport
import Testing

/// Stop, start, scale, restart, tags: one model or several, always after a question.
@Suite("Actions on models")
struct ActionFlowTests {
  private func id(_ name: String) -> ModelID { ModelID(namespace: "jan-models", name: name) }
  private func target(_ name: String) -> ModelTarget {
    ModelTarget(id(name), uid: "uid-\(name)")
  }

  private func robot(_ name: String, guards: GuardRails = GuardRails()) -> Robot {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models))
    if guards.isProtected {
      robot.send(
        .switched(
          ClusterIdentity(
            context: "prod", server: "https://1", user: nil, namespace: "jan-models",
            guards: guards)))
      robot.send(
        .update(
          ClusterUpdate(
            changed: DashboardFixtures.models, isComplete: true, connection: .live,
            gpus: DashboardFixtures.gpus, asOf: DashboardFixtures.now)))
    }
    robot.press("/")
    robot.type(name)
    robot.press("enter")
    return robot
  }

  private func mark(_ names: String...) -> Robot {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models))
    for name in names {
      robot.press("/")
      robot.type(name)
      robot.press("enter space esc")
    }
    return robot
  }

  @Test func stoppingSaysWhatIsReturnedAndAsksFirst() {
    var robot = robot("llama-70b")
    robot.press("0")
    robot.expect("Stop llama-70b")
    robot.expect("gpu-prod, namespace jan-models")
    robot.expect("16 returned (H200)")
    robot.expect("2 end, 2 of them serving now")
    robot.expect("[>Cancel<]")
    #expect(robot.press("enter").isEmpty)
    robot.expectNot("Stop llama-70b")
    #expect(
      robot.press("0 tab enter") == [.write(OperationID(1), .stop(target("llama-70b")))])
    robot.expect("stop llama-70b")
    robot.send(.operation(OperationID(1), .finished(.succeeded("stopped model llama-70b"))))
    robot.expect("stopped model llama-70b")
  }

  @Test func whatMakesNoSenseIsNotOffered() {
    var robot = robot("falcon-40b")
    robot.press("0")
    robot.expect("falcon-40b is stopped already.")
    robot.press("r")
    robot.expect("falcon-40b is stopped: there is nothing to restart.")
    #expect(
      robot.press("1 tab enter") == [.write(OperationID(1), .start(target("falcon-40b")))])
    robot.press("S")
    robot.expect("falcon-40b is busy: start falcon-40b")
  }

  @Test func scalingTakesANumberAndSaysWhatItNeeds() {
    var robot = robot("llama-70b")
    robot.press("S ctrl+u")
    robot.type("x")
    robot.expect("Type a number of replicas, from 0 to 1000.")
    robot.press("backspace")
    robot.type("5")
    robot.expect("3 pods more")
    robot.expect("24 needed, 8 on one node")
    #expect(
      robot.press("enter enter")
        == [.write(OperationID(1), .scale(target("llama-70b"), replicas: 5))])
  }

  @Test func aGuardedContextWantsTheNameTyped() {
    var guards = GuardRails()
    guards.confirmsByTyping = true
    var robot = robot("llama-70b", guards: guards)
    robot.press("r tab tab enter")
    robot.expect("Type llama-70b to confirm")
    #expect(robot.state.operations.isEmpty)
    robot.press("esc r")
    robot.type("llama-70b")
    robot.press("tab")
    #expect(robot.press("enter") == [.write(OperationID(1), .restart(target("llama-70b")))])
  }

  @Test func whatAskForTooManyGPUsIsRefusedBeforeItIsSent() {
    var guards = GuardRails()
    guards.maxGPUs = 16
    guards.context = "prod"
    var robot = robot("llama-70b", guards: guards)
    robot.press("S ctrl+u")
    robot.type("3")
    robot.expect("llama-70b would ask for 24 GPUs, and context prod allows")
    #expect(robot.press("enter enter").isEmpty)
    // What has more than that already may lose some.
    robot.press("esc S ctrl+u")
    robot.type("1")
    #expect(
      robot.press("enter enter")
        == [.write(OperationID(1), .scale(target("llama-70b"), replicas: 1))])
  }

  @Test func severalAreSummedUpAndEachHasAResult() {
    var robot = mark("llama-70b", "mistral", "falcon")
    robot.press("0")
    robot.expect("Stop 2 models")
    robot.expectText("falcon-40b is stopped already.")
    robot.expect("17 returned")
    robot.expect("[✓] begin no other after the first that does not succeed (F3)")
    let effects = robot.press("f3 tab enter")
    #expect(
      effects == [
        .writeAll(
          [
            NumberedWrite(id: OperationID(1), write: .stop(target("llama-70b"))),
            NumberedWrite(id: OperationID(2), write: .stop(target("mistral-7b"))),
          ], stopsAtSurprise: false)
      ])
    robot.expect("0 done, 2 to go")
    robot.send(.operation(OperationID(1), .finished(.succeeded("stopped model llama-70b"))))
    robot.send(
      .operation(OperationID(2), .finished(.failed(OperationFailure(.conflict, "it changed")))))
    robot.expect("1 done, 1 not done")
    robot.expect("it changed")
    robot.press("esc")
    robot.expectNot("marked")
  }

  @Test func whatIsNotBegunAfterASurpriseSaysSo() {
    var robot = mark("llama-70b", "mistral")
    robot.press("0 tab enter")
    robot.send(
      .operation(OperationID(1), .finished(.failed(OperationFailure(.conflict, "it changed")))))
    robot.send(.operation(OperationID(2), .notBegun("an earlier one did not succeed")))
    robot.expect("0 done, 1 not done, 1 not begun")
    robot.expect("an earlier one did not succeed")
    robot.press("esc M")
    robot.expectText("Stop 2 models: llama-70b: it changed")
  }

  @Test func deletingSeveralWantsTheCountTyped() {
    var robot = mark("llama-70b", "mistral")
    robot.press("D")
    robot.expect("Delete 2 models")
    robot.type("llama-70b")
    robot.press("tab enter")
    #expect(robot.state.operations.isEmpty)
    robot.press("esc D")
    robot.type("delete 2")
    let effects = robot.press("tab enter")
    #expect(
      effects == [
        .writeAll(
          [
            NumberedWrite(
              id: OperationID(1), write: .delete(target("llama-70b"), keepVolume: false)),
            NumberedWrite(
              id: OperationID(2), write: .delete(target("mistral-7b"), keepVolume: false)),
          ], stopsAtSurprise: true)
      ])
  }

  @Test func aNamesakeThatComesMeanwhileIsLeftOut() {
    var robot = mark("llama-70b", "mistral")
    robot.press("0")
    var other = DashboardFixtures.model("llama-70b")
    other.uid = "another"
    robot.send(
      .update(ClusterUpdate(changed: [other], connection: .live, asOf: DashboardFixtures.now)))
    robot.expect("gone meanwhile: llama-70b")
    #expect(
      robot.press("tab enter") == [
        .writeAll(
          [NumberedWrite(id: OperationID(1), write: .stop(target("mistral-7b")))],
          stopsAtSurprise: true)
      ])
  }

  @Test func tagsArePutOnAndTakenOff() {
    var robot = robot("llama-70b")
    robot.press("#")
    robot.type("new, -chat")
    robot.expect("llama, prod, new")
    guard
      case .write(_, .update(_, let change, let base)) = robot.press("enter enter").first
    else {
      Issue.record("nothing is written")
      return
    }
    #expect(change.tags == ["llama", "prod", "new"] && change.changed == [.tags])
    #expect(base?.tags == ["llama", "chat", "prod"])
  }

  /// Nothing was written: both are seen, and asked about.
  @Test func tagsThatSomebodyElseChangedMeanwhileAreAskedAbout() throws {
    var robot = robot("llama-70b")
    robot.press("#")
    robot.type("mine, -chat")
    guard
      case .write(let id, .update(let target, let change, let base?)) =
        robot.press("enter enter").first
    else {
      Issue.record("nothing is written")
      return
    }
    var current = base
    current.tags = ["llama", "chat", "prod", "theirs"]
    let threeWay = ThreeWay(base: base, change: change, current: current, updatedBy: "bob")
    let conflict = OperationFailure(.conflict, "changed meanwhile", threeWay: threeWay)
    let effects = robot.send(.operation(id, .finished(.failed(conflict))))
    guard case .readStored(let question, target.id) = effects.first else {
      Issue.record("the model is not read: \(effects)")
      return
    }
    robot.expect("(e shows both)")
    robot.send(
      .stored(
        question,
        .success(StoredModel(id: target.id, uid: "uid-llama-70b", replicas: 2, fields: current))))
    robot.expect("llama-70b was changed by bob meanwhile: nothing was written yet")
    robot.expect("mine   llama prod mine")
    robot.expect("theirs llama chat prod theirs")
    robot.press("b")
    guard case .write(_, .update(_, let merged, let start)) = robot.press("f10").first else {
      Issue.record("nothing is written")
      return
    }
    #expect(merged.tags == ["llama", "prod", "theirs", "mine"] && merged.changed == [.tags])
    #expect(start == current)
  }

  @Test func whoDoesSomethingElseIsNotTornAwayByAConflict() {
    var robot = robot("llama-70b")
    robot.press("#")
    robot.type("mine")
    guard
      case .write(let id, .update(let target, let change, let base?)) =
        robot.press("enter enter").first
    else {
      Issue.record("nothing is written")
      return
    }
    robot.press("c")
    var current = base
    current.tags = ["theirs"]
    let threeWay = ThreeWay(base: base, change: change, current: current)
    let conflict = OperationFailure(.conflict, "changed meanwhile", threeWay: threeWay)
    #expect(robot.send(.operation(id, .finished(.failed(conflict)))).isEmpty)
    robot.expect("Create a model")
    robot.expect("(e shows both)")
    robot.press("esc")
    guard case .readStored(let question, _) = robot.press("e").first else {
      Issue.record("the model is not read")
      return
    }
    robot.send(
      .stored(
        question,
        .success(StoredModel(id: target.id, uid: "uid-llama-70b", replicas: 2, fields: current))))
    robot.expect("What was typed before is back")
    robot.expect("was: llama chat prod")
  }

  @Test func theScreenOfSeveralIsFoundAgain() {
    var robot = mark("llama-70b", "mistral")
    robot.press("B")
    robot.expect("Nothing was done with several models from here yet.")
    robot.press("0 tab enter")
    robot.expect("0 done, 2 to go")
    robot.press("esc")
    robot.expect("Stop 2 models: 0 done, 2 to go. B shows each.")
    robot.press("B")
    robot.expect("0 done, 2 to go")
    robot.press("q")
    for id in [1, 2] {
      robot.send(.operation(OperationID(id), .finished(.succeeded("stopped"))))
    }
    robot.expect("Stop 2 models: 2 done. B shows each.")
    robot.press(":")
    robot.type("bulk")
    robot.press("enter")
    robot.expect("2 done: Esc goes back")
    robot.press("esc x B")
    robot.expect("2 done: Esc goes back")
  }

  /// What does not fit on its line is read whole.
  @Test(arguments: [(80, 24), (60, 15)])
  func aLongReasonOfTheMenuIsWhole(columns: Int, rows: Int) {
    var robot = Robot(
      DashboardFixtures.state(DashboardFixtures.models, columns: columns, rows: rows))
    robot.press("x")
    for binding in Binding.menu(in: .table) {
      let reason = binding.disabledReason(robot.state)
      let text =
        reason.map { "\(binding.title): not now. \($0)" } ?? "\(binding.title): \(binding.help)"
      // What is left and right of the menu is not of it.
      let menu = robot.frame.lines.compactMap { line -> Substring? in
        guard let first = line.firstIndex(of: "│"), let last = line.lastIndex(of: "│"),
          first < last
        else { return nil }
        return line[line.index(after: first)..<last]
      }
      let words = menu.flatMap { $0.split(separator: " ") }.joined(separator: " ")
      #expect(words.contains(text))
      robot.press("j")
    }
  }

  @Test func theMenuListsEveryActionAndWhyNot() {
    var robot = robot("falcon-40b")
    robot.press("x")
    robot.expect("actions on falcon-40b")
    robot.expect("stop: not now. falcon-40b is stopped already.")
    robot.press("0")
    robot.expect("actions on falcon-40b")
    robot.press("1")
    robot.expect("Start falcon-40b")
  }

  /// What a shell makes of the rows is what it makes of the line.
  @Test(arguments: [
    #"kubectl -n a annotate deployment/x 'a b=It'\''s $(rm -rf /) and a rather long text here'"#,
    #"kubectl -n inference scale deployment/x --replicas="$(kubectl get x -o 'jsonpath={.metadata.annotations}')" end"#,
    "kubectl " + String(repeating: "word", count: 40) + " 'quoted "
      + String(repeating: "x", count: 90) + "'",
  ])
  func aCommandThatIsFoldedIsTheSameCommand(line: String) {
    for columns in [24, 31, 40, 60] {
      let rows = ShellFolding.fold(line, to: columns)
      #expect(rows.allSatisfy { $0.count <= columns }, "\(rows)")
      #expect(rows.count > 1)
      #expect(rows.dropLast().allSatisfy { $0.hasSuffix("\\") })
      let joined = rows.dropLast().map { $0.dropLast() }.joined() + (rows.last ?? "")
      // Quotes are closed at the end of a row and opened at the next.
      #expect(joined.filter { $0 != "'" } == line.filter { $0 != "'" }, "\(rows)")
      #expect(joined.count { $0 == "'" } % 2 == line.count { $0 == "'" } % 2)
    }
  }

  @Test func theKubectlCommandsAreShown() {
    var robot = robot("llama-70b")
    robot.press("S ctrl+u")
    robot.type("3")
    robot.press("f4")
    robot.expect("kubectl --context gpu-prod -n jan-models scale deployment/llama-70b")
    robot.expect("--replicas=3")
    robot.press("esc")
    robot.expect("Scale llama-70b")
  }
}
