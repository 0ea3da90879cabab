import ArgumentParser
import Dashboard
import Logging
import Ncurses
import Scripting
import TerminalUI

#if canImport(Glibc)
  import Glibc
#endif
#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What every dashboard needs before its first frame: log, theme, glyphs; then the loop, and the exit status.
struct DashboardLaunch {
  let settings: Configuration
  let environment: [String: String]
  let logger: Logger
  private let logPath: String?
  private let theme: Theme

  /// Throws where the log cannot be written or the theme cannot be read.
  init(_ settings: Configuration, environment: [String: String]) throws {
    self.settings = settings
    self.environment = environment
    theme = try ThemeChoice.theme(named: settings.text(.theme), environment: environment)
    let path =
      settings.text(.logFile) ?? StateDirectory.path(environment: environment).map { $0 + "/log" }
    if let path {
      do {
        let log = try FileLog(path: path)
        logger = Logger(label: "modeldeck") { FileLogHandler(label: $0, log: log) }
        logPath = path
        return
      } catch  where settings.text(.logFile) == nil {
        // The default place cannot be written: the dashboard runs without a log.
      }
    }
    logger = Logger(label: "modeldeck") { _ in SwiftLogNoOpLogHandler() }
    logPath = nil
  }

  /// Opens the dashboard and runs it to its end. Throws the exit status where it is not 0.
  ///
  /// - Parameter choices: what the user can switch to; `nil` where there is nothing.
  @MainActor
  func run(
    configuration: DashboardConfiguration, target: ClusterTarget, choices: (any ClusterChoices)?
  ) async throws {
    MemoryTrim.tune()
    var configuration = configuration
    configuration.version = Version.text
    configuration.utcOffset = Self.utcOffset
    if settings.flag(.ascii) ?? !Self.isUTF8(environment) { configuration.glyphs = .ascii }
    let drafts = settings.isReadOnly ? nil : DraftStore(environment: environment, logger: logger)
    configuration.keepsDrafts = drafts != nil
    // The embedded cluster is gone with the program.
    let undo =
      settings.isReadOnly || configuration.isSimulated
      ? nil : UndoStore(environment: environment, logger: logger)
    configuration.keepsUndo = undo != nil
    configuration.instance = String(getpid())
    let loop: DashboardLoop
    do {
      loop = try DashboardLoop(
        configuration: configuration, theme: theme,
        screen: ScreenOptions(
          colors: !ThemeChoice.hasNoColor(environment), mouse: settings.flag(.mouse) ?? true),
        logPath: logPath)
    } catch let error as ScreenError {
      Talk.say("\(error)")
      throw ExitCode(1)
    }
    var work = settings.clusterSettings
    work.journal = FileJournal(
      environment: environment, isSimulated: configuration.isSimulated)
    let session = ClusterSession.Options(
      work: work, terminal: loop.terminal)
    let logger = logger
    let status = await loop.run { mailbox in
      let host = ClusterHost(
        target, choices: choices, mailbox: mailbox, options: session, drafts: drafts, undo: undo,
        logger: logger)
      host.loadDrafts()
      return host
    }
    if status != 0 { throw ExitCode(status) }
  }

  /// Seconds east of Greenwich, now.
  private static var utcOffset: Int {
    var now = time(nil)
    var local = tm()
    return localtime_r(&now, &local) == nil ? 0 : local.tm_gmtoff
  }

  /// Whether the locale says UTF-8. Without any locale (a bare container) the driver falls back to C.UTF-8 itself.
  private static func isUTF8(_ environment: [String: String]) -> Bool {
    let locale =
      environment["LC_ALL"].nonEmpty ?? environment["LC_CTYPE"].nonEmpty
      ?? environment["LANG"]
      .nonEmpty
    guard let locale else { return true }
    let folded = locale.lowercased()
    return folded.contains("utf-8") || folded.contains("utf8")
  }
}
