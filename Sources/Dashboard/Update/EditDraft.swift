import FoundationEssentials
import ModelCore
import TerminalUI

/// What was typed into an edit form and is not written yet, with what the form started from.
struct EditDraft: Sendable, Equatable {
  var kind: EditForm.Kind
  var model: ModelID
  /// Of the Deployment that it is about.
  var uid: String
  var place: DraftPlace
  /// As they are typed.
  var texts: [CreateField: String]
  var base: [CreateField: String]
  /// When an earlier session saved it.
  var date: Date?
  /// The update that is being written, where the form was left meanwhile.
  var operation: OperationID?

  init(_ form: EditForm, place: DraftPlace) {
    kind = form.kind
    model = form.model.id
    uid = form.model.uid
    self.place = place
    texts = form.texts
    base = form.baseTexts
    operation = form.operation
  }

  /// What a write changes of the texts and the tags; `nil` for any other, and where it is not known what that started from.
  init?(_ write: ModelWrite, place: DraftPlace) {
    guard case .update(let target, let change, let start?) = write, let uid = target.uid,
      !change.redeploys
    else { return nil }
    kind = .texts
    model = target.id
    self.uid = uid
    self.place = place
    (texts, base) = ([:], [:])
    for field in ModelChange.metadataFields {
      base[field] = EditForm.text(start[field], of: field)
      texts[field] = EditForm.text(change[field] ?? start[field], of: field)
    }
  }

  func isFor(_ form: EditForm) -> Bool {
    kind == form.kind && model == form.model.id && uid == form.model.uid && operation == nil
  }

  /// Names its file.
  var id: String { "edit-\(kind.rawValue)-\(uid)" }

  // MARK: On disk

  static let draftKey = "edit"
  private static let basePrefix = "was."

  /// `nil` where it is no draft of a change.
  init?(_ draft: Draft) {
    guard let kind = draft.fields[Self.draftKey].flatMap(EditForm.Kind.init),
      let name = draft.fields["model"], let uid = draft.fields["uid"]
    else { return nil }
    self.kind = kind
    self.uid = uid
    model = ModelID(namespace: draft.place.namespace, name: name)
    place = draft.place
    date = draft.savedAt
    (texts, base) = ([:], [:])
    for field in CreateField.allCases {
      texts[field] = draft.fields[field.rawValue]
      base[field] = draft.fields[Self.basePrefix + field.rawValue]
    }
  }

  func draft(at date: Date) -> Draft {
    var fields = [Self.draftKey: kind.rawValue, "model": model.name, "uid": uid]
    for (field, text) in texts { fields[field.rawValue] = StrayToken.redacted(text) }
    for (field, text) in base {
      fields[Self.basePrefix + field.rawValue] = StrayToken.redacted(text)
    }
    var place = place
    place.namespace = model.namespace
    return Draft(id: id, savedAt: date, place: place, fields: fields)
  }
}

extension DashboardState {
  /// So long a change that was not sent is kept: the model goes on without it.
  private static let editLifetime: TimeInterval = 7 * 86_400

  /// The form that is left while it is written: should that fail, what was typed is still there.
  mutating func keepLeftEdit(_ form: EditForm) {
    leftEdits.append(EditDraft(form, place: draftPlace))
  }

  /// What was typed before for the same model comes back.
  mutating func takeUpEdit(_ form: inout EditForm) {
    guard form.stored != nil,
      let index = leftEdits.lastIndex(where: {
        $0.isFor(form) && $0.place.isSameCluster(as: draftPlace)
      })
    else { return }
    let draft = leftEdits.remove(at: index)
    form.takeUp(draft, in: validation)
    let age = draft.date.map { ", from \(Age.words(since: $0, now: now)) ago" } ?? ""
    log.add("What was typed before is back\(age).", .information, at: now)
  }

  /// The update of a form that was left has ended.
  ///
  /// - Returns: what to say before what came of it.
  mutating func finishLeftEdit(_ id: OperationID, _ result: OperationResult) -> String {
    guard let index = leftEdits.firstIndex(where: { $0.operation == id }) else { return "" }
    if result.isSuccess || result.isPartial {
      leftEdits.remove(at: index)
      return ""
    }
    leftEdits[index].operation = nil
    return "(\(leftEdits[index].kind.key) brings back what was typed) "
  }

  /// Changes typed and not sent: those in the form that is open, and those of forms that were left.
  private var edits: [EditDraft] {
    let open = editForm.flatMap { $0.isDirty ? EditDraft($0, place: draftPlace) : nil }
    return leftEdits + [open].compactMap { $0 }
  }

  /// How many of them would be lost by leaving.
  var unsavedEdits: Int { edits.count { $0.operation == nil } }

  /// What has to be written or removed so that what is on disk is what is here.
  mutating func editDraftEffects() -> [Effect] {
    let edits = edits
    guard !edits.isEmpty || !savedEdits.isEmpty else { return [] }
    var effects: [Effect] = []
    for edit in edits where savedEdits[edit.id] != edit.texts {
      savedEdits[edit.id] = edit.texts
      effects.append(.saveDraft(edit.draft(at: now)))
    }
    let kept = Set(edits.map(\.id))
    for id in savedEdits.keys.sorted() where !kept.contains(id) {
      savedEdits[id] = nil
      effects.append(.removeDraft(id))
    }
    return effects
  }

  /// Takes the changes out of what earlier sessions left. What is too old goes.
  mutating func takeEditDrafts(_ drafts: [Draft]) -> [Draft] {
    var others: [Draft] = []
    for draft in drafts {
      guard let edit = EditDraft(draft) else {
        others.append(draft)
        continue
      }
      savedEdits[edit.id] = edit.texts
      guard now.timeIntervalSince(draft.savedAt) < Self.editLifetime else { continue }
      leftEdits.append(edit)
      guard edit.place.isSameCluster(as: draftPlace) else { continue }
      log.add(
        "A change of \(Excerpt.line(edit.model.name, limit: 63)) from "
          + "\(Age.words(since: draft.savedAt, now: now)) ago was not sent: \(edit.kind.key) continues it.",
        .information, at: now)
    }
    return others
  }
}
