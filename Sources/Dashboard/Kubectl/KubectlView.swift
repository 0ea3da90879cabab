import ModelCore
import TerminalUI

/// The kubectl commands that do the same as what is on screen.
struct KubectlState: Sendable, Equatable {
  struct Part: Sendable, Equatable {
    var title: String
    /// Lines of a shell.
    var lines: [String]
  }
  var title: String
  var parts: [Part]
  var offset = 0
}

extension DashboardState {
  private var kubectl: KubectlCommands {
    // The embedded cluster has no context that kubectl could know.
    KubectlCommands(
      context: configuration.isSimulated ? "" : configuration.context, user: configuration.user,
      now: now)
  }

  /// For the plan or the dialog that is open, for the entry of the menu, or for everything that can be done with the models in focus.
  mutating func openKubectl() -> [Effect] {
    let parts: [KubectlState.Part]
    let title: String
    if let plan, let write = plan.write {
      title = plan.title
      parts = [part(title, [write])]
    } else if let dialog = actionDialog {
      title = dialog.title
      parts = [part(dialog.title, dialog.writes)]
    } else if let dialog = deleteDialog {
      title = "Delete \(dialog.model.name)"
      parts = [part(title, [dialog.write])]
    } else if let create = createWrite {
      title = create.write.name.isEmpty ? "Create" : "Create \(create.write.name)"
      parts = [part(title, [create.write], note: create.note)]
    } else if let write = editWrite {
      title = "Update \(write.name)"
      parts = [part(title, [write])]
    } else {
      let models = subjects
      guard let first = models.first else { return [] }
      title = models.count == 1 ? first.name : "\(models.count) models"
      parts = everything(models)
    }
    layers.append(.action(.kubectl(KubectlState(title: title, parts: parts))))
    return []
  }

  /// What the form on top would create, and what to know about it before.
  private var createWrite: (write: ModelWrite, note: String?)? {
    let write: ModelWrite
    let errors: Int
    switch layers.last {
    case .create(let form): (write, errors) = (.create(form.request), form.errors)
    case .yaml(let form):
      guard let request = form.request else {
        return (.createFromYAML(.init(name: "", yaml: "")), nil)
      }
      (write, errors) = (.createFromYAML(request), form.check.errors)
    default: return nil
    }
    guard errors > 0 else { return (write, nil) }
    return (write, errors == 1 ? "# it has 1 error yet" : "# it has \(errors) errors yet")
  }

  private func part(
    _ title: String, _ writes: [ModelWrite], note: String? = nil
  ) -> KubectlState.Part {
    let named = writes.filter { !$0.name.isEmpty }
    var lines = named.flatMap { kubectl.lines(for: $0, namespace: namespace(of: $0)) }
    if let note, !lines.isEmpty { lines.insert(note, at: 0) }
    return .init(
      title: title,
      lines: lines.isEmpty ? ["# nothing yet: something has to be typed first"] : lines)
  }

  /// Where what is new is made: manifests name that themselves.
  private func namespace(of write: ModelWrite) -> String {
    if case .createFromYAML = write, let yamlForm { yamlForm.check.namespace } else { namespace }
  }

  private func everything(_ models: [Model]) -> [KubectlState.Part] {
    let targets = models.map { ModelTarget($0) }
    return [
      .init(title: "Look", lines: models.prefix(5).flatMap { kubectl.looking(at: $0.id) }),
      part("Scale to 2 replicas", targets.map { .scale($0, replicas: 2) }),
      part("Stop", targets.map { .stop($0) }),
      part("Start", targets.map { .start($0) }),
      part("Restart", targets.map { .restart($0) }),
      part("Delete", targets.map { .delete($0, keepVolume: false) }),
    ]
  }
}

enum KubectlView {
  static func lines(_ state: DashboardState, _ kubectl: KubectlState) -> [StyledLine] {
    var lines: [StyledLine] = []
    for part in kubectl.parts {
      if !lines.isEmpty { lines.append(StyledLine()) }
      lines.append(StyledLine(part.title, .formSection))
      for line in part.lines { lines += wrapped(line, state.size.columns) }
    }
    return lines
  }

  private static func wrapped(_ line: String, _ columns: Int) -> [StyledLine] {
    let width = max(20, columns - 1)
    guard line.hasPrefix("#") else {
      return ShellFolding.fold(line.printable, to: width).map { StyledLine($0, .text) }
    }
    return line.dropFirst().printable.wrapped(to: width - 1).map { StyledLine("#" + $0, .dim) }
  }
}
