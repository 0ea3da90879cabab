internal import FoundationEssentials
internal import Kubernetes

/// Why a container ended, in words.
enum ExitMessage {
  static func inWords(_ ended: K8s.ContainerStatus.State.Terminated) -> String {
    if ended.reason == "OOMKilled" {
      return "out of memory (OOMKilled): the node or its memory limit is too small for the model"
    }
    if ended.reason == "StartError" || ended.reason == "ContainerCannotRun" {
      return runtimeMessage(ended.message ?? "")
    }
    let code = "exit code \(ended.exitCode)"
    let meaning: String? =
      switch ended.exitCode {
      case 0: "its command ended"
      case 126: "the program cannot be executed"
      case 127: "the program was not found"
      case 134: "aborted"
      case 137: "killed (SIGKILL)"
      case 139: "segmentation fault"
      case 143: "stopped (SIGTERM)"
      default: nil
      }
    var text = meaning.map { "\(code), \($0)" } ?? code
    // The last line of what the container left behind says most.
    if let last = ended.message?.split(whereSeparator: \.isNewline).last {
      let line = Excerpt.line(String(last), limit: 160)
      if !line.isEmpty { text += ": \(line)" }
    }
    return text
  }

  /// The end of a runtime's message, where the cause stands: `exec: "vllmm": executable file not found in $PATH`.
  static func runtimeMessage(_ text: String) -> String {
    let line = Excerpt.line(text, limit: 1_000)
    for mark in ["exec: ", "error mounting ", "no space left"] {
      if let start = line.firstIndex(ofText: mark) {
        return Excerpt.line(String(line[start...]).removing(suffix: ": unknown"), limit: 200)
      }
    }
    return Excerpt.line(line, limit: 200)
  }
}

/// Why a health check fails, in words.
enum ProbeMessage {
  static func inWords(_ message: String) -> String {
    let line = Excerpt.line(message, limit: 1_000)
    // `... dial tcp 10.244.0.7:8000: connect: connection refused`: the address says nothing to anybody.
    for (mark, words) in [
      ("connection refused", "nothing listens on its port"),
      ("context deadline exceeded", "its health check gets no answer in time"),
      ("Client.Timeout exceeded", "its health check gets no answer in time"),
    ] where line.firstIndex(ofText: mark) != nil {
      return words
    }
    let code = "statuscode: "
    if let start = line.firstIndex(ofText: code) {
      return "its health check answers " + line[start...].dropFirst(code.count).prefix(3)
    }
    return Excerpt.line(line, limit: 160)
  }
}

/// Why the API server refuses a pod, in words.
enum RefusalMessage {
  static func inWords(_ message: String) -> String {
    let line = Excerpt.line(message, limit: 1_000)
    if let start = line.firstIndex(ofText: "exceeded quota: ") {
      return "the quota refuses its pods: " + Excerpt.line(String(line[start...]), limit: 240)
    }
    if let start = line.firstIndex(ofText: "is forbidden: ") {
      let cause = line[start...].dropFirst("is forbidden: ".count)
      return "its pods are refused: " + Excerpt.line(String(cause), limit: 240)
    }
    return "its pods cannot be made: " + Excerpt.line(line, limit: 240)
  }
}

/// Why an image cannot be pulled, without the runtime's wrapping.
struct ImagePullMessage {
  let reason: String
  let image: String
  /// The container's message, and the kubelet's last `Failed` event, which keeps the cause during a back-off.
  let message: String
  let event: String?

  private static let causes: [(mark: String, words: String)] = [
    ("no such host", "its registry has no such host name; check the image's spelling"),
    ("manifest unknown", "the registry has no such tag"),
    ("name unknown", "the registry has no such repository"),
    ("repository does not exist", "there is no such repository, or it needs credentials"),
    ("pull access denied", "access denied: there is no such repository, or it needs credentials"),
    ("unauthorized", "the registry wants credentials"),
    ("authentication required", "the registry wants credentials"),
    ("authorization failed", "the registry wants credentials"),
    ("denied", "the registry denies access"),
    ("forbidden", "the registry denies access"),
    ("toomanyrequests", "the registry's rate limit is reached; it is tried again"),
    ("too many requests", "the registry's rate limit is reached; it is tried again"),
    ("x509", "the registry's certificate is not trusted"),
    ("http response to https", "the registry speaks HTTP, not HTTPS"),
    ("i/o timeout", "its registry does not answer; it is tried again"),
    ("deadline exceeded", "its registry does not answer; it is tried again"),
    ("connection refused", "its registry refuses connections; it is tried again"),
    ("no route to host", "its registry cannot be reached; it is tried again"),
    ("no space left", "the node's disk is full"),
    ("no match for platform", "it is not built for the node's architecture"),
    ("no matching manifest", "it is not built for the node's architecture"),
    ("invalid reference format", "its name is not a valid reference"),
    ("couldn't parse image", "its name is not a valid reference"),
    ("not found", "the registry has no such image or tag"),
  ]

  var inWords: String {
    let name = Excerpt.line(image, limit: 120)
    if reason == "InvalidImageName" {
      return "image \(name) cannot be pulled: its name is not valid"
    }
    if reason == "ErrImageNeverPull" {
      return "image \(name) is not on the node, and its pull policy is Never"
    }
    let text = Excerpt.line(message + " " + (event ?? ""), limit: 4_000).lowercased()
    if let cause = Self.causes.first(where: { text.firstIndex(ofText: $0.mark) != nil }) {
      return "image \(name) cannot be pulled: \(cause.words)"
    }
    let rest = cause(of: message) ?? event.flatMap(cause(of:))
    return "image \(name) cannot be pulled" + (rest.map { ": \($0)" } ?? "")
  }

  /// The last part of a chain of causes; nothing where it only says that the kubelet waits.
  private func cause(of text: String) -> String? {
    let line = Excerpt.line(text, limit: 4_000)
    if line.isEmpty || line.hasPrefix("Back-off pulling image") { return nil }
    let parts = line.split(separator: ": ").suffix(2).joined(separator: ": ")
    return Excerpt.line(parts, limit: 160)
  }
}
