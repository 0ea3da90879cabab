import FoundationEssentials
import ModelCore
import Testing

/// What somebody would type instead: one command a line, every word quoted.
@Suite("kubectl commands")
struct KubectlCommandsTests {
  private let target = ModelTarget(ModelID(namespace: "jan-models", name: "llama-7b"))
  private let kubectl = KubectlCommands(
    context: "prod eu", user: "ada", now: Date(timeIntervalSince1970: 1_768_473_000))

  private func lines(_ write: ModelWrite) -> [String] {
    kubectl.lines(for: write, namespace: "jan-models")
  }

  @Test func theContextIsQuotedAndNamed() {
    #expect(
      lines(.scale(target, replicas: 3)) == [
        "kubectl --context 'prod eu' -n jan-models scale deployment/llama-7b --replicas=3"
      ])
    #expect(
      lines(.restart(target)) == [
        "kubectl --context 'prod eu' -n jan-models rollout restart deployment/llama-7b"
      ])
  }

  @Test func textsAreQuotedForAShell() {
    var change = ModelChange()
    change.displayName = "It's $(rm -rf /)"
    change.tags = ["a b", "c"]
    let line = lines(.update(target, change, base: nil))[0]
    #expect(line.contains(#"'jan-server.menlo.ai/display-name=It'\''s $(rm -rf /)'"#))
    #expect(line.contains(#"'jan-server.menlo.ai/tags=["a b","c"]'"#))
  }

  @Test func keepingTheVolumeComesBeforeTheDelete() {
    let all = lines(.delete(target, keepVolume: true))
    #expect(all.count == 2 && all[0].contains("patch pvc/llama-7b-storage"))
    #expect(all[1].hasSuffix("delete deployment/llama-7b --cascade=foreground"))
  }

  @Test func stoppingRemembersHowManyThereWere() {
    let all = lines(.stop(target))
    #expect(all[0].contains(#"replicas-before-stop="$(kubectl"#))
    #expect(all[1].hasSuffix("--replicas=0"))
  }
}
