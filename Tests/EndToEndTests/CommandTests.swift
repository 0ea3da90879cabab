import Foundation
import Testing

/// The commands for scripts: the built program against a cluster, as a script runs it.
@Suite("Commands", .serialized)
struct CommandTests {
  /// A home of its own: the journal of what the commands write goes there.
  private static let home = FileManager.default.temporaryDirectory.appending(
    path: "modeldeck-home-\(UUID().uuidString)"
  ).path()

  private func run(_ cluster: Cluster, _ arguments: [String], environment: [String: String] = [:])
    throws -> Shell.Result
  {
    try Shell.run(
      [Program.path] + arguments,
      environment: ["KUBECONFIG": cluster.kubeconfig, "HOME": Self.home].merging(environment) {
        $1
      }, checked: false)
  }

  /// Creates, waits and deletes, and checks every exit code on the way.
  private static let script = """
    expect() { # STATUS COMMAND...
      wanted=$1; shift
      "$@" >"$OUT" 2>"$ERR"; status=$?
      [ $status = "$wanted" ] || { echo "$* ended with $status instead of $wanted: $(cat "$OUT" "$ERR")"; exit 1; }
    }
    holds() { grep -q -- "$1" "$2" || { echo "no '$1' in: $(cat "$2")"; exit 1; }; }
    OUT=$(mktemp); ERR=$(mktemp); FILE=$(mktemp); trap 'rm -f "$OUT" "$ERR" "$FILE"' EXIT
    line="vllm serve org/model --served-model-name $NAME"
    expect 4 $M get $NAME
    expect 2 $M create $NAME --image img
    holds served-model-name "$ERR"
    expect 0 $M create $NAME --image img:1 --command "$line" --dry-run=client -o json
    holds '"Deployment"' "$OUT"
    expect 0 $M create $NAME --image img:latest --command "$line" --storage-size 0 --dry-run=server
    [ "$(grep -c 'warning: ' "$ERR")" = "$(grep 'warning: ' "$ERR" | sort -u | wc -l)" ] || { echo "told twice: $(cat "$ERR")"; exit 1; }
    expect 4 $M get $NAME
    expect 0 $M create $NAME --image img:1 --command "$line" --storage-size 0 --tags a,b -o name
    holds "^$NAME\\$" "$OUT"
    expect 3 $M create $NAME --image img:1 --command "$line" --storage-size 0
    expect 0 $M wait $NAME --for running --timeout 60s
    expect 6 $M wait $NAME --for stopped --timeout 0
    expect 0 $M get $NAME -o jsonpath='{.model.tags[1]} {.status}'
    [ "$(cat "$OUT")" = "b running" ] || { echo "jsonpath: $(cat "$OUT")"; exit 1; }
    expect 0 $M list --tag a --managed true --status running -o name
    holds "^$NAME\\$" "$OUT"
    expect 2 $M update $NAME
    expect 2 $M update $NAME --gpu-count many
    expect 4 $M update no-such-model --description x
    expect 0 $M update $NAME --display-name 'A new name' --tags c -o jsonpath='{.display_name} {.tags[0]}'
    [ "$(cat "$OUT")" = "A new name c" ] || { echo "update: $(cat "$OUT")"; exit 1; }
    expect 0 $M scale $NAME --replicas 2 --dry-run=server
    holds replicas "$OUT"
    expect 0 $M scale $NAME --replicas 2 --wait --timeout 60s
    expect 0 $M stop $NAME --wait --timeout 60s
    expect 0 $M get $NAME -o jsonpath='{.status}'
    holds stopped "$OUT"
    expect 0 $M start $NAME --wait --timeout 60s
    expect 0 $M restart $NAME
    expect 2 $M scale $NAME --replicas -1
    expect 0 $M diff $NAME
    expect 0 $M why $NAME
    holds "^$NAME: running" "$OUT"
    expect 0 $M events $NAME -o json
    expect 0 $M gpus
    expect 0 $M version
    expect 2 $M delete $NAME
    holds '[-]-yes' "$ERR"
    expect 0 $M get $NAME
    expect 5 $M delete $NAME --yes --read-only
    expect 0 $M delete $NAME --yes -o json
    holds "Model $NAME deleted successfully" "$OUT"
    expect 0 $M wait $NAME --for deleted --timeout 5s
    expect 4 $M delete $NAME --yes
    expect 0 $M delete $NAME --yes --ignore-not-found
    printf 'kind: Nonsense\n' >"$FILE"
    expect 2 $M apply -f "$FILE"
    holds "$FILE:1:" "$ERR"
    cat >"$FILE" <<END
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: $NAME-y, labels: {app: $NAME-y}}
    spec:
      replicas: 1
      selector: {matchLabels: {app: $NAME-y}}
      template:
        metadata: {labels: {app: $NAME-y}}
        spec:
          containers:
          - {name: model, image: "custom/model:1", ports: [{containerPort: 8000}]}
    END
    expect 0 $M apply -f "$FILE" --dry-run=client
    told=$(grep -c 'warning:' "$ERR")
    expect 0 $M apply -f "$FILE" --dry-run=server
    [ "$told" -gt 0 ] && [ "$(grep -c 'warning:' "$ERR")" = "$told" ] || { echo "told twice: $(cat "$ERR")"; exit 1; }
    expect 0 $M apply -f - -o jsonpath='{.managed} {.namespace}' <"$FILE"
    [ "$(cat "$OUT")" = "false default" ] || { echo "apply: $(cat "$OUT")"; exit 1; }
    expect 3 $M apply -f "$FILE"
    expect 0 $M diff -f "$FILE"
    sed -i 's|custom/model:1|custom/model:2|' "$FILE"
    expect 1 $M diff -f "$FILE"
    holds "Deployment/$NAME-y spec.template.spec.containers.model..image: custom/model:1 -> custom/model:2" "$OUT"
    expect 0 $M delete $NAME-y --yes
    """

  @Test(arguments: Cluster.kinds)
  func aScriptCreatesWaitsAndDeletesByExitCodes(kind: String) throws {
    let cluster = try Cluster(kind)
    let name = "script-\(UUID().uuidString.lowercased().prefix(8))"
    let result = try Shell.run(
      ["bash", "-c", Self.script],
      environment: [
        "M": Program.path, "NAME": name, "KUBECONFIG": cluster.kubeconfig, "HOME": Self.home,
      ], checked: false)
    #expect(result.status == 0, "\(result.output)\(result.errors)")
  }

  @Test(arguments: [
    ["list", "--bogus"], ["list", "-o", "xml"], ["list", "--status", "bogus"],
    ["list", "--managed", "perhaps"], ["get"], ["nonsense"], ["wait", "x", "--for", "ever"],
    ["create", "-f", "/nonexistent/request.json"], ["list", "--request-timeout", "soon"],
    ["list", "--config", "/nonexistent/config.yaml"], ["list", "--context", "none"],
    ["logs", "x", "--follow", "--previous"], ["list", "-o", "jsonpath={.a[}"],
  ])
  func badInputEndsWithTwoAndSaysWhy(arguments: [String]) throws {
    let cluster = try Cluster("simulated")
    let result = try run(cluster, arguments)
    #expect(result.status == 2, "\(result.errors)")
    #expect(result.output.isEmpty)
    #expect(!result.errors.isEmpty)
  }

  @Test func aClusterThatIsNotThereIsSeven() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let text = """
      apiVersion: v1
      kind: Config
      current-context: gone
      clusters: [{name: gone, cluster: {server: "http://127.0.0.1:9"}}]
      users: [{name: gone, user: {token: x}}]
      contexts: [{name: gone, context: {cluster: gone, user: gone}}]
      """
    try Data(text.utf8).write(to: folder)
    for (kubeconfig, status) in [(folder.path(), 7), (folder.path() + "-gone", 7)] {
      let result = try Shell.run(
        [Program.path, "list"], environment: ["KUBECONFIG": kubeconfig, "HOME": Self.home],
        checked: false)
      #expect(result.status == Int32(status), "\(result.errors)")
      #expect(result.output.isEmpty)
    }
  }

  @Test func aServerThatIsNoClusterIsSevenAndNoEmptyList() throws {
    let cluster = try Cluster("simulated")
    let text = try String(contentsOfFile: cluster.kubeconfig, encoding: .utf8)
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    let moved = text.replacing(/(server: https:[^\s]+)/) { "\($0.output.1)/elsewhere" }
    try Data(moved.utf8).write(to: file)
    let result = try run(cluster, ["list", "--kubeconfig", file.path()])
    #expect(result.status == 7, "\(result.errors)")
    #expect(result.output.isEmpty)
    #expect(result.errors.contains("does not serve Deployments"))
  }

  @Test func whoIsNotKnownOrNotAllowedIsFive() throws {
    let cluster = try Cluster("simulated", restrictedReads: true)
    let unknown = try run(cluster, ["list", "--token", "wrong"])
    #expect(unknown.status == 5, "\(unknown.errors)")
    #expect(!unknown.errors.contains("wrong"))
    let reader = try #require(cluster.restrictedKubeconfig)
    let refused = try run(
      cluster,
      [
        "create", "m", "--image", "i:1", "--command", "vllm serve a/b --served-model-name m",
        "--kubeconfig", reader,
      ])
    #expect(refused.status == 5, "\(refused.errors)")
  }

  @Test func aWriteOfWhichNobodyCanTellWhatBecameIsEight() throws {
    // The write is not answered, and whoever looks whether it is there is told nothing.
    let cluster = try Cluster(
      "simulated",
      flags: [
        "--fault", "lose-answer:verb=create,path=/deployments",
        "--fault", "500:verb=get,path=/deployments/lost",
      ])
    let result = try run(
      cluster,
      [
        "create", "lost", "--image", "i:1", "--storage-size", "0", "--command",
        "vllm serve a/b --served-model-name lost",
      ])
    #expect(result.status == 8, "\(result.errors)")
    #expect(result.errors.contains("modeldeck get lost"))
  }

  @Test func aBrokenPipeIsNoError() throws {
    let cluster = try Cluster("simulated", flags: ["--models", "50"])
    let result = try Shell.run(
      ["bash", "-c", "set -o pipefail; \"$M\" list -o json | true"],
      environment: ["M": Program.path, "KUBECONFIG": cluster.kubeconfig], checked: false)
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
  }

  @Test func anInterruptedWatchEndsWith130() throws {
    let cluster = try Cluster("simulated", flags: ["--models", "1"])
    let result = try Shell.run(
      [
        "bash", "-c",
        """
        set -m; out=$(mktemp); "$M" watch >"$out" & pid=$!
        until grep -q model-00000 "$out"; do :; done
        kill -INT $pid; wait $pid; status=$?; cat "$out"; rm -f "$out"; exit $status
        """,
      ], environment: ["M": Program.path, "KUBECONFIG": cluster.kubeconfig], checked: false)
    #expect(result.status == 130, "\(result.errors)")
    // The time is last, and nothing moves the cursor.
    #expect(result.output.split(separator: "\n").allSatisfy { $0.hasSuffix("Z]") })
    #expect(!result.output.contains("\u{1B}"))
  }

  @Test func theTokenOfARequestIsShownNowhere() throws {
    let result = try Shell.run(
      [
        Program.path, "create", "m", "--image", "i:1", "--command",
        "vllm serve a/b --served-model-name m", "--dry-run=client",
      ],
      environment: ["MODELDECK_HUGGING_FACE_TOKEN": "hf_verysecretvalue", "HOME": Self.home])
    #expect(result.output.contains("kind: Secret"))
    #expect(!result.output.contains("hf_verysecretvalue"))
    #expect(!result.output.contains(Data("hf_verysecretvalue".utf8).base64EncodedString()))
    #expect(!result.errors.contains("hf_verysecretvalue"))
  }

  @Test func theConfigurationFileIsReadAndItsErrorsNameTheLine() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).yaml")
    defer { try? FileManager.default.removeItem(at: file) }
    let environment = ["MODELDECK_CONFIG": file.path(), "HOME": Self.home]
    try Data("organization: 7\n".utf8).write(to: file)
    let good = try Shell.run(
      [Program.path, "config", "-o", "jsonpath={.organization.value} {.organization.from}"],
      environment: environment)
    #expect(good.output == "7 \(file.path()):1")
    try Data("theme: mono\norganisation: 7\n".utf8).write(to: file)
    for arguments in [["config"], ["list"], ["demo"]] {
      let bad = try Shell.run(
        [Program.path] + arguments, environment: environment, checked: false)
      #expect(bad.status == 2)
      #expect(bad.errors.contains("\(file.path()):2:1: there is no setting 'organisation'"))
    }
  }

  @Test func theManualPageHasEveryCommandAndFlag() throws {
    let page = try Shell.run([Program.path, "manual"]).output
    for command in ["list", "create", "apply", "serve", "token", "wait", "contexts", "manual"] {
      #expect(page.contains("\n.SS \(command)"), "\(command)")
      let help = try Shell.run([Program.path, command, "--help"]).output
      for line in help.split(separator: "\n") {
        guard let start = line.firstRange(of: "--"), line.hasPrefix("  -") else { continue }
        let flag = line[start.lowerBound...].prefix { $0.isLetter || $0 == "-" }
        #expect(page.contains(flag.replacing("-", with: "\\-")), "\(flag) of \(command)")
      }
    }
    // What reads it finds nothing to complain of.
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).1")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(page.utf8).write(to: file)
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/groff") else { return }
    let check = try Shell.run(
      ["groff", "-man", "-ww", "-z", "-Tutf8", file.path()], checked: false)
    #expect(check.status == 0 && check.errors.isEmpty, "\(check.errors)")
  }
}
