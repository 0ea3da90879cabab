package import Kubernetes

/// The requests that the specification shows.
package enum SpecificationExamples {
  /// Of `POST /v1/organization/models`.
  package static let create: JSONValue = [
    "name": "llama-7b", "display_name": "Llama 2 7B Chat",
    "description": "Llama 2 7B model for chat completion", "image": "vllm/vllm-openai:latest",
    "command": [
      "python", "-m", "vllm.entrypoints.openai.api_server", "--served-model-name", "llama-7b",
      "--model", "meta-llama/Llama-2-7b-chat-hf",
    ],
    "gpu_count": 1, "storage_size": 30, "tags": ["llama", "chat", "7b"],
  ]

  /// Of `POST /v1/organization/models/yaml`.
  package static let createFromYAML: JSONValue = [
    "name": "custom-model", "display_name": "Custom Model Deployment",
    "description": "Custom model deployed via YAML", "yaml_content": .string(manifest),
    "tags": ["custom", "yaml"],
  ]

  /// Of `PUT /v1/organization/models/{model_id}`.
  package static let update: JSONValue = [
    "display_name": "Updated Model Name", "description": "Updated description",
    "tags": ["updated", "tags"],
  ]

  /// The `yaml_content` of ``createFromYAML``: a Deployment alone.
  package static let manifest = """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: custom-model
      labels:
        app: custom-model
    spec:
      replicas: 1
      selector:
        matchLabels:
          app: custom-model
      template:
        metadata:
          labels:
            app: custom-model
        spec:
          containers:
          - name: model
            image: custom/model:latest
            ports:
            - containerPort: 8000
    """
}
