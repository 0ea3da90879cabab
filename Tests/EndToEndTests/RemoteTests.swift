import Foundation
import Testing

/// Commands and the dashboard for people who have a token and no kubeconfig.
@Suite("Through the HTTP API", .serialized)
struct RemoteTests {
  private static let script = """
    expect() { # STATUS COMMAND...
      wanted=$1; shift
      "$@" >"$OUT" 2>"$ERR"; status=$?
      [ $status = "$wanted" ] || { echo "$* ended with $status instead of $wanted: $(cat "$OUT" "$ERR")"; exit 1; }
    }
    holds() { grep -q -- "$1" "$2" || { echo "no '$1' in: $(cat "$2")"; exit 1; }; }
    OUT=$(mktemp); ERR=$(mktemp); FILE=$(mktemp); trap 'rm -f "$OUT" "$ERR" "$FILE"' EXIT
    line="vllm serve org/model --served-model-name m"
    expect 0 $M list
    expect 4 $M get m
    expect 2 $M create m --image img
    expect 0 $M create m --image img:1 --command "$line" --storage-size 0 --tags a,b -o name
    holds '^m$' "$OUT"
    expect 3 $M create m --image img:1 --command "$line" --storage-size 0
    expect 2 $M create n --image img:1 --command "vllm serve a/b --served-model-name n" -n elsewhere
    holds 'does not offer to choose the namespace' "$ERR"
    expect 0 $M wait m --for running --timeout 60s
    expect 6 $M wait m --for stopped --timeout 0
    expect 0 $M get m -o jsonpath='{.model.organization_id} {.status}'
    [ "$(cat "$OUT")" = "7 running" ] || { echo "get: $(cat "$OUT")"; exit 1; }
    expect 0 $M list
    holds '?/1' "$OUT"
    expect 0 $M update m --display-name 'A new name' -o jsonpath='{.display_name}'
    [ "$(cat "$OUT")" = "A new name" ] || { echo "update: $(cat "$OUT")"; exit 1; }
    expect 2 $M update m --image img:2
    for words in 'logs m' 'events m' 'gpus' 'why m' 'test m' 'diff m' 'stop m' 'start m' 'restart m' \\
      'scale m --replicas 2' 'delete m --yes --keep-volume' 'wait m --for ready' \\
      'update m --description x --dry-run=server'; do
      expect 2 $M $words
      holds 'the HTTP API does not offer to' "$ERR"
      [ "$(wc -l <"$ERR")" = 1 ] || { echo "$words: $(cat "$ERR")"; exit 1; }
    done
    expect 0 $M version
    holds 'HTTP API' "$OUT"
    expect 0 $M config -o jsonpath='{.organization.value}'
    holds 'as the token says' "$OUT"
    expect 2 $M -n elsewhere
    cat >"$FILE" <<END
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: y, labels: {app: y}}
    spec:
      replicas: 1
      selector: {matchLabels: {app: y}}
      template:
        metadata: {labels: {app: y}}
        spec:
          containers:
          - {name: model, image: "custom/model:1", ports: [{containerPort: 8000}]}
    END
    expect 0 $M apply -f "$FILE" -o jsonpath='{.managed} {.namespace}'
    [ "$(cat "$OUT")" = "false default" ] || { echo "apply: $(cat "$OUT")"; exit 1; }
    expect 3 $M apply -f "$FILE"
    # Who may only read, who is somebody else, and whose token is over.
    expect 0 $M get m --token-file "$READER"
    expect 5 $M delete m --yes --token-file "$READER"
    expect 4 $M get m --token-file "$OTHER"
    expect 4 $M delete m --yes --token-file "$OTHER"
    expect 5 $M list --token-file "$EXPIRED"
    holds "put a new token into $EXPIRED" "$ERR"
    # What makes no sense, or would be dangerous.
    expect 2 $M list --kubeconfig /x
    expect 2 $M list --organization 1
    expect 2 $M list --token-file /none
    expect 2 env -u MODELDECK_TOKEN_FILE $M list
    holds '[-]-token-file' "$ERR"
    expect 2 $M list --server http://models.example.com
    holds unencrypted "$ERR"
    expect 7 $M list --server http://127.0.0.1:9
    expect 0 $M delete m y --yes
    expect 0 $M wait m --for deleted --timeout 5s
    """

  @Test func aScriptWorksWithATokenAlone() throws {
    let server = try Server()
    let result = try Shell.run(
      ["bash", "-c", Self.script],
      environment: [
        "M": Program.path, "MODELDECK_SERVER": server.address, "HOME": server.folder.path(),
        "MODELDECK_TOKEN_FILE": try server.token("owner"),
        "READER": try server.token("reader", role: "reader"),
        "OTHER": try server.token("other", organization: "8"),
        "EXPIRED": try server.token("expired", expiresIn: "100ms"),
      ], checked: false)
    #expect(result.status == 0, "\(result.output)\(result.errors)")
  }

  @Test func theDashboardCreatesDeletesAndOutlivesItsServer() throws {
    let server = try Server()
    try server.token("token")
    // A context of the configuration, with a token beside it.
    let text = "contexts: {api: {server: \"\(server.address)\", token-file: token}}\n"
    try Data(text.utf8).write(to: server.folder.appending(path: "config.yaml"))
    let terminal = try Terminal(environment: ["MODELDECK_CONFIG": server.path("config.yaml")])
    try terminal.run([Program.path, "--context", "api"])
    try terminal.wait(forText: "no models in organization 7 yet")
    try terminal.press("c")
    try terminal.wait(forText: "Create a model on api, organization 7")
    try terminal.type("remote")
    try terminal.press("Tab", "Tab", "Tab")
    try terminal.type("vllm/vllm-openai:v0.6.3")
    try terminal.press("Tab")
    for argument in ["vllm", "serve", "Qwen/Qwen2.5-0.5B", "--served-model-name"] {
      try terminal.type(argument)
      try terminal.press("Enter")
    }
    try terminal.type("remote")
    try terminal.press("F10")
    try terminal.wait(forText: "a dry run is not offered by the HTTP API")
    try terminal.press("F10")
    try terminal.wait(for: "the model running, with what is not told as that") {
      $0.contains("+ running") && $0.contains("reason and replicas: not offered by the HTTP API")
    }
    server.stop()
    try terminal.wait(forText: "Disconnected since")
    #expect(try terminal.screen().contains("remote"))
    try server.start()
    try terminal.wait(forText: "Connected again after")
    try terminal.press("D")
    try terminal.wait(forText: "keeping the volume is not offered by the HTTP API")
    try terminal.type("remote")
    try terminal.press("Tab", "Enter")
    try terminal.wait(forText: "no models in organization 7 yet")
    try terminal.press("q")
    try terminal.wait(forText: "ready$")
  }

  @Test func aTokenOfAnotherOrganizationShowsTheOthersModels() throws {
    let server = try Server()
    let file = try server.token("token")
    let other = try server.token("other", organization: "8")
    func create(_ name: String, _ token: String) throws {
      try Shell.run(
        [
          Program.path, "create", name, "--image", "img:1", "--storage-size", "0", "--command",
          "vllm serve a/b --served-model-name \(name)", "--server", server.address,
          "--token-file", token,
        ], environment: ["HOME": server.folder.path()])
    }
    try create("m-of-7", file)
    try create("m-of-8", other)
    let terminal = try Terminal()
    try terminal.run([Program.path, "--server", server.address, "--token-file", file])
    try terminal.wait(forText: "m-of-7")
    try #require(try terminal.screen().contains("org 7 "))
    // As who renews a token does it: the file is never half written.
    try Shell.run(["mv", other, file])
    try terminal.wait(for: "the other organization's models alone") {
      $0.contains("m-of-8") && $0.contains("org 8 ")
        && !$0.contains("m-of-7") && !$0.contains("org 7 ")
    }
    try terminal.press("q")
    try terminal.wait(forText: "ready$")
  }

  @Test(
    "A create whose answer is lost is looked for; 8 where that tells nothing",
    arguments: [false, true])
  func aLostAnswer(breaksDown: Bool) throws {
    let server = try Server()
    let proxy = try LossyProxy(to: server.address, losing: "POST ", breaksDown: breaksDown)
    try server.token("token")
    let created = try server.run(
      [
        "create", "m", "--image", "img:1", "--storage-size", "0", "--command",
        "vllm serve a/b --served-model-name m",
      ], through: proxy.address)
    #expect(created.status == (breaksDown ? 8 : 0), "\(created.errors)")
    #expect(
      created.errors.contains(
        breaksDown ? "look at the model again" : "the answer was lost, and it is there"),
      "\(created.errors)")
    #expect(created.output.isEmpty)
    #expect(proxy.lostAnswers == 1, "it is sent once")
    let list = try server.run(["list", "-o", "name"], through: server.address)
    #expect(list.output == "m\n", "\(list.errors)")
  }

  @Test func whatCannotBeReadIsNotTakenForDeleted() throws {
    let server = try Server()
    let proxy = try LossyProxy(to: server.address, losing: "GET /v1/organization/models/")
    try server.token("token")
    let created = try server.run(
      [
        "create", "m", "--image", "img:1", "--storage-size", "0", "--command",
        "vllm serve a/b --served-model-name m",
      ], through: server.address)
    try #require(created.status == 0, "\(created.errors)")
    let wait = ["wait", "m", "--for", "deleted", "--timeout", "1s"]
    let unread = try server.run(wait, through: proxy.address)
    #expect(unread.status == 6, "\(unread.errors)")
    #expect(unread.errors.contains("jan-models/m: not known, "), "\(unread.errors)")
    // A server that accepts and says nothing is not waited for longer than that either.
    server.freeze()
    let silent = try server.run(wait, through: server.address)
    server.thaw()
    #expect(silent.status == 7, "\(silent.errors)")
    #expect(silent.errors.contains("did not answer within 5 s"), "\(silent.errors)")
  }

  @Test func aSecondSignalEndsTheServerAtOnce() throws {
    let server = try Server()
    // A request that does not end keeps the first signal waiting.
    let result = try Shell.run(
      [
        "bash", "-c",
        """
        exec 3<>/dev/tcp/127.0.0.1/$PORT
        printf 'POST /v1/organization/models HTTP/1.1\\r\\nHost: x\\r\\nAuthorization: Bearer %s\\r\\n' "$(cat "$TOKEN")" >&3
        printf 'Content-Type: application/json\\r\\nContent-Length: 10\\r\\n\\r\\n{' >&3
        until curl -sf "$URL/metrics" | grep -q 'http_requests_in_flight [2-9]'; do :; done
        kill -TERM $SERVER
        while curl -s "$URL/healthz" >/dev/null; do :; done
        kill -TERM $SERVER
        # The connection stays open until it is gone.
        while kill -0 $SERVER 2>/dev/null; do :; done
        """,
      ],
      environment: [
        "URL": server.address, "TOKEN": try server.token("token"), "SERVER": "\(server.identifier)",
        "PORT": String(server.address.split(separator: ":").last ?? ""),
      ], checked: false)
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(server.exitStatus() == 130)
  }
}
