import Kubernetes
import ModelCore
import SimulatedCluster

/// The models of the demonstration: one for every status that an operator meets.
enum DemoModels {
  /// Four nodes with eight GPUs each, of three products.
  static let nodes = [
    NodeSpec(name: "gpu-a-1", gpus: 8, product: "NVIDIA-H200", gpuMemoryMiB: 143_771),
    NodeSpec(name: "gpu-a-2", gpus: 8, product: "NVIDIA-H200", gpuMemoryMiB: 143_771),
    NodeSpec(name: "gpu-b-1", gpus: 8, product: "NVIDIA-A100-SXM4-80GB", gpuMemoryMiB: 81_920),
    NodeSpec(name: "gpu-c-1", gpus: 8, product: "NVIDIA-L40S", gpuMemoryMiB: 46_068),
  ]

  /// Models that are created through the same operations as anyone's.
  static let managed: [CreateRequest] = [
    // First, because it needs a whole node.
    request(
      "mixtral-8x22b", "Mixtral 8x22B", of: "mistralai/Mixtral-8x22B-Instruct-v0.1", gpus: 8,
      tags: ["chat", "moe"], storage: 400),
    request(
      "llama-3-1-8b", "Llama 3.1 8B Instruct", of: "meta-llama/Llama-3.1-8B-Instruct", gpus: 1,
      tags: ["chat", "llama", "8b"], storage: 40),
    request(
      "qwen2-5-72b", "Qwen 2.5 72B Instruct", of: "Qwen/Qwen2.5-72B-Instruct", gpus: 4,
      tags: ["chat", "qwen", "72b"], storage: 200),
    request(
      "codestral-22b", "Codestral 22B", of: "mistralai/Codestral-22B-v0.1", gpus: 2,
      tags: ["code"], storage: 60),
    request(
      "bge-m3", "BGE M3 embeddings", of: "BAAI/bge-m3", gpus: 0, tags: ["embedding"], storage: 10),
    request(
      "deepseek-r1", "DeepSeek R1", of: "deepseek-ai/DeepSeek-R1", gpus: 9,
      tags: ["reasoning", "moe"], storage: 800),
    request(
      "phi-4", "Phi 4", of: "microsoft/phi-4", gpus: 1, image: "registry.example/vllm-crash:0.6.3",
      tags: ["chat", "14b"], storage: 40),
    request(
      "gemma-2-27b", "Gemma 2 27B", of: "google/gemma-2-27b-it", gpus: 2,
      image: "registry.example/vllm-nopull:0.6.3", tags: ["chat", "gemma"], storage: 80),
    request(
      "whisper-large-v3", "Whisper large v3", of: "openai/whisper-large-v3", gpus: 1,
      image: "registry.example/vllm-slow:0.6.3", tags: ["audio"], storage: 20),
    request(
      "llava-next-34b", "LLaVA-NeXT 34B", of: "llava-hf/llava-v1.6-34b-hf", gpus: 2,
      image: "registry.example/vllm-noready:0.6.3", tags: ["vision"], storage: 90),
    request(
      "starcoder2-15b", "StarCoder2 15B", of: "bigcode/starcoder2-15b", gpus: 1, tags: ["code"],
      storage: 40),
  ]

  /// Stopped right after it was created.
  static let stopped = "starcoder2-15b"
  /// Asked to have a second replica.
  static let scaled = "llama-3-1-8b"

  private static func request(
    _ name: String, _ displayName: String, of hub: String, gpus: Int,
    image: String = "vllm/vllm-openai:v0.6.3", tags: [String], storage: Int
  ) -> CreateRequest {
    var request = CreateRequest(
      name: name, image: image,
      command: [
        "python3", "-m", "vllm.entrypoints.openai.api_server", "--model", hub,
        "--served-model-name", name,
      ] + (gpus > 1 ? ["--tensor-parallel-size", String(gpus)] : []))
    request.displayName = displayName
    request.modelDescription = "\(displayName), served by vLLM."
    request.gpuCount = gpus
    request.storageSize = storage
    request.initialDelaySeconds = 5
    request.tags = tags
    return request
  }

  /// A model that somebody else deployed with Helm: shown, never touched.
  static let unmanagedNamespace = "inference"
  static let unmanaged: JSONValue = [
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": [
      "name": "jan-v1-4b", "namespace": "inference",
      "labels": [
        "app.kubernetes.io/managed-by": "Helm", "model.aibrix.ai/name": "jan-v1-4b",
        "model.aibrix.ai/port": "8101",
      ],
    ],
    "spec": [
      "replicas": 1,
      "selector": ["matchLabels": ["model.aibrix.ai/name": "jan-v1-4b"]],
      "template": [
        "metadata": ["labels": ["model.aibrix.ai/name": "jan-v1-4b"]],
        "spec": [
          "containers": [
            [
              "name": "vllm-openai", "image": "vllm/vllm-openai:v0.10.0",
              "command": ["sh"],
              "args": [
                "-c",
                "python3 -m vllm.entrypoints.openai.api_server --model janhq/Jan-v1-4B --served-model-name jan-v1-4b --port 8101",
              ],
              "resources": [
                "requests": ["cpu": "1", "memory": "2Gi", "nvidia.com/gpu": "1"],
                "limits": ["nvidia.com/gpu": "1"],
              ],
            ]
          ]
        ],
      ],
    ],
  ]
}
