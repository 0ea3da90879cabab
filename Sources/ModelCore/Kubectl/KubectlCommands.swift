package import FoundationEssentials
internal import Kubernetes

/// What somebody would type at a shell to do the same with kubectl: every word quoted, the context and the namespace named.
package struct KubectlCommands: Sendable {
  private let context: String
  private let now: Date
  private let user: String?

  /// - Parameter user: for the annotation that says who changed a model.
  package init(context: String, user: String?, now: Date) {
    self.context = context
    self.user = user
    self.now = now
  }

  /// Lines of a shell. A line that begins with `#` explains.
  ///
  /// - Parameter namespace: where what is new is made.
  package func lines(for write: ModelWrite, namespace: String) -> [String] {
    switch write {
    case .create(let request): return applying(request.name, in: namespace, creates: true)
    case .createFromYAML(let request): return applying(request.name, in: namespace, creates: true)
    case .recreate(let kept):
      return applying(kept.id.name, in: kept.id.namespace, creates: true)
    case .update(let target, let change, _):
      if change.redeploys {
        return applying(target.id.name, in: target.id.namespace, creates: false)
      }
      return [annotate(target.id, change)]
    case .scale(let target, let replicas): return [scale(target.id, "--replicas=\(replicas)")]
    case .stop(let target):
      return [
        kubectl(
          target.id, "annotate", "deployment/\(target.id.name)", "--overwrite",
          raw: "\(ModelKeys.replicasBeforeStop)=\"$(\(read(target.id, "{.spec.replicas}")))\""),
        scale(target.id, "--replicas=0"),
      ]
    case .start(let target):
      let key = ModelKeys.replicasBeforeStop.split(separator: ".").joined(separator: "\\.")
      let count = read(target.id, "{.metadata.annotations.\(key)}")
      return [
        "# as many replicas as there were before it was stopped",
        kubectl(
          target.id, "scale", "deployment/\(target.id.name)", raw: "--replicas=\"$(\(count))\""),
      ]
    case .restart(let target):
      return [kubectl(target.id, "rollout", "restart", "deployment/\(target.id.name)")]
    case .delete(let target, let keepVolume):
      let keep = keepVolume ? [keepVolumeLine(target.id)] : []
      return keep + [
        kubectl(target.id, "delete", "deployment/\(target.id.name)", "--cascade=foreground")
      ]
    }
  }

  /// What shows a model, its pods, their log and their events.
  package func looking(at id: ModelID) -> [String] {
    let selector = "\(ModelKeys.modelName)=\(id.name)"
    return [
      kubectl(id, "describe", "deployment/\(id.name)"),
      kubectl(id, "get", "pods,services,pvc", "-l", selector, "-o", "wide"),
      kubectl(id, "logs", "deployment/\(id.name)", "--all-containers", "--tail=100"),
      kubectl(id, "get", "events", "--sort-by=.lastTimestamp"),
    ]
  }

  // MARK: Parts

  private func words(_ id: ModelID) -> [String] {
    (context.isEmpty ? ["kubectl"] : ["kubectl", "--context", context]) + ["-n", id.namespace]
  }

  /// - Parameter raw: a last word that the shell is to expand.
  private func kubectl(_ id: ModelID, _ arguments: String..., raw: String? = nil) -> String {
    let quoted = (words(id) + arguments).map(ShellWords.quote)
    return (quoted + [raw].compactMap { $0 }).joined(separator: " ")
  }

  private func scale(_ id: ModelID, _ replicas: String) -> String {
    kubectl(id, "scale", "deployment/\(id.name)", replicas)
  }

  private func read(_ id: ModelID, _ path: String) -> String {
    kubectl(id, "get", "deployment/\(id.name)", "-o", "jsonpath=\(path)")
  }

  private func keepVolumeLine(_ id: ModelID) -> String {
    let patch: JSONValue = [
      "metadata": [
        "ownerReferences": nil, "annotations": [Ownership.keptAnnotation: .string(id.name)],
      ]
    ]
    let text = (try? patch.encoded()).map { String(decoding: $0, as: UTF8.self) } ?? ""
    return kubectl(
      id, "patch", "pvc/\(ModelKeys.claimName(of: id.name))", "--type=merge", "-p", text)
  }

  private func applying(_ name: String, in namespace: String, creates: Bool) -> [String] {
    let id = ModelID(namespace: namespace, name: name)
    let file = "\(name).yaml"
    let force = creates ? [] : ["--force-conflicts"]
    let quoted =
      words(id) + ["apply", "--server-side", "--field-manager=modeldeck"] + force + ["-f", file]
    return [
      "# \(file): the objects that the plan shows, without what is masked there",
      quoted.map(ShellWords.quote).joined(separator: " "),
    ]
  }

  private func annotate(_ id: ModelID, _ change: ModelChange) -> String {
    var values: [String] = []
    if let displayName = change.displayName {
      values.append("\(ModelKeys.displayName)=\(displayName.isEmpty ? id.name : displayName)")
    }
    if let description = change.modelDescription {
      values.append("\(ModelKeys.description)=\(description)")
    }
    if let tags = change.tags {
      let text = (try? JSONValue.array(tags.map(JSONValue.string)).encoded())
        .map { String(decoding: $0, as: UTF8.self) }
      values.append("\(ModelKeys.tags)=\(text ?? "[]")")
    }
    if let user { values.append("\(ModelKeys.updatedBy)=\(user)") }
    values.append("\(ModelKeys.updatedAt)=\(Timestamp.format(now))")
    return (words(id) + ["annotate", "deployment/\(id.name)", "--overwrite"] + values)
      .map(ShellWords.quote).joined(separator: " ")
  }
}
