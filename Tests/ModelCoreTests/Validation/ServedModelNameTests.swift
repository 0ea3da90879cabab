import ModelCore
import Testing

@Suite("Served model name")
struct ServedModelNameTests {
  static let server = ["python3", "-m", "vllm.entrypoints.openai.api_server"]

  static func names(_ names: String...) -> ServedModelName { .names(names, isCertain: true) }

  @Test(
    "arguments as argparse reads them",
    arguments: [
      (["--served-model-name", "m"], names("m")),
      (["--served-model-name=m"], names("m")),
      (["--served_model_name", "m"], names("m")),
      (["--served_model-name=m"], names("m")),
      (["--served-model-name", "m", "n", "--port", "1"], names("m", "n")),
      (["--served-model-name=m", "n"], names("m")),
      (["--served-model-name", "a", "--served-model-name", "b"], names("b")),
      (["--served-model-name=a", "--served_model_name=b"], names("b")),
      (["--served-model", "m"], names("m")),
      (["--served=m"], names("m")),
      (["--ser", "m"], names("m")),
      (["--se", "m"], .absent),
      (["--served-model-names", "m"], .absent),
      (["--Served-Model-Name", "m"], .absent),
      (["-served-model-name", "m"], .absent),
      (["--served-model-name"], .withoutValue),
      (["--served-model-name", "--port", "1"], .withoutValue),
      (["--served-model-name="], .withoutValue),
      (["--served-model-name=", "--served-model-name", "m"], names("m")),
      (["--served-model-name", "--served-model-name", "m"], .withoutValue),
      (["--served-model-name", ""], .withoutValue),
      (["--served-model-name", "--", "m"], .withoutValue),
      (["--", "--served-model-name", "m"], .absent),
      (["--served-model-name", "m", "--", "n"], names("m")),
      (["--served-model-name m"], .absent),
      (["--model", "x --served-model-name m"], .absent),
      (["--served-model-name", "-1"], names("-1")),
      (["--served-model-name", "-m", "x"], .withoutValue),
      (["--served-model-name", "a b"], names("a b")),
      (["--chat-template={{ x }} --served-model-name m", "--served-model-name", "n"], names("n")),
      (["--chat-template", "--served-model-name"], .withoutValue),
      (["--served-model-name", "m", "--hf-overrides={\"a\": 1}"], names("m")),
    ] as [([String], ServedModelName)])
  func arguments(arguments: [String], expected: ServedModelName) {
    #expect(ServerCommand(Self.server + arguments).servedModelName(expecting: "m") == expected)
  }

  @Test(
    "inside shells and wrappers",
    arguments: [
      (["sh", "-c", "vllm serve org/x --served-model-name m"], "m"),
      (["/bin/bash", "-lc", "exec vllm serve org/x --served-model-name=m"], "m"),
      (
        ["bash", "-e", "-o", "pipefail", "-c", "vllm serve x --served-model-name m | tee /log"], "m"
      ),
      (["bash", "-euo", "pipefail", "-c", "vllm serve x --served-model-name m"], "m"),
      (["sh", "-c", "vllm serve x \\\n  --served-model-name \\\n  m \\\n  --port 8000"], "m"),
      (["sh", "-c", "vllm serve x --served-model-name 'm'"], "m"),
      (["sh", "-c", "vllm serve x --served-model-name \"m\" # --served-model-name n"], "m"),
      (["sh", "-c", "echo --served-model-name n; vllm serve x --served-model-name m"], "m"),
      (["sh", "-c", "A=1 B='2 3' vllm serve x --served-model-name m"], "m"),
      (["sh", "-c", "pip install x && vllm serve x --served-model-name m || exit 1"], "m"),
      (["sh", "-c", "if true; then vllm serve x --served-model-name m; fi"], "m"),
      (["sh", "-c", "while true; do vllm serve x --served-model-name m; done"], "m"),
      (["sh", "-c", "{ vllm serve x --served-model-name m; }"], "m"),
      (["sh", "-c", "(cd /x; vllm serve x --served-model-name m)"], "m"),
      (["sh", "-c", "NAME=m; vllm serve x --served-model-name $NAME"], "m"),
      (["sh", "-c", "export NAME=m\nvllm serve x --served-model-name \"${NAME}\""], "m"),
      (["sh", "-c", "ARGS='--served-model-name m'; vllm serve x $ARGS"], "m"),
      (["sh", "-c", "exec vllm serve \"$@\"", "sh", "x", "--served-model-name", "m"], "m"),
      (["sh", "-c", "exec vllm serve x --served-model-name $1", "sh", "m"], "m"),
      (["sh", "-c", "exec vllm serve x \"$@\"", "sh", "--served-model-name", "m"], "m"),
      (["sh", "-c", "O=' --served-model-name '; vllm serve x$O m"], "m"),
      (["sh", "-c", "P=m-; vllm serve x --served-model-name ${P}7b"], "m-7b"),
      (["sh", "-c", "bash -c 'vllm serve x --served-model-name m'"], "m"),
      (["sh", "-c", "eval \"vllm serve x --served-model-name m\""], "m"),
      (
        [
          "sh", "-c",
          "cat <<E >f\nvllm serve x --served-model-name n\nE\nvllm serve x --served-model-name m",
        ], "m"
      ),
      (["env", "-u", "X", "A=b", "vllm", "serve", "x", "--served-model-name", "m"], "m"),
      (["tini", "-s", "--", "vllm", "serve", "x", "--served-model-name", "m"], "m"),
      (["/usr/bin/env", "bash", "-c", "vllm serve x --served-model-name m"], "m"),
      (["timeout", "-k", "5", "60", "sh", "-c", "vllm serve x --served-model-name m"], "m"),
      (["nsys", "profile", "-o", "f", "vllm", "serve", "x", "--served-model-name", "m"], "m"),
      (["./start.sh", "--served-model-name", "m"], "m"),
      (["bash", "/start.sh", "--served-model-name", "m"], "m"),
      (["python3", "/app/api_server.py", "--served-model-name", "m"], "m"),
      (["--served-model-name", "m"], "m"),
      (["sh", "-c", "/opt/run-server --served-model-name m"], "m"),
      (["busybox", "sh", "-c", "vllm serve x --served-model-name m"], "m"),
    ] as [([String], String)])
  func shells(command: [String], name: String) {
    #expect(ServerCommand(command).servedModelName(expecting: "m") == Self.names(name))
  }

  @Test(
    "what is no argument of a server is not found",
    arguments: [
      ["sh", "-c", "echo --served-model-name m"],
      ["sh", "-c", "vllm serve x # --served-model-name m"],
      ["sh", "-c", "vllm serve 'x --served-model-name m'"],
      ["sh", "-c", "vllm serve x && echo --served-model-name m"],
      ["sh", "-c", "vllm serve x > --served-model-name m"],
      ["sh", "-c", "vllm serve x; --served-model-name m"],
      ["sh", "-c", "echo vllm serve x --served-model-name m"],
      ["echo", "vllm", "serve", "x", "--served-model-name", "m"],
      ["sh", "vllm serve x --served-model-name m"],
      ["sh", "-c"],
      ["sh", "-c", "vllm serve \"x"],
      [""],
      [],
    ] as [[String]])
  func notFound(command: [String]) {
    #expect(ServerCommand(command).servedModelName(expecting: "m") == .absent)
  }

  @Test("every server that a script starts has to serve the name")
  func severalServers() {
    let script = "vllm serve a --served-model-name m || vllm serve b --served-model-name n"
    #expect(ServerCommand(["sh", "-c", script]).servedModelName(expecting: "m") == Self.names("n"))
    #expect(!ServerCommand(["sh", "-c", script]).servedModelName(expecting: "m").matches("m"))
  }

  @Test("a variable that only the container knows is not certain")
  func variables() {
    let command = ["sh", "-c", "vllm serve x --served-model-name \"$NAME\""]
    let served = ServerCommand(command).servedModelName(expecting: "$NAME")
    #expect(served == .names(["$NAME"], isCertain: false))
    #expect(!served.matches("$NAME"))
  }

  @Test("hostile scripts are read in linear time", .timeLimit(.minutes(15)))
  func hostile() {
    var doubling = "A=xxxxxxxx;"
    for _ in 0..<500 { doubling += "A=$A$A;" }
    doubling += "vllm serve $A --served-model-name $A"
    let scripts = [
      doubling,
      String(repeating: "vllm serve --served-model-name ", count: 10_000),
      String(repeating: "A=1 ", count: 250_000),
      "B='" + String(repeating: "x ", count: 200_000) + "';"
        + String(repeating: "f $B;", count: 1_000),
      "vllm serve " + String(repeating: "-", count: 300_000),
      "vllm serve " + String(repeating: "--a=", count: 250_000),
      String(repeating: "sh -c '", count: 1) + String(repeating: "eval ", count: 200_000) + "'",
      "vllm serve --port " + String(repeating: "9", count: 300_000),
    ]
    for script in scripts {
      _ = ServerCommand(["sh", "-c", script])
      _ = ServerCommand(script.split(separator: " ").map(String.init))
    }
    _ = ServerCommand(Array(repeating: "--served-model-name", count: 200_000))
    _ = ServerCommand(Array(repeating: "env", count: 200_000))
    _ = ServerCommand(
      ["sh", "-c", String(repeating: "f \"$@\" x$@;", count: 50_000)]
        + Array(repeating: "x", count: 50_000))
  }
}

@Suite("Server command")
struct ServerCommandTests {
  @Test(
    arguments: [
      (["vllm", "serve", "m", "--port", "9000"], EngineArguments.Port.number(9000)),
      (["vllm", "serve", "m", "--port=9000"], .number(9000)),
      (["vllm", "serve", "m", "--port=1", "--port", "2"], .number(2)),
      (["vllm", "serve", "m"], .absent),
      (["vllm", "serve", "m", "--port"], .invalid("")),
      (["vllm", "serve", "m", "--port", "0"], .invalid("0")),
      (["vllm", "serve", "m", "--port", "65536"], .invalid("65536")),
      (["vllm", "serve", "m", "--port", "80a"], .invalid("80a")),
      (["vllm", "serve", "m", "--port", " 8080 "], .number(8080)),
      (["vllm", "serve", "m", "--port", "-1"], .invalid("-1")),
      (["sh", "-c", "vllm serve m --port $PORT"], .invalid("$PORT")),
      (["sh", "-c", "PORT=81; vllm serve m --port $PORT"], .number(81)),
      (["./run", "--port", "9000"], .number(9000)),
      (["vllm", "serve", "m", "--served-model-name", "--port", "9"], .number(9)),
    ] as [([String], EngineArguments.Port)])
  func port(command: [String], expected: EngineArguments.Port) {
    #expect(ServerCommand(command).port == expected)
  }

  @Test(
    arguments: [
      (["vllm", "serve", "org/m"], "org/m"),
      (["vllm", "serve", "--port", "1", "org/m"], "org/m"),
      (["vllm", "serve", "--trust-remote-code", "org/m"], "org/m"),
      (["vllm", "serve", "--max-model-len", "8192"], nil),
      (["vllm", "serve", "--model", "org/m"], "org/m"),
      (["vllm", "serve", "org/a", "--model=org/m"], "org/m"),
      (["python", "-m", "vllm.entrypoints.openai.api_server", "--model", "org/m"], "org/m"),
      (["python", "-m", "vllm.entrypoints.openai.api_server", "org/m"], nil),
      (["sh", "-c", "vllm serve $MODEL"], nil),
    ] as [([String], String?)])
  func model(command: [String], expected: String?) {
    #expect(ServerCommand(command).model == expected)
  }
}
