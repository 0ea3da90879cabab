/// A model as somebody would write it, with nothing wrong about it.
let goodManifest = """
  apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: llama-7b
    labels:
      model.aibrix.ai/name: llama-7b
  spec:
    replicas: 1
    selector:
      matchLabels:
        model.aibrix.ai/name: llama-7b
    template:
      metadata:
        labels:
          model.aibrix.ai/name: llama-7b
      spec:
        containers:
        - name: server
          image: vllm/vllm-openai:v0.9.2
          args:
          - vllm
          - serve
          - org/llama
          - --served-model-name
          - llama-7b
          ports:
          - containerPort: 8000
  ---
  apiVersion: v1
  kind: Service
  metadata:
    name: llama-7b
  spec:
    selector:
      model.aibrix.ai/name: llama-7b
    ports:
    - port: 8000
      targetPort: 8000

  """

/// Changes of the good manifest.
enum Sample {
  /// The good manifest with one text in place of another.
  static func with(_ new: String, for old: String) -> String {
    goodManifest.replacing(old, with: new, maxReplacements: 1)
  }

  private static let image = "        image: vllm/vllm-openai:v0.9.2"

  /// Lines added to the container, given without indentation.
  static func container(_ lines: String) -> String {
    with(image + "\n" + indented(lines, by: 8), for: image)
  }

  /// Lines added to the pod.
  static func pod(_ lines: String) -> String {
    with(
      "    spec:\n" + indented(lines, by: 6) + "\n      containers:",
      for: "    spec:\n      containers:")
  }

  /// Lines added to the metadata of the pod template.
  static func template(_ lines: String) -> String {
    with(
      "    metadata:\n" + indented(lines, by: 6) + "\n      labels:",
      for: "    metadata:\n      labels:")
  }

  /// Lines added to the metadata of the Deployment.
  static func metadata(_ lines: String) -> String {
    with("  name: llama-7b\n" + indented(lines, by: 2), for: "  name: llama-7b")
  }

  /// Lines added to the spec of the Service.
  static func service(_ lines: String) -> String {
    with(
      "spec:\n" + indented(lines, by: 2) + "\n  selector:\n    model",
      for: "spec:\n  selector:\n    model")
  }

  /// The good manifest and another document.
  static func document(_ text: String) -> String { goodManifest + "---\n" + text + "\n" }

  /// The good manifest and an object of the model's name with these lines for its spec.
  static func object(
    _ apiVersion: String, _ kind: String, name: String = "llama-7b", _ spec: String
  ) -> String {
    document(
      "apiVersion: \(apiVersion)\nkind: \(kind)\nmetadata: {name: \(name)}\nspec:\n"
        + indented(spec, by: 2))
  }

  static func monitor(_ spec: String) -> String {
    object("monitoring.coreos.com/v1", "ServiceMonitor", spec)
  }

  /// The good manifest and a claim, with more lines for its spec.
  static func claim(
    mode: String = "ReadWriteOnce", size: String = "1Gi", _ spec: String = ""
  ) -> String {
    object(
      "v1", "PersistentVolumeClaim", name: "data",
      "accessModes: [\(mode)]\nresources:\n  requests:\n    storage: \(size)"
        + (spec.isEmpty ? "" : "\n" + spec))
  }

  static func indented(_ lines: String, by blanks: Int) -> String {
    lines.split(separator: "\n", omittingEmptySubsequences: false)
      .map { String(repeating: " ", count: blanks) + $0 }.joined(separator: "\n")
  }
}
