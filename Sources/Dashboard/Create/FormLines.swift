import ModelCore
import TerminalUI

/// What stands under the inputs of a form, and how high these are.
enum FormLines {
  static func words(_ finding: Finding) -> String {
    let word = finding.severity == .error ? "error" : "warning"
    let stop = finding.message.hasSuffix(".") ? "" : "."
    let fix = finding.fix.isEmpty ? "" : "\(stop) \(finding.fix)"
    return "\(word): \(finding.message)\(fix)"
  }

  static func element(_ finding: Finding) -> Theme.Element {
    finding.severity == .error ? .formError : .warning
  }

  /// Under the input where there is room; a narrow screen needs the width more than the order.
  static func lines(
    _ text: String, _ element: Theme.Element, columns: Int, indent: Int? = nil
  ) -> [StyledLine] {
    let start = indent ?? (columns >= 100 ? FormFieldView.labelWidth : 4)
    let margin = String(repeating: " ", count: start)
    return text.wrapped(to: max(12, columns - start - 1)).map {
      StyledLine([(margin, .text), ($0, element)])
    }
  }

  static func height(_ area: TextAreaState, isParagraph: Bool) -> Int {
    isParagraph ? min(4, max(1, area.lines.count)) : min(10, max(3, area.lines.count))
  }
}
