import ModelCore
import Testing

@Suite("Name rule")
struct NameRuleTests {
  @Test(arguments: [
    "a", "llama-7b", "m7", "a--b", String(repeating: "a", count: 63), "x-0",
  ])
  func allowed(name: String) {
    #expect(NameRule.findings(name) == [])
  }

  @Test(
    "says precisely what is wrong, and the nearest name that is allowed",
    arguments: [
      ("", "name is required", "llama-7b"),
      ("yaml", "the name 'yaml' is reserved", "yaml-model"),
      ("Llama", "the name 'Llama' has upper-case letters", "llama"),
      ("qwen2.5", "the name 'qwen2.5' contains a dot", "qwen2-5"),
      ("7b-llama", "the name '7b-llama' starts with a digit", "m7b-llama"),
      ("-a", "the name '-a' starts with a dash", "e.g. a."),
      ("a-", "the name 'a-' ends with a dash", "e.g. a."),
      ("-", "the name '-' starts with a dash", "a-z"),
      ("a_b", "the name 'a_b' contains an underscore", "a-b"),
      ("org/m", "the name 'org/m' contains a slash", "org-m"),
      ("a b", "the name 'a b' contains a blank", "a-b"),
      ("a\n", "the name 'a' contains a blank", "e.g. a."),
      ("a\u{1B}[31mb", "the name 'a [31mb' contains a control character, '['", "a-31mb"),
      ("ll\u{0430}ma", "the name 'llаma' contains 'а' (U+0430)", "ll-ma"),
      (
        String(repeating: "a", count: 64),
        "the name '\(String(repeating: "a", count: 64))' is 1 character too long", "aaa"
      ),
      (
        "Qwen2.5-" + String(repeating: "x", count: 60),
        "the name 'Qwen2.5-\(String(repeating: "x", count: 60))' has upper-case letters, "
          + "contains a dot, is 5 characters too long", "qwen2-5-"
      ),
    ])
  func refused(name: String, message: String, fix: String) throws {
    let findings = NameRule.findings(name)
    try #require(findings.count == 1)
    #expect(findings[0].field == .name)
    #expect(findings[0].message == message)
    #expect(findings[0].fix.contains(fix), "\(findings[0].fix)")
  }

  @Test("what it suggests is allowed", arguments: ["9", "Ä-Ö", "A.B.C", "--x--", "9.9.9", "YAML"])
  func suggestions(name: String) {
    let fix = NameRule.findings(name).first?.fix ?? ""
    guard let mark = fix.firstRange(of: "e.g. ") else { return }
    #expect(NameRule.isValid(String(fix[mark.upperBound...].dropLast())))
  }

  @Test("a megabyte of a name gives a short message", .timeLimit(.minutes(15)))
  func huge() throws {
    for piece in ["a", "A", ".", "\u{0430}", "\u{1F469}\u{200D}\u{1F469}\u{200D}"] {
      let name = String(repeating: piece, count: 1_000_000 / piece.utf8.count)
      let finding = try #require(NameRule.findings(name).first)
      #expect(finding.message.utf8.count < 600)
      #expect(finding.fix.utf8.count < 200)
    }
  }
}

@Suite("Image reference")
struct ImageReferenceTests {
  static let digest = "sha256:" + String(repeating: "a1", count: 32)

  @Test(
    "parts",
    arguments: [
      ("nginx", nil, "nginx", nil, nil),
      ("vllm/vllm-openai:latest", nil, "vllm/vllm-openai", "latest", nil),
      ("ghcr.io/org/app:v1", "ghcr.io", "org/app", "v1", nil),
      ("localhost/app", "localhost", "app", nil, nil),
      ("localhost:5000/app", "localhost:5000", "app", nil, nil),
      ("registry:5000/a/b/c:1.2_3-x", "registry:5000", "a/b/c", "1.2_3-x", nil),
      ("10.0.0.1:5000/app", "10.0.0.1:5000", "app", nil, nil),
      ("[::1]:5000/app:x", "[::1]:5000", "app", "x", nil),
      ("app@\(digest)", nil, "app", nil, digest),
      ("reg.io/app:1@\(digest)", "reg.io", "app", "1", digest),
      ("a.b/c", "a.b", "c", nil, nil),
      ("a__b/c-d--e/f.g_h", nil, "a__b/c-d--e/f.g_h", nil, nil),
      ("Registry.Example.com/app", "Registry.Example.com", "app", nil, nil),
      ("app:5000", nil, "app", "5000", nil),
    ] as [(String, String?, String, String?, String?)])
  func parts(
    text: String, registry: String?, path: String, tag: String?, digest: String?
  ) throws {
    let reference = try ImageReference(parsing: text)
    #expect(reference.registry == registry)
    #expect(reference.path == path)
    #expect(reference.tag == tag)
    #expect(reference.digest == digest)
  }

  @Test(
    "says what is wrong",
    arguments: [
      ("https://ghcr.io/a/b:1", "is a URL"),
      ("docker://a", "is a URL"),
      ("a b", "contains a blank"),
      ("a\n", "contains a blank"),
      ("ghcr.io/Org/App", "upper-case letters in 'Org/App'"),
      ("Org/app", "upper-case"),
      ("a//b", "an empty part"),
      ("/a", "an empty part"),
      ("a/", "an empty part"),
      ("a:", "no tag"),
      ("a:.x", "tag '.x'"),
      ("a:b:c", "not allowed"),
      ("a@sha256:12", "digest"),
      ("a@", "digest"),
      ("a@\(digest.uppercased())", "digest"),
      (":tag", "names no repository"),
      ("reg.io:99999/a", "registry"),
      ("reg.io:x/a", "registry"),
      ("-reg.io/a", "registry"),
      ("a___b", "not allowed"),
      ("a..b", "not allowed"),
      ("-a", "not allowed"),
      ("a-", "not allowed"),
      ("größe", "a character that is not allowed"),
      ("a\u{1B}]0;x\u{7}", "a character that is not allowed"),
      ("a;rm", "not allowed"),
      ("a:" + String(repeating: "x", count: 129), "tag"),
      (String(repeating: "a", count: 256), "not allowed"),
      (String(repeating: "a", count: 1_000_000), "too long"),
    ])
  func refused(text: String, message: String) {
    let problem = #expect(throws: ImageReference.Problem.self) {
      try ImageReference(parsing: text)
    }
    #expect(problem?.message.contains(message) == true, "\(problem?.message ?? "")")
    #expect((problem?.fix ?? "").isEmpty == false)
    #expect((problem?.message ?? "").unicodeScalars.allSatisfy { $0.value >= 0x20 })
  }
}
