import ArgumentParser
import TerminalUI
import Yams

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Which theme is used: the flag, else `NO_COLOR`, else the default.
enum ThemeChoice {
  /// `NO_COLOR` set to anything but nothing: no colours, whatever the theme. Source: no-color.org.
  static func hasNoColor(_ environment: [String: String]) -> Bool {
    environment["NO_COLOR"].nonEmpty != nil
  }

  /// A built-in theme, or one of a file: named by its path, or by its name in the folders for themes.
  static func theme(named name: String?, environment: [String: String]) throws -> Theme {
    guard let name else { return hasNoColor(environment) ? .mono : .default }
    if let theme = Theme.named(name) { return theme }
    let candidates =
      name.contains("/") || name.hasSuffix(".yaml")
      ? [name] : folders(environment).map { "\($0)/\(name).yaml" }
    guard let path = candidates.first(where: FileManager.default.fileExists(atPath:)) else {
      let known = Theme.builtIn.map(\.name).joined(separator: ", ")
      throw ValidationError(
        "There is no theme '\(name)': there are \(known), and any file by its path.")
    }
    return try theme(ofFile: path)
  }

  private static func folders(_ environment: [String: String]) -> [String] {
    var folders: [String] = []
    if let config = environment["XDG_CONFIG_HOME"].nonEmpty {
      folders.append(config + "/modeldeck/themes")
    } else if let home = environment["HOME"].nonEmpty {
      folders.append(home + "/.config/modeldeck/themes")
    }
    return folders
  }

  private struct File: Decodable {
    var name: String
    var elements: [String: String]
  }

  private static func theme(ofFile path: String) throws -> Theme {
    let file: File
    do {
      let data = try Data(contentsOf: URL(filePath: path))
      file = try YAMLDecoder().decode(File.self, from: String(decoding: data, as: UTF8.self))
    } catch {
      throw ValidationError(
        "The theme \(path) cannot be read: it must hold 'name' and 'elements', as the files in themes/ do."
      )
    }
    do {
      return try Theme(name: file.name, elements: file.elements)
    } catch {
      throw ValidationError("The theme \(path) is not valid: \(error)")
    }
  }
}
