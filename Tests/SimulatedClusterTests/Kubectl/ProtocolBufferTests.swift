import Kubernetes
import Testing

@testable import SimulatedCluster

/// The bodies are those of kubectl 1.32, which creates what it is told on its command line in protocol buffers.
@Suite("Objects in protocol buffers")
struct ProtocolBufferTests {
  private func bytes(_ text: String) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue).map(UInt8.init)
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  private func json(_ text: String) throws -> JSONValue {
    try ProtocolBufferBody(bytes(text)).json()
  }

  @Test func readsADeployment() throws {
    let deployment = try json(
      """
      6b3873000a150a07617070732f7631120a4465706c6f796d656e7412ba010a1f0a0377656212001a0022002a00
      3200380042005a0a0a0361707012037765621288010802120c0a0a0a0361707012037765621a6e0a1c0a001200
      1a0022002a003200380042005a0a0a036170701203776562124e12300a056e67696e7812076e67696e783a312a
      00320a0a001000185022002a0042006a007200800100880100900100a201001a00320042004a00520058006000
      68008201008a01009a0100c2010022020a00280038001a0c0800100018002000280038001a002200
      """)
    #expect(
      deployment == [
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": ["name": "web", "labels": ["app": "web"]],
        "spec": [
          "replicas": 2, "selector": ["matchLabels": ["app": "web"]], "strategy": [:],
          "template": [
            "metadata": ["labels": ["app": "web"]],
            "spec": [
              "containers": [
                [
                  "name": "nginx", "image": "nginx:1", "ports": [["containerPort": 80]],
                  "resources": [:],
                ]
              ]
            ],
          ],
        ],
        "status": [:],
      ])
  }

  @Test func readsBytesAndWhatIsANumberOrAText() throws {
    let secret = try json(
      """
      6b3873000a0c0a0276311206536563726574121d0a110a017312001a0022002a0032003800420012060a016112
      01621a001a002200
      """)
    #expect(
      secret == [
        "apiVersion": "v1", "kind": "Secret", "metadata": ["name": "s"], "data": ["a": "Yg=="],
      ])
    let budget = try json(
      """
      6b3873000a200a09706f6c6963792f76311213506f6444697372757074696f6e42756467657412360a110a0170
      12001a0022002a0032003800420012150a09080110001a0335302512080a060a01611201621a0a080018002000
      280030001a002200
      """)
    #expect(budget["spec", "minAvailable"] == "50%")
    #expect(budget["spec", "selector", "matchLabels"] == ["a": "b"])
  }

  @Test func losesNothingThatItDoesNotKnow() throws {
    // A Namespace named x whose metadata has a field 99.
    let unknown = """
      6b3873000a0f0a02763112094e616d65737061636512090a070a01789a060179
      """
    let refusal = try #require(throws: Refusal.self) { try json(unknown) }
    #expect(refusal.code == 415)
    #expect(
      refusal.message
        == "the simulated cluster does not read field 99 of ObjectMeta in protocol buffers: "
        + "send JSON or YAML")
    let notKubernetes = try #require(throws: Refusal.self) { try json("0a0b0c") }
    #expect(notKubernetes.code == 400)
    let cutShort = try #require(throws: Refusal.self) {
      try json("6b3873000a0f0a02763112094e616d6573706163651209")
    }
    #expect(cutShort.code == 400)
  }
}
