/// A value that must never be printed: descriptions and mirrors show `<redacted>`.
package struct Secret<Value: Sendable & Equatable>: Sendable, Equatable {
  /// The value itself, read only where it goes on the wire.
  package let exposed: Value

  package init(_ value: Value) {
    exposed = value
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "<redacted>" }
  package var debugDescription: String { "<redacted>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
