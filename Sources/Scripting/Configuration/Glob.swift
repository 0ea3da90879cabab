/// Patterns of names: `*` stands for any characters, `?` for one.
package enum Glob {
  package static func matches(_ pattern: String, _ text: String) -> Bool {
    matches(Array(pattern)[...], Array(text)[...])
  }

  private static func matches(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>)
    -> Bool
  {
    var (pattern, text) = (pattern, text)
    // Where the last star stands, and what it was last tried to end before.
    var retry: (ArraySlice<Character>, ArraySlice<Character>)?
    while true {
      if let wanted = pattern.first, wanted == "*" {
        pattern = pattern.dropFirst()
        retry = (pattern, text)
        continue
      }
      if text.isEmpty { return pattern.isEmpty }
      if let wanted = pattern.first, wanted == "?" || wanted == text.first {
        pattern = pattern.dropFirst()
        text = text.dropFirst()
        continue
      }
      guard let (rest, start) = retry, !start.isEmpty else { return false }
      retry = (rest, start.dropFirst())
      (pattern, text) = (rest, start.dropFirst())
    }
  }
}
