/// What texts may be, as regular expressions that JSON Schema (ECMA 262), Python and Rust read alike. The rules themselves are the core's; a
/// test holds these to them.
enum OpenAPIPatterns {
  /// A label of a Service: what a model is called.
  static let name = "^[a-z]([-a-z0-9]*[a-z0-9])?$"

  /// A text of one line.
  static let line = "^[^\(controls)\(unprintable)]*$"
  /// The same with line ends and tabs.
  static let lines = "^[^\(controlsInLines)\(unprintable)]*$"
  /// A line that does not consist of blanks alone.
  static let filledLine =
    "^[^\(controls)\(unprintable)]*[^\\s\(controls)\(unprintable)][^\(controls)\(unprintable)]*$"

  /// An argument of a command.
  static let argument = "^[^\(controlsInLines)\(formats)]*$"

  /// Printable ASCII without blanks; may be empty.
  static let token = "^[\\u0021-\\u007e]*$"

  /// A DNS-1123 subdomain; may be empty.
  static let subdomain = "^$|^\(subdomainLabel)(\\.\(subdomainLabel))*$"

  /// `[registry[:port]/]path[:tag][@digest]`
  static let image: String = {
    let host = "[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?"
    let port = ":[1-9][0-9]{0,3}"
    let registry = "(localhost(\(port))?|\(host)(\\.\(host))+(\(port))?|\(host)\(port))"
    let part = "[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*"
    let digest = "@(sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})"
    // The repository has at most 255 characters.
    return
      "^(?![^:@]{256})(\(registry)/)?\(part)(/\(part))*(:[A-Za-z0-9_][-A-Za-z0-9_.]{0,127})?(\(digest))?$"
  }()

  private static let subdomainLabel = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
  private static let controls = "\\u0000-\\u001f\\u007f-\\u009f"
  private static let controlsInLines = "\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f"

  /// Characters that are not seen: the formats, and Unicode's Co.
  private static let unprintable =
    "\(formats)\\ue000-\\uf8ff\u{F0000}-\u{FFFFD}\u{100000}-\u{10FFFD}"

  /// Unicode's Cf, Zl and Zp, but for the two joiners. Beyond the first plane as they are: how these are escaped is not the same everywhere.
  private static let formats =
    "\\u00ad\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u180e\\u200b\\u200e\\u200f"
    + "\\u2028-\\u202e\\u2060-\\u2064\\u2066-\\u206f\\ufeff\\ufff9-\\ufffb"
    + "\u{110BD}\u{110CD}\u{13430}-\u{1343F}\u{1BCA0}-\u{1BCA3}\u{1D173}-\u{1D17A}"
    + "\u{E0001}\u{E0020}-\u{E007F}"
}
