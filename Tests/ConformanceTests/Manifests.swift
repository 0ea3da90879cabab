import Kubernetes

// The objects of the suite, as small as a server lets them be.
enum Manifests {
  static func configMap(
    _ name: String, _ data: [String: String] = [:], labels: [String: String] = [:]
  ) -> JSONValue {
    var object: JSONValue = [
      "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)],
    ]
    if !data.isEmpty { object["data"] = .object(data.mapValues { .string($0) }) }
    if !labels.isEmpty {
      object["metadata", "labels"] = .object(labels.mapValues { .string($0) })
    }
    return object
  }

  static func service(_ name: String, _ spec: JSONValue) -> JSONValue {
    [
      "apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name)], "spec": spec,
    ]
  }

  static func claim(_ name: String, _ spec: JSONValue) -> JSONValue {
    [
      "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": ["name": .string(name)],
      "spec": spec,
    ]
  }

  static func pod(_ name: String, _ container: JSONValue) -> JSONValue {
    var container = container
    container["name"] = container["name"] ?? "main"
    container["image"] = container["image"] ?? "example/main:1"
    return [
      "apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name)],
      "spec": ["containers": [container]],
    ]
  }

  static func deployment(
    _ name: String, replicas: Int? = 0, image: String = "example/main:1", gpus: Int = 0
  ) -> JSONValue {
    var container: JSONValue = ["name": "main", "image": .string(image)]
    if gpus > 0 {
      container["resources"] = ["limits": ["nvidia.com/gpu": .string(String(gpus))]]
    }
    var object: JSONValue = [
      "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": .string(name)],
      "spec": [
        "selector": ["matchLabels": ["app": .string(name)]],
        "template": [
          "metadata": ["labels": ["app": .string(name)]], "spec": ["containers": [container]],
        ],
      ],
    ]
    if let replicas { object["spec", "replicas"] = .integer(Int64(replicas)) }
    return object
  }

  static func owned(by owner: Answer, blocks: Bool = true) -> JSONValue {
    [
      [
        "apiVersion": owner.body["apiVersion"] ?? "", "kind": owner.body["kind"] ?? "",
        "name": owner.body["metadata", "name"] ?? "", "uid": .string(owner.uid),
        "blockOwnerDeletion": .bool(blocks),
      ]
    ]
  }
}
