#if canImport(Glibc)
  import Glibc
#endif
#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where the program keeps what outlives it: `$XDG_STATE_HOME/modeldeck`, else `~/.local/state/modeldeck`.
enum StateDirectory {
  /// The folder's path, made with mode 0700 where it was not there; `nil` where there is no home or it cannot be made.
  static func path(environment: [String: String]) -> String? {
    let base: String
    if let state = environment["XDG_STATE_HOME"].nonEmpty, state.hasPrefix("/") {
      base = state
    } else if let home = environment["HOME"].nonEmpty {
      base = home + "/.local/state"
    } else {
      return nil
    }
    let path = base + "/modeldeck"
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true)
    } catch {
      return nil
    }
    chmod(path, 0o700)
    return path
  }
}
