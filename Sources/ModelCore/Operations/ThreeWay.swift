/// What two people made of the same model, field by field: what both started from, mine, and what is there now.
package struct ThreeWay: Equatable, Sendable {
  /// Who changed a field.
  package enum Change: Sendable, Equatable {
    case mine
    /// Somebody else, and I did not: it stays as they made it.
    case theirs
    /// Both, to the same value.
    case same
    /// Both, differently: somebody has to choose.
    case both
  }

  /// A field that somebody changed.
  package struct Row: Equatable, Sendable {
    package var field: CreateField
    /// What both started from; `nil` where that is not known.
    package var base: FieldValue?
    /// `nil` where I did not change it.
    package var mine: FieldValue?
    /// What is there now; `nil` where that is not known.
    package var theirs: FieldValue?
    package var change: Change
    /// Both changes in one, where that has a meaning: of tags what either added, without what either took away.
    package var merged: FieldValue?
  }

  /// Which value a field in conflict gets.
  package enum Choice: Sendable, Equatable { case mine, theirs, both }

  /// The fields that anybody changed, in the order of the form.
  package var rows: [Row]
  /// What is there now.
  package var current: ModelFields
  /// Who wrote last, and when, as the annotations tell it.
  package var updatedBy: String?
  /// RFC 3339, as it stands in the annotation.
  package var updatedAt: String?

  /// - Parameters:
  ///   - base: what I started from; a field that it does not know counts as unchanged by others.
  ///   - change: what I want.
  ///   - current: what is there now.
  package init(
    base: ModelFields, change: ModelChange, current: ModelFields, updatedBy: String? = nil,
    updatedAt: String? = nil
  ) {
    self.current = current
    self.updatedBy = updatedBy
    self.updatedAt = updatedAt
    rows = ModelChange.fields.compactMap { field in
      Self.row(
        field, base: base[field] ?? current[field], mine: change[field], theirs: current[field])
    }
  }

  private static func row(
    _ field: CreateField, base: FieldValue?, mine: FieldValue?, theirs: FieldValue?
  ) -> Row? {
    // What is sent as it was is not a change of mine.
    let mine = mine == base ? nil : mine
    guard let mine else {
      guard theirs != base else { return nil }
      return Row(field: field, base: base, mine: nil, theirs: theirs, change: .theirs)
    }
    if theirs == base {
      return Row(field: field, base: base, mine: mine, theirs: theirs, change: .mine)
    }
    if theirs == mine {
      return Row(field: field, base: base, mine: mine, theirs: theirs, change: .same)
    }
    var row = Row(field: field, base: base, mine: mine, theirs: theirs, change: .both)
    if field == .tags, let base = base?.list, let mine = mine.list, let theirs = theirs?.list {
      row.merged = .list(merged(base: base, mine: mine, theirs: theirs))
    }
    return row
  }

  private static func merged(base: [String], mine: [String], theirs: [String]) -> [String] {
    let kept = theirs.filter { mine.contains($0) || !base.contains($0) }
    return kept + mine.filter { !base.contains($0) && !kept.contains($0) }
  }

  /// The rows for which somebody has to choose.
  package var conflicts: [Row] { rows.filter { $0.change == .both } }
  /// What others changed beside mine: it stays.
  package var theirs: [Row] { rows.filter { $0.change == .theirs } }
  /// What I changed and nobody else did.
  package var mine: [Row] { rows.filter { $0.change == .mine } }

  /// What is to be written where nothing is in conflict.
  var effective: ModelChange {
    var change = ModelChange()
    for row in mine { change[row.field] = row.mine }
    return change
  }

  /// The change to send next, and what it then starts from, after somebody chose.
  ///
  /// A field in conflict without a choice stays as it is there.
  package func resolved(
    _ choices: [CreateField: Choice]
  ) -> (change: ModelChange, base: ModelFields) {
    var change = effective
    for row in conflicts {
      switch choices[row.field] ?? .theirs {
      case .mine: change[row.field] = row.mine
      case .theirs: change[row.field] = nil
      case .both: change[row.field] = row.merged ?? row.mine
      }
    }
    return (change, current)
  }
}
