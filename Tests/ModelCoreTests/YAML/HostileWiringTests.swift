import Kubernetes
import ModelCore
import Testing

/// Names that do not fit together, and words that no field takes: each told at its place and not by the server alone.
@Suite("Hostile names in manifests")
struct HostileWiringTests {
  typealias Hostile = HostileManifestTests.Hostile

  static let names: [Hostile] = [
    Hostile(
      text: Sample.with("- name: SERVER", for: "- name: server"),
      words: "a container cannot be called 'SERVER'", at: "SERVER"),
    Hostile(
      text: Sample.pod("initContainers:\n- {name: server, image: \"busybox:1\"}"),
      words: "two containers called 'server'", at: "server"),
    Hostile(
      text: Sample.pod("volumes:\n- {name: a, emptyDir: {}}\n- {name: a, emptyDir: {}}"),
      words: "two volumes called 'a'", at: "a, emptyDir"),
    Hostile(
      text: Sample.pod("volumes:\n- {name: a.b, emptyDir: {}}"),
      words: "a volume cannot be called 'a.b'", at: "a.b"),
    Hostile(
      text: Sample.container("volumeMounts:\n- {name: cache, mountPath: /c}"),
      words: "there is no volume 'cache' in the pod", at: "cache"),
    Hostile(
      text: Sample.pod("volumes:\n- {name: a, emptyDir: {}}").replacing(
        "        image:",
        with: "        volumeMounts:\n        - {name: a, mountPath: /c}\n"
          + "        - {name: a, mountPath: /c}\n        image:"),
      words: "two volumes are mounted at /c", at: "/c"),
    Hostile(
      text: Sample.container("env:\n- {name: \"A=B\", value: x}"),
      words: "a variable cannot be called 'A=B'"),
    Hostile(
      text: Sample.container("env:\n- {name: A, value: x}\n- {name: A, value: y}"),
      words: "the variable 'A' is there twice", isWarning: true),
    Hostile(
      text: Sample.with("- containerPort: 70000", for: "- containerPort: 8000"),
      words: "containerPort is 70000", at: "70000"),
    Hostile(
      text: Sample.with(
        "- containerPort: 8000\n          name: a-port-with-a-long-name",
        for: "- containerPort: 8000"),
      words: "a port cannot be called 'a-port-with-a-long-name'", at: "a-port"),
    Hostile(
      text: Sample.with("- port: 9000\n  - port: 8000", for: "- port: 8000"),
      words: "of several ports of a Service each needs a name"),
  ]

  static let words: [Hostile] = [
    Hostile(
      text: Sample.container("imagePullPolicy: always"),
      words: "imagePullPolicy cannot be 'always'",
      at: "always"),
    Hostile(
      text: Sample.pod("restartPolicy: Never"), words: "restartPolicy cannot be 'Never'",
      at: "Never"),
    Hostile(
      text: Sample.pod("volumes:\n- name: a\n  emptyDir: {medium: Floppy}"),
      words: "medium cannot be 'Floppy'", at: "Floppy"),
    Hostile(
      text: Sample.pod("tolerations:\n- {key: a, operator: Exists, effect: NoPods}"),
      words: "effect cannot be 'NoPods'", at: "NoPods"),
    Hostile(text: Sample.claim(mode: "RWO"), words: "accessModes cannot be 'RWO'", at: "RWO"),
    Hostile(
      text: Sample.with("- port: 8000\n    protocol: tcp", for: "- port: 8000"),
      words: "protocol cannot be 'tcp'", at: "tcp"),
  ]

  @Test(arguments: names + words)
  func isToldAtItsPlace(_ hostile: Hostile) throws {
    try HostileManifestTests().isToldAtItsPlace(hostile)
  }

  @Test(arguments: names + words)
  func whatIsOfferedMends(_ hostile: Hostile) {
    HostileManifestTests().whatIsOfferedMends(hostile)
  }

  @Test func whatFitsTogetherIsNoFinding() {
    let good = [
      Sample.pod(
        "volumes:\n- {name: shm, emptyDir: {medium: Memory}}\n- {name: h, emptyDir: {medium: HugePages-2Mi}}"
      ),
      Sample.container("imagePullPolicy: IfNotPresent\nenv:\n- {name: VLLM_A, value: \"1\"}"),
      Sample.with(
        "- containerPort: 8000\n          name: serve\n          protocol: TCP",
        for: "- containerPort: 8000"),
      Sample.with(
        "- port: 9000\n    name: b\n    targetPort: 8000\n  - name: a\n    port: 8000",
        for: "- port: 8000"),
      Sample.claim(mode: "ReadWriteMany"),
    ]
    for text in good {
      #expect(ManifestBundle(text).findings.map(\.message) == [], "\(text)")
    }
  }
}
