/// What is wrong at a place of a YAML text, and what may be done about it.
package struct YAMLFinding: Sendable, Equatable {
  /// An error keeps a model from being created; a warning does not.
  package enum Severity: Sendable, Equatable { case error, warning }

  /// Where the text is to be changed, or where what is missing should be.
  package var position: YAMLPosition
  package var severity: Severity
  /// What is wrong, e.g. `hostNetwork is not allowed`.
  package var message: String
  /// What to do about it.
  package var advice: String
  /// The change to the text that would mend it, where there is one that is safe to offer.
  package var fix: YAMLEdit?

  /// An error.
  package init(
    _ position: YAMLPosition, _ message: String, advice: String = "", fix: YAMLEdit? = nil
  ) {
    self.init(position, .error, message, advice: advice, fix: fix)
  }

  /// An error or a warning.
  package init(
    _ position: YAMLPosition, _ severity: Severity, _ message: String,
    advice: String = "", fix: YAMLEdit? = nil
  ) {
    self.position = position
    self.severity = severity
    self.message = message
    self.advice = advice
    self.fix = fix
  }
}

/// A change to a text by whole lines.
package struct YAMLEdit: Sendable, Equatable {
  /// What happens to the lines. Positions and numbers are those of the text that the edit was made for.
  package enum Change: Sendable, Equatable {
    /// Lines that come behind the line of that number; 0 is before the first.
    case insert(after: Int, [String])
    /// What takes the place of a scalar.
    case replace(YAMLPosition, old: String, new: String)
    /// A member with everything below it.
    case remove(lines: ClosedRange<Int>)
  }

  /// What it does, for the person who is asked, e.g. `add the label model.aibrix.ai/name: llama-7b`.
  package var summary: String
  package var change: Change

  /// `summary` begins with a verb in lower case.
  package init(_ summary: String, _ change: Change) {
    self.summary = summary
    self.change = change
  }

  /// The text with the change made; `nil` where it could not be made, or where the text could not be read any more.
  package func safelyApplied(to text: String) -> String? {
    guard let next = applied(to: text), next != text else { return nil }
    let isWorse = YAMLText(text).isComplete && !YAMLText(next).isComplete
    return isWorse ? nil : next
  }

  /// The text with the change made; `nil` where the text is not the one that it was made for.
  package func applied(to text: String) -> String? {
    var lines = YAMLText.normalized(text)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    switch change {
    case .insert(let line, let new):
      guard (0...lines.count).contains(line) else { return nil }
      lines.insert(contentsOf: new, at: line)
    case .remove(let range):
      guard range.lowerBound >= 1, range.upperBound <= lines.count else { return nil }
      lines.removeSubrange(range.lowerBound - 1..<range.upperBound)
    case .replace(let position, let old, let new):
      guard lines.indices.contains(position.line - 1) else { return nil }
      var scalars = Array(lines[position.line - 1].unicodeScalars)
      let start = position.column - 1
      let end = start + old.unicodeScalars.count
      guard start >= 0, end <= scalars.count, scalars[start..<end].elementsEqual(old.unicodeScalars)
      else { return nil }
      scalars.replaceSubrange(start..<end, with: new.unicodeScalars)
      var line = String.UnicodeScalarView()
      line.append(contentsOf: scalars)
      lines[position.line - 1] = String(line)
    }
    return lines.joined(separator: "\n")
  }
}
