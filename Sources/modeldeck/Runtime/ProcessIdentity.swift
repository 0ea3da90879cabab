import ModelCore

#if canImport(Glibc)
  import Glibc
#endif

/// Who runs this process, and where: what others read when they ask who reconciles.
enum ProcessIdentity {
  /// Different for every run of the program, and the same for all clusters of one run.
  static let writer = WriterIdentity.make(user: user, host: host)

  /// The name of the account.
  private static var user: String {
    var entry = passwd()
    var buffer = [CChar](repeating: 0, count: 4_096)
    var found: UnsafeMutablePointer<passwd>?
    guard getpwuid_r(geteuid(), &entry, &buffer, buffer.count, &found) == 0, found != nil,
      let name = entry.pw_name
    else { return "uid-\(geteuid())" }
    return String(cString: name)
  }

  private static var host: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
    return buffer.withUnsafeBufferPointer { text in
      text.baseAddress.map { String(cString: $0) } ?? ""
    }
  }
}
