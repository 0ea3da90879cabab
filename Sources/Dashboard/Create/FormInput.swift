import ModelCore
import TerminalUI

/// The text of one field of a form while it is being edited.
enum FormInput: Hashable, Sendable {
  case line(TextInputState)
  case area(TextAreaState)

  init(_ specification: FieldSpecification) {
    switch specification.kind {
    case .paragraph, .arguments:
      self = .area(TextAreaState(text: specification.defaultText))
    case .secret:
      self = .line(TextInputState(specification.defaultText, isMasked: true))
    case .text, .integer, .choice, .tags:
      self = .line(TextInputState(specification.defaultText))
    }
  }

  var text: String {
    switch self {
    case .line(let state): state.text
    case .area(let state): state.text
    }
  }

  var maxLength: Int {
    switch self {
    case .line(let state): state.maxLength
    case .area(let state): state.maxLength
    }
  }

  /// - Returns: whether the event was for the text.
  mutating func handle(_ event: InputEvent) -> Bool {
    switch self {
    case .line(var state):
      defer { self = .line(state) }
      return state.handle(event)
    case .area(var state):
      defer { self = .area(state) }
      return state.handle(event)
    }
  }

  mutating func set(_ text: String) {
    switch self {
    case .line(var state):
      state.set(text)
      self = .line(state)
    case .area(let state):
      self = .area(TextAreaState(text: text, maxLength: state.maxLength))
    }
  }
}
