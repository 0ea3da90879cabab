import Kubernetes
import ModelCore
import Testing

/// Objects as YAML: readable, and read back as the same.
@Suite("YAML writer")
struct YAMLWriterTests {
  private func readBack(_ text: String) -> JSONValue? {
    let read = YAMLText(text)
    #expect(read.findings.isEmpty, "\(text)")
    return read.documents.first?.json
  }

  @Test("an object as kubectl shows it: what it is first, then by name")
  func object() {
    let value: JSONValue = [
      "spec": [
        "replicas": 1, "paused": false, "selector": [:], "args": ["--model", "a b", "8000"],
        "containers": [["name": "c", "image": "i:1", "ports": [["containerPort": 8000]]]],
      ],
      "kind": "Deployment", "metadata": ["labels": ["b": "2", "a": "x"], "name": "m"],
      "apiVersion": "apps/v1",
    ]
    #expect(
      value.yamlText == """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: m
          labels:
            a: x
            b: "2"
        spec:
          args:
          - --model
          - a b
          - "8000"
          containers:
          - name: c
            image: i:1
            ports:
            - containerPort: 8000
          paused: false
          replicas: 1
          selector: {}

        """)
    #expect(readBack(value.yamlText) == value)
  }

  @Test(
    "every text comes back as the same text",
    arguments: [
      "", " ", "a", "true", "yes", "on", "NO", "null", "~", "1", "1.5", "1e3", "0x1f", "0o7",
      "0755", "1_000",
      "2024-01-15T10:30:00Z", "12:30", "-", "- a", "-x", "--served-model-name", "---", "a: b", "a:",
      ":a", "a #b", "#a",
      "'q'", "\"q\"", "back\\slash", "{a}", "[a]", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a",
      "=", "<<", "?", "? a",
      "line\nline", "line\n", "\nline", " line\nline", "line\n\n", "a\n\nb", "tab\tb", "a\r\nb",
      "\u{1B}[31mred",
      "\u{202E}rtl", "日本語", "👩‍👩‍👧", "ünï", "y", "n", "5Gi", "500m", "1,2", "a, b", "\u{7F}",
      "e\u{301}",
      ".5", "+1", "1.", "1e", "::1", "http://a:8000/x?y=z#w",
    ])
  func strings(text: String) {
    let value: JSONValue = ["key": .string(text), "list": [.string(text), [.string(text)]]]
    #expect(readBack(value.yamlText) == value, "\(value.yamlText)")
    let key: JSONValue = ["a": [text: 1]]
    if !text.contains("\n") { #expect(readBack(key.yamlText) == key, "\(key.yamlText)") }
  }

  @Test("a script of several lines is shown as lines")
  func script() {
    let value: JSONValue = ["command": ["sh", "-c", "set -e\nvllm serve m\n"]]
    #expect(
      value.yamlText == "command:\n- sh\n- -c\n- |\n  set -e\n  vllm serve m\n")
  }

  @Test("nested lists, empty ones, and numbers")
  func nested() {
    let value: JSONValue = [[[1, 2], [], [:]], 1.5, nil, [["a": [["b": 1]]]]]
    #expect(readBack(value.yamlText) == value, "\(value.yamlText)")
  }
}
