import ModelCore
import TerminalUI

/// What the cluster offers for a field, and how it is chosen.
enum FormChoices {
  /// The texts that the field could hold next, in the order of Ctrl-N.
  static func values(_ form: CreateForm, _ state: DashboardState) -> [String] {
    switch form.focusedField {
    case .storageClass:
      let classes = state.creation?.storageClasses.map(\.name) ?? []
      return classes.isEmpty ? [] : [""] + classes
    case .huggingFaceToken:
      guard case .names(let names) = state.choices?.secrets else { return [] }
      return names.isEmpty ? [] : [""] + names.map { TokenSecret.prefix + $0 }
    case .tags:
      let stem = form.choiceStem ?? form.text(.tags)
      return tagCompletions(form, state).map { completed(stem, with: $0) }
    default: return []
    }
  }

  /// Tags in use that the last word could become, the most used first; all that are not there yet where it is empty.
  static func tagCompletions(_ form: CreateForm, _ state: DashboardState) -> [String] {
    let text = form.choiceStem ?? form.text(.tags)
    let word = lastWord(text).lowercased()
    let present = Set(CreateRequest.tags(in: String(text.dropLast(lastWord(text).count))))
    return state.table.tagsInUse.filter { tag in
      !present.contains(tag) && tag.lowercased().hasPrefix(word) && tag != lastWord(text)
    }
  }

  static func lastWord(_ text: String) -> String {
    let tail = text.split(separator: ",", omittingEmptySubsequences: false).last.map(String.init)
    return (tail ?? "").trimmingBlanks
  }

  private static func completed(_ text: String, with tag: String) -> String {
    let pieces = text.split(separator: ",", omittingEmptySubsequences: false).dropLast()
    let before = pieces.map(\.trimmingBlanks).filter { !$0.isEmpty }
    return (before + [tag]).joined(separator: ", ")
  }

  private static func tokenNotes(_ form: CreateForm, _ state: DashboardState) -> [String] {
    var notes: [String] = []
    if form.hasError(.huggingFaceToken) {
      // Where it would be read from is told once it can be read.
    } else if let secret = form.request.tokenSecret {
      let isDefault = !form.text(.huggingFaceToken).contains("/")
      notes.append(
        "the pods read it from Secret \(Excerpt.line(secret.name, limit: 80)), key "
          + Excerpt.line(secret.key, limit: 80)
          + (isDefault ? "; type /KEY behind it for another key" : ""))
    } else if state.shelf.withoutToken.contains(form.draft), form.text(.huggingFaceToken).isEmpty {
      notes.append("drafts and clones have no token: paste it again where it is needed")
    }
    switch state.choices?.secrets {
    case .names(let names) where !names.isEmpty:
      let more = names.count > 8 ? ", ..." : ""
      notes.append(
        "Ctrl-N, Ctrl-P use a Secret that is there: \(names.prefix(8).joined(separator: ", "))\(more)"
      )
    case .unknown(let why): notes.append("the Secrets that are there are not known: \(why)")
    case .names, nil: break
    }
    return notes
  }

  /// What is told under the focused field about the choices.
  static func notes(_ form: CreateForm, _ state: DashboardState) -> [String] {
    switch form.focusedField {
    case .storageClass:
      if let why = state.unread.why(.storageClasses) {
        return ["the choices are not known: \(why)"]
      }
      guard let classes = state.creation?.storageClasses, !classes.isEmpty else { return [] }
      let names = classes.map { $0.isDefault ? "\($0.name) (default)" : $0.name }
      return ["Ctrl-N, Ctrl-P choose: \(names.joined(separator: ", "))"]
    case .huggingFaceToken: return tokenNotes(form, state)
    case .tags:
      let tags = tagCompletions(form, state)
      guard !tags.isEmpty else { return [] }
      let more = tags.count > 12 ? ", ..." : ""
      return ["Ctrl-N, Ctrl-P complete: \(tags.prefix(12).joined(separator: ", "))\(more)"]
    default: return []
    }
  }
}

/// `--served-model-name` where it is missing or another: offered, and put in by a key.
enum ServedNameOffer {
  /// Longer scripts are left to whoever wrote them.
  private static let largest = 16 << 10

  /// The command with the model's name served, as text; `nil` where there is nothing to offer.
  ///
  /// What is offered is read again and has to be right: a script is never changed into something else.
  static func text(_ form: CreateForm) -> String? {
    let request = form.request
    guard !request.name.isEmpty, !request.command.isEmpty, form.text(.command).utf8.count < largest,
      form.unreadable.allSatisfy({ $0.field != .command }), !isServed(request)
    else { return nil }
    if let changed = replaced(request) { return changed }
    let text = form.text(.command)
    let trimmed = String(text.reversed().drop { $0.isWhitespace }.reversed())
    let usesLines = text.contains("\n")
    let addition = "--served-model-name" + (usesLines ? "\n" : " ") + ShellWords.quote(request.name)
    return checked(trimmed + (usesLines ? "\n" : " ") + addition, request)
  }

  private static func isServed(_ request: CreateRequest) -> Bool {
    ServerCommand(request.command).servedModelName(expecting: request.name).matches(request.name)
  }

  /// The value of a flag that is there is put right.
  private static func replaced(_ request: CreateRequest) -> String? {
    var command = request.command
    let server = ServerCommand(command)
    if server.usesShell {
      guard case .names(let names, _) = server.servedModelName(expecting: request.name),
        let old = names.first, let script = command.last
      else { return nil }
      for sign in [" ", "="] {
        let flag = "--served-model-name\(sign)"
        command[command.count - 1] = script.replacing(flag + old, with: flag + request.name)
        if let text = checked(CommandText.text(of: command), request) { return text }
      }
      return nil
    }
    if let index = command.lastIndex(of: "--served-model-name") {
      var end = index + 1
      while end < command.count, !command[end].hasPrefix("-") { end += 1 }
      command.replaceSubrange(index..<end, with: ["--served-model-name", request.name])
    } else if let index = command.lastIndex(where: { $0.hasPrefix("--served-model-name=") }) {
      command[index] = "--served-model-name=\(request.name)"
    } else {
      return nil
    }
    return checked(CommandText.text(of: command), request)
  }

  private static func checked(_ text: String, _ request: CreateRequest) -> String? {
    var changed = request
    guard changed.set(.command, to: text) == nil, isServed(changed) else { return nil }
    return text
  }
}
