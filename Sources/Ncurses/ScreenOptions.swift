/// What the screen may use.
package struct ScreenOptions: Sendable {
  /// Off for `NO_COLOR`: styles keep their attributes only.
  package var colors: Bool
  /// Off leaves the terminal's own selection by mouse as it is.
  package var mouse: Bool

  package init(colors: Bool = true, mouse: Bool = true) {
    self.colors = colors
    self.mouse = mouse
  }
}
