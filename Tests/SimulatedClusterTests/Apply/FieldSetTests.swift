import Kubernetes
import Testing

@testable import SimulatedCluster

@Suite("Field ownership")
struct FieldSetTests {
  private let deployment = Schema.object("Deployment", isAtomic: false)

  private let manifest: JSONValue = [
    "metadata": ["labels": ["app": "a"]],
    "spec": [
      "selector": ["matchLabels": ["app": "a"]],
      "template": [
        "spec": [
          "containers": [
            [
              "name": "main", "command": ["run"],
              "ports": [["containerPort": 80]],
              "env": [["name": "A", "value": "1"]],
            ]
          ], "volumes": [["name": "v", "emptyDir": [:]]],
        ]
      ],
    ],
  ]

  @Test func fieldsAreWrittenAsServersWriteThem() {
    let fields = FieldTree.fields(of: manifest, deployment)
    #expect(
      fields.json == [
        "f:metadata": ["f:labels": ["f:app": [:]]],
        "f:spec": [
          "f:selector": [:],
          "f:template": [
            "f:spec": [
              "f:containers": [
                "k:{\"name\":\"main\"}": [
                  ".": [:], "f:name": [:], "f:command": [:],
                  "f:ports": [
                    "k:{\"containerPort\":80,\"protocol\":\"TCP\"}": [
                      ".": [:], "f:containerPort": [:],
                    ]
                  ],
                  "f:env": [
                    "k:{\"name\":\"A\"}": [".": [:], "f:name": [:], "f:value": [:]]
                  ],
                ]
              ],
              "f:volumes": [
                "k:{\"name\":\"v\"}": [".": [:], "f:name": [:], "f:emptyDir": [:]]
              ],
            ]
          ],
        ],
      ])
    #expect(FieldSet(fields.json) == fields)
  }

  @Test func pathsAreWrittenAsErrorsWriteThem() {
    let paths = FieldTree.fields(of: manifest, deployment).paths
    #expect(paths.contains(".metadata.labels.app"))
    #expect(paths.contains(".spec.template.spec.containers[name=\"main\"].command"))
    #expect(
      paths.contains(
        ".spec.template.spec.containers[name=\"main\"].ports[containerPort=80,protocol=\"TCP\"]"
          + ".containerPort"))
  }

  @Test func setsAreOwnedByValue() {
    let object: JSONValue = ["metadata": ["finalizers": ["a/b"]]]
    let fields = FieldTree.fields(of: object, deployment)
    #expect(fields.json == ["f:metadata": ["f:finalizers": ["v:\"a/b\"": [:]]]])
  }

  @Test func withoutATypeListsAreOneValue() {
    let object: JSONValue = ["spec": ["list": [["name": "x"]], "map": ["a": ["b": 1]]]]
    #expect(
      FieldTree.fields(of: object, .any).json == [
        "f:spec": [".": [:], "f:list": [:], "f:map": [".": [:], "f:a": [".": [:], "f:b": [:]]]]
      ])
  }

  @Test func differencesAreToldApart() {
    var other = manifest
    other["metadata", "labels"] = ["app": "b", "tier": "web"]
    other["spec", "template", "spec", "volumes"] = nil
    let difference = FieldTree.compare(manifest, other, deployment)
    #expect(difference.modified.paths == [".metadata.labels.app"])
    #expect(difference.added.paths == [".metadata.labels.tier"])
    #expect(difference.removed.paths == [".spec.template.spec.volumes"])
  }

  @Test func setsAreSubtractedAndUnited() {
    let both = FieldSet(["f:a": [:], "f:b": ["f:c": [:], "f:d": [:]]])
    let one = FieldSet(["f:b": ["f:c": [:]]])
    #expect(both.subtracting(one).paths == [".a", ".b.d"])
    #expect(both.intersection(one).paths == [".b.c"])
    #expect(one.union(FieldSet(["f:e": [:]])).paths == [".b.c", ".e"])
    #expect(both.subtractingTrees(FieldSet(["f:b": [:]])).paths == [".a"])
  }
}
