import ModelCore
import Testing

@Suite("Texts that are kept")
struct YAMLDraftTextTests {
  @Test func valuesOfSecretsAreLeftOut() throws {
    let text = """
      apiVersion: v1
      kind: Secret
      metadata:
        name: a
      stringData:
        token: very-secret
        key: |
          -----BEGIN
          more-secret

        last: "secret
          too"
      type: Opaque
      ---
      apiVersion: v1
      kind: Secret
      data: {a: c2VjcmV0}
      ---
      apiVersion: v1
      kind: ConfigMap
      data:
        plain: text

      """
    let kept = try #require(YAMLDraftText.withoutSecrets(text))
    #expect(
      kept.text == """
        apiVersion: v1
        kind: Secret
        metadata:
          name: a
        stringData:
          token: ""
          key: ""
          last: ""
        type: Opaque
        ---
        apiVersion: v1
        kind: Secret
        data: {}
        ---
        apiVersion: v1
        kind: ConfigMap
        data:
          plain: text

        """)
    #expect(kept.leftOut == 4)
  }

  @Test func theLastValueOfTheTextIsLeftOut() throws {
    let text = "kind: Secret\nstringData:\n  a: |\n    secret\n    secret\n"
    #expect(
      try #require(YAMLDraftText.withoutSecrets(text)).text
        == "kind: Secret\nstringData:\n  a: \"\"\n")
  }

  @Test func tokensAreLeftOutWhereverTheyAre() throws {
    let text = "env:\n- {name: HF_TOKEN, value: hf_abcdefghijklmnopqrst}\n- {name: hf_home}\n"
    let kept = try #require(YAMLDraftText.withoutSecrets(text))
    #expect(kept.text == "env:\n- {name: HF_TOKEN, value: hf_...}\n- {name: hf_home}\n")
    #expect(kept.leftOut == 1)
  }

  @Test func whatCannotBeToldIsNotKept() {
    #expect(YAMLDraftText.withoutSecrets("kind: Secret\nstringData: {a: [") == nil)
    #expect(YAMLDraftText.withoutSecrets("{\"kind\": \"Secret\", \"data\": {\"a\": \"b\"}}") == nil)
    #expect(YAMLDraftText.withoutSecrets("a: [")?.text == "a: [")
  }
}
