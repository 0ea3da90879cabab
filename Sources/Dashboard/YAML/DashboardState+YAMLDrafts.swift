import FoundationEssentials
import ModelCore
import TerminalUI

// A text that was not created yet is kept on disk like a form, without the values of its Secrets.

extension YAMLForm {
  /// The name of the text among the fields of a draft.
  static let draftKey = "yaml"

  /// What an earlier session left; `nil` where it is of a form.
  init?(_ draft: Draft) {
    guard let text = draft.fields[Self.draftKey] else { return nil }
    self.init(text)
    self.draft = draft.id
    draftDate = draft.savedAt
    place = draft.place
    leftOut = draft.hadToken
    for field in Field.allCases {
      inputs[field]?.set(draft.fields[field.createField.rawValue] ?? "")
    }
  }

  /// Raised by everything that a draft keeps.
  var revision: Int {
    var hasher = Hasher()
    hasher.combine(editor.version)
    for field in Field.allCases { hasher.combine(inputs[field]?.text) }
    return hasher.finalize()
  }
}

extension Draft {
  /// `nil` where what is secret in the text cannot be told from the rest, or the text was not looked at yet.
  init?(_ form: YAMLForm, at date: Date) {
    guard form.isChecked, let kept = form.check.kept else { return nil }
    var fields = [YAMLForm.draftKey: kept.text]
    for field in YAMLForm.Field.allCases {
      if let text = form.inputs[field]?.text, !text.isEmpty {
        fields[field.createField.rawValue] = text
      }
    }
    self.init(
      id: form.draft, savedAt: date, place: form.place ?? DraftPlace.nowhere, fields: fields,
      hadToken: kept.leftOut > 0)
  }
}

extension DraftPlace {
  static let nowhere = DraftPlace(context: "", namespace: "", organization: "")
}

extension DashboardState {
  /// What has to be written or removed so that the draft on disk is the text that is here.
  mutating func yamlDraftEffects() -> [Effect] {
    guard configuration.keepsDrafts, let form = yamlForm ?? yamlDraft else {
      return removeSavedYAML(but: nil)
    }
    guard !form.isEmpty else { return removeSavedYAML(but: nil) }
    var effects = removeSavedYAML(but: form.draft)
    guard savedYAML?.id != form.draft || savedYAML?.revision != form.revision,
      let draft = Draft(form, at: now)
    else { return effects }
    savedYAML = SavedYAML(id: form.draft, revision: form.revision)
    effects.append(.saveDraft(draft))
    return effects
  }

  private mutating func removeSavedYAML(but id: String?) -> [Effect] {
    guard let saved = savedYAML, saved.id != id else { return [] }
    savedYAML = nil
    return [.removeDraft(saved.id)]
  }

  /// Takes the texts out of what earlier sessions left; the latest for this cluster is offered.
  mutating func takeYAMLDrafts(_ drafts: [Draft]) -> [Draft] {
    let texts = drafts.filter { $0.fields[YAMLForm.draftKey] != nil }
    let here = texts.filter { $0.place.isSameCluster(as: draftPlace) }
    if let latest = here.max(by: { $0.savedAt < $1.savedAt }), yamlForm == nil, yamlDraft == nil,
      let form = YAMLForm(latest)
    {
      yamlDraft = form
      savedYAML = SavedYAML(id: form.draft, revision: form.revision)
      log.add(
        "YAML from \(Age.words(since: latest.savedAt, now: now)) ago: Y continues it.",
        .information, at: now)
    }
    return drafts.filter { $0.fields[YAMLForm.draftKey] == nil }
  }

  /// Says where a text comes from that is opened again.
  mutating func tellYAMLDraft(_ form: YAMLForm) {
    guard let date = form.draftDate else { return }
    let missing =
      form.leftOut ? "; what was secret was not kept: enter it again" : ""
    log.add("From \(Age.words(since: date, now: now)) ago\(missing).", .information, at: now)
  }
}

/// Which text is on disk, and as of which change.
struct SavedYAML: Sendable, Equatable {
  var id: String
  var revision: Int
}
