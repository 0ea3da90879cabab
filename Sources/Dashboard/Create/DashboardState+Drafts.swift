import FoundationEssentials
import ModelCore
import TerminalUI

/// The forms that were left, and which of them are on disk as they are now.
struct DraftShelf: Sendable {
  /// Forms that are not on screen: still being created, refused meanwhile, left, or from an earlier session. The latest last.
  var forms: [CreateForm] = []
  /// The revision that was saved, by draft.
  var saved: [String: Int] = [:]
  /// Drafts that came with a token, which is not kept.
  var withoutToken: Set<String> = []
  var count = 0
}

extension DashboardState {
  var draftPlace: DraftPlace {
    DraftPlace(
      context: configuration.context, namespace: namespace,
      organization: configuration.organization)
  }

  /// The name of a draft that is begun now; no other dashboard's has the same.
  mutating func newDraftName() -> String {
    shelf.count += 1
    return "\(Int(now.timeIntervalSince1970))-\(configuration.instance)-\(shelf.count)"
  }

  /// The form that was left last for this cluster, else the one that was left in this session. What an earlier session left for
  /// another cluster waits for that.
  private var draftIndex: Int? {
    shelf.forms.lastIndex { $0.operation == nil && $0.place.isSameCluster(as: draftPlace) }
      ?? shelf.forms.lastIndex { $0.operation == nil && $0.draftDate == nil }
  }

  mutating func takeDraft() -> CreateForm? {
    // One that is still being created is seen again rather than begun a second time.
    let index = draftIndex ?? shelf.forms.indices.last { shelf.forms[$0].operation != nil }
    return index.map { shelf.forms.remove(at: $0) }
  }

  /// What earlier sessions left, and what of that cannot be read.
  mutating func take(_ drafts: [Draft], problems: [String]) {
    for problem in problems { log.add(problem, .warning, at: now) }
    let drafts = takeEditDrafts(takeYAMLDrafts(drafts))
    let known = Set(shelf.forms.map(\.draft) + [createForm?.draft].compactMap { $0 })
    let new = drafts.filter { !known.contains($0.id) }.sorted { $0.savedAt < $1.savedAt }
    shelf.forms.insert(
      contentsOf: new.map { CreateForm($0, context: validation) }, at: 0)
    for draft in new {
      shelf.saved[draft.id] = 0
      if draft.hadToken { shelf.withoutToken.insert(draft.id) }
    }
    let here = new.filter { $0.place.isSameCluster(as: draftPlace) }
    guard let latest = here.last else { return }
    let name = Self.words(latest.fields[CreateField.name.rawValue] ?? "")
    let more = here.count > 1 ? " (and \(here.count - 1) more)" : ""
    log.add(
      "Draft of \(name) from \(Age.words(since: latest.savedAt, now: now)) ago\(more): "
        + "c continues it.", .information, at: now)
  }

  private static func words(_ name: String) -> String {
    name.isEmpty ? "a model without a name" : Excerpt.line(name, limit: 63)
  }

  /// Says where a form comes from that is opened again.
  mutating func tellDraft(_ form: CreateForm) {
    var parts: [String] = []
    if let date = form.draftDate {
      parts.append("draft from \(Age.words(since: date, now: now)) ago")
    }
    if form.place != draftPlace {
      parts.append("begun for \(form.place.namespace) on \(form.place.context)")
    }
    if shelf.withoutToken.contains(form.draft), form.text(.huggingFaceToken).isEmpty {
      parts.append("its token was not kept: enter it again")
    }
    guard !parts.isEmpty else { return }
    log.add(
      "\(Self.words(form.name)): \(parts.joined(separator: "; ")). F9 starts a new one.",
      .information, at: now)
  }

  /// F9: another form in place of this one, after a question where something would be lost.
  mutating func startOver() -> [Effect] {
    guard let form = createForm, form.operation == nil else { return [] }
    guard form.isDirty else { return replaceForm() }
    layers.append(.confirmation(.discardDraft(name: form.name)))
    return []
  }

  mutating func replaceForm() -> [Effect] {
    let form = CreateForm(draft: newDraftName(), place: draftPlace, context: validation)
    createForm = form
    return []
  }

  /// What has to be written or removed so that the drafts on disk are those that are here.
  mutating func draftEffects() -> [Effect] {
    guard configuration.keepsDrafts else { return [] }
    let texts = yamlDraftEffects() + editDraftEffects()
    let forms = shelf.forms + [createForm].compactMap { $0 }
    guard !forms.isEmpty || !shelf.saved.isEmpty else { return texts }
    var effects = texts
    for form in forms where form.isDirty && shelf.saved[form.draft] != form.revision {
      shelf.saved[form.draft] = form.revision
      effects.append(.saveDraft(Draft(form, at: now)))
    }
    let kept = Set(forms.lazy.filter(\.isDirty).map(\.draft))
    for id in shelf.saved.keys.sorted() where !kept.contains(id) {
      shelf.saved[id] = nil
      effects.append(.removeDraft(id))
    }
    return effects
  }
}
