#if canImport(Glibc)
  import Glibc
#endif
#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A file that nobody else may read, written as a whole or not at all.
enum PrivateFile {
  /// Puts it in the place of what was there, with mode 0600. Returns why that failed; `nil` where it did not.
  static func write(_ data: Data, to path: String) -> String? {
    let fresh = path + ".new"
    let descriptor = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return String(cString: strerror(errno)) }
    let isWhole = data.withUnsafeBytes { bytes in
      var offset = 0
      while offset < bytes.count {
        let written = Glibc.write(
          descriptor, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { return false }
        offset += written
      }
      return fsync(descriptor) == 0
    }
    var reason = isWhole ? nil : String(cString: strerror(errno))
    close(descriptor)
    // Half a file never takes the place of a whole one.
    if isWhole, rename(fresh, path) != 0 { reason = String(cString: strerror(errno)) }
    if reason != nil { unlink(fresh) }
    return reason
  }
}
