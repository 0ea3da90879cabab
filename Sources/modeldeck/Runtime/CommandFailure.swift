import Kubernetes
import KubernetesClient
import ModelCore

/// How the program ended, for a script. Documented in docs/commands.md.
enum ExitStatus: Int32, CaseIterable, Sendable {
  case success = 0
  case failure = 1
  /// What was given is wrong: flags, a file, a field, or what the cluster refuses as invalid.
  case invalidInput = 2
  case conflict = 3
  case notFound = 4
  /// Not allowed, or not known who asks.
  case forbidden = 5
  /// What was waited for did not come in its time.
  case timedOut = 6
  /// The cluster does not answer, or there is none.
  case unavailable = 7
  /// A write was sent, and whether it took effect could not be found out.
  case outcomeUnknown = 8
  /// Ctrl-C.
  case interrupted = 130

  /// What it means, in one line.
  var meaning: String {
    switch self {
    case .success: "it was done"
    case .failure: "it failed for another reason than those below"
    case .invalidInput:
      "invalid input: a flag, a file, a field; also what the HTTP API does not offer"
    case .conflict: "a conflict: the name is taken, or somebody else changed it meanwhile"
    case .notFound: "there is no such model"
    case .forbidden: "not allowed, or not known who asks"
    case .timedOut: "what was waited for did not come in its time"
    case .unavailable: "the cluster does not answer, or there is none"
    case .outcomeUnknown: "it was sent, and whether it took effect could not be found out"
    case .interrupted: "interrupted with Ctrl-C"
    }
  }
}

/// Ends a command: the exit status, and what is told on standard error.
struct CommandFailure: Error, Equatable, Sendable {
  var status: ExitStatus
  /// What failed, on what, what to do; empty where everything was said already.
  var message: String
  /// More lines, told as they are.
  var details: [String]

  init(_ status: ExitStatus, _ message: String, details: [String] = []) {
    self.status = status
    self.message = message
    self.details = details
  }

  /// - Parameter task: what was tried, as in `read the models`.
  init(_ error: APIError, doing task: String) {
    self.init(ExitStatus(error), "could not \(task): \(error.description)")
  }

  init(_ failure: OperationFailure) {
    self.init(ExitStatus(failure.kind), failure.placedMessage)
  }

  init(_ error: KubeconfigError) {
    switch error {
    case .notConfigured(let places):
      self.init(
        .unavailable, "no cluster is configured.",
        details: [
          "Looked for: \(places.joined(separator: ", ")).",
          "Name a kubeconfig with --kubeconfig, or look around without a cluster: modeldeck demo",
        ])
    case .inCluster: self.init(.unavailable, "\(error)")
    default: self.init(.invalidInput, "\(error)")
    }
  }
}

extension ExitStatus {
  init(_ error: APIError) {
    switch error {
    case .unauthorized: self = .forbidden
    case .transport, .timedOut, .decoding: self = .unavailable
    case .status(let status, _):
      switch status.code ?? 0 {
      case 400, 422: self = .invalidInput
      case 401, 403: self = .forbidden
      case 404: self = .notFound
      case 409: self = .conflict
      case 429, 500...599: self = .unavailable
      default: self = .failure
      }
    }
  }
}
