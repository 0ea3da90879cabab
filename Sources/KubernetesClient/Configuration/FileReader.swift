internal import FoundationEssentials

/// Small files, read whole.
enum FileReader {
  /// The file's bytes; `nil` where there is no such file.
  static func read(_ path: String) throws(KubeconfigError) -> Data? {
    do {
      return try Data(contentsOf: URL(filePath: path))
    } catch {
      switch (error as? CocoaError)?.code {
      case .some(.fileReadNoSuchFile), .some(.fileNoSuchFile): return nil
      case .some(.fileReadNoPermission):
        throw .unreadableFile(path, problem: "permission denied: check its owner and mode")
      default:
        var isDirectory = false
        _ = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        throw .unreadableFile(
          path, problem: isDirectory ? "it is a directory" : "it could not be opened")
      }
    }
  }

  /// A path of a kubeconfig entry: relative ones start where the file stands, not where the program runs.
  static func resolve(_ path: String, against file: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    guard let slash = file.lastIndex(of: "/") else { return path }
    return String(file[...slash]) + path
  }
}
