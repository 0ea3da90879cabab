import Foundation
import Kubernetes
import Scripting
import Testing

/// Templates as kubectl reads them.
@Suite("JSONPath") struct JSONPathTests {
  static let document: JSONValue = [
    "models": [
      [
        "id": "llama-7b", "status": "running", "tags": ["llama", "chat"],
        "requirements": ["gpu": ["min_gpus": 1]],
      ],
      ["id": "qwen-72b", "status": "failed", "tags": [], "requirements": ["gpu": ["min_gpus": 8]]],
    ],
    "total": 2,
  ]

  @Test(arguments: [
    ("{.total}", "2"),
    (".total", "2"),
    ("{.models[0].id}", "llama-7b"),
    ("{.models[-1].id}", "qwen-72b"),
    ("{.models[*].id}", "llama-7b qwen-72b"),
    ("{.models[0:1].id}", "llama-7b"),
    ("{.models[0]['id','status']}", "llama-7b running"),
    ("{..min_gpus}", "1 8"),
    ("{.models[?(@.status==\"failed\")].id}", "qwen-72b"),
    ("{.models[?(@.requirements.gpu.min_gpus>=8)].id}", "qwen-72b"),
    ("{.models[?(@.requirements.gpu.min_gpus<8)].id}", "llama-7b"),
    (
      "{range .models[*]}{.id}{\"\\t\"}{.status}{\"\\n\"}{end}",
      "llama-7b\trunning\nqwen-72b\tfailed\n"
    ),
    ("{.models[0].tags}", "[\"llama\",\"chat\"]"),
    ("{.nothing.here}", ""),
    ("n={.total}!", "n=2!"),
    ("{$.total}", "2"),
  ])
  func templatesGiveWhatKubectlGives(template: String, expected: String) throws {
    #expect(try JSONPath(template).text(for: Self.document) == expected)
  }

  @Test(arguments: [
    "{.models[}", "{.models", "{range .models[*]}{.id}", "{end}", "{.a[?(@.b==c)]}", "{\"open}",
  ])
  func whatCannotBeReadIsSaidWithItsPlace(template: String) {
    #expect {
      _ = try JSONPath(template)
    } throws: { error in
      "\(error)".contains("character")
    }
  }
}
