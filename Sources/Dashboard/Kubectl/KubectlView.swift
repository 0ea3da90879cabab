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

  private func part(_ title: String, _ writes: [ModelWrite]) -> KubectlState.Part {
    let lines = writes.flatMap { kubectl.lines(for: $0, namespace: namespace) }
    return .init(
      title: title,
      lines: lines.isEmpty ? ["# nothing yet: something has to be typed first"] : lines)
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
