internal import CNcurses
internal import CNcursesShims
internal import Glibc
package import TerminalUI

/// The screen: the only type that calls curses, confined to one thread at a time by the main actor.
///
/// Curses keeps what the terminal shows and sends the difference. Input does not go through it: see
/// ``InputParser``.
@MainActor
package final class NcursesScreen {
  /// Whether characters beyond ASCII can be shown: false where the system has no UTF-8 locale.
  package let isUnicode: Bool
  /// What the terminal sends for its keys: for the input parser.
  package let keySequences: [[UInt8]: Key]
  let colors: TerminalColors
  let modes: TerminalModes

  private let output: CInt
  private let streams: [UnsafeMutablePointer<FILE>]
  private var screen: OpaquePointer?
  private(set) var isSuspended = false

  /// What the terminal shows; `nil` when all of it must be sent.
  var shown: Frame?
  /// The last frame that was asked for: shown again after a suspension.
  var latest: Frame?
  /// Curses' numbers of the colour pairs that were used, by foreground and background.
  var pairs: [UInt64: CInt] = [:]
  var cursorVisibility: CInt = -1

  /// A curses screen on two descriptors, which it owns from now on.
  ///
  /// Needs no terminal: tests use /dev/null.
  ///
  /// - Parameter term: the terminal's type in place of TERM.
  package init(
    output: CInt, input: CInt, term: String?, options: ScreenOptions = ScreenOptions()
  ) throws(ScreenError) {
    isUnicode = cn_set_utf8_locale()
    self.output = output
    cn_restore_prepare(output)
    let streams = [fdopen(output, "w"), fdopen(input, "r")]
    for (descriptor, stream) in zip([output, input], streams) where stream == nil {
      _ = Glibc.close(descriptor)
    }
    let opened = streams.compactMap { $0 }
    // newterm and not initscr, which ends the process when it fails.
    guard opened.count == 2, let screen = newterm(term, opened[0], opened[1]) else {
      for stream in opened { fclose(stream) }
      let name = term ?? getenv("TERM").map { String(cString: $0) } ?? ""
      throw .unknownTerminalType(term: name)
    }
    self.streams = opened
    self.screen = screen
    raw()
    noecho()
    nonl()
    keypad(cn_stdscr(), true)
    if options.colors, has_colors() {
      start_color()
      use_default_colors()
      colors = TerminalColors(count: Int(cn_colors()))
    } else {
      colors = TerminalColors(count: 0)
    }
    modes = TerminalModes(mouse: options.mouse)
    keySequences = KeyCapabilities.sequences()
    send(modes.enable, to: output)
    cn_restore_arm(modes.restore.map { CChar(bitPattern: $0) }, modes.restore.count)
  }

  /// What the screen runs on, for a log: `xterm-256color, 256 colors, ncurses 6.4`.
  package var summary: String {
    "\(String(cString: termname())), \(colors.count) colors, \(String(cString: curses_version()))"
  }

  /// Whether the terminal can do what a screen needs: `dumb` and its like cannot.
  package var canMoveCursor: Bool { cn_terminfo("cup") != nil }

  /// Whether the screen has not been left for good; a suspended one counts as open.
  package var isOpen: Bool { screen != nil }

  /// The size in cells as curses knows it; 0 by 0 once closed.
  package var size: Size {
    guard isOpen else { return Size(rows: 0, columns: 0) }
    var rows: CInt = 0
    var columns: CInt = 0
    cn_getmaxyx(&rows, &columns)
    return Size(rows: Int(rows), columns: Int(columns))
  }

  /// Asks the kernel for the terminal's size and tells curses; call it when SIGWINCH came.
  package func syncSize() -> Size {
    var window = winsize()
    if ioctl(output, UInt(TIOCGWINSZ), &window) == 0, window.ws_row > 0, window.ws_col > 0 {
      resize(to: Size(rows: Int(window.ws_row), columns: Int(window.ws_col)))
    }
    return size
  }

  /// Tells curses a size; what is on the screen is sent anew with the next frame.
  package func resize(to size: Size) {
    guard isOpen, size != self.size else { return }
    resize_term(CInt(size.rows), CInt(size.columns))
    // The terminal may have moved or wrapped what it showed.
    clearok(cn_stdscr(), true)
    shown = nil
  }

  /// Sends everything again: what another program wrote over the screen is gone.
  package func redraw() {
    guard isOpen, !isSuspended else { return }
    clearok(cn_stdscr(), true)
    shown = nil
    if let latest { draw(latest) }
  }

  /// Gives the terminal back as it was, until ``resume()``.
  package func suspend() {
    guard isOpen, !isSuspended else { return }
    isSuspended = true
    cn_restore_disarm()
    send(modes.disable, to: output)
    endwin()
  }

  /// Takes the terminal again after ``suspend()`` and shows the last frame.
  package func resume() {
    guard isOpen, isSuspended else { return }
    isSuspended = false
    reset_prog_mode()
    _ = syncSize()
    cursorVisibility = -1
    shown = nil
    clearok(cn_stdscr(), true)
    draw(latest ?? Frame(size: size))
    // Last: the strings that start the terminal anew, just sent, may have switched the keypad off.
    keypad(cn_stdscr(), true)
    send(modes.enable, to: output)
    cn_restore_arm(modes.restore.map { CChar(bitPattern: $0) }, modes.restore.count)
  }

  /// Takes the terminal again after the process was stopped without notice: the shell has changed
  /// its modes and written on it since.
  package func retake() {
    guard isOpen, !isSuspended else { return }
    reset_prog_mode()
    send(modes.enable, to: output)
    _ = syncSize()
    cursorVisibility = -1
    redraw()
  }

  /// Leaves the screen for good and gives the terminal back as it was.
  package func close() {
    guard let screen else { return }
    suspend()
    self.screen = nil
    delscreen(screen)
    for stream in streams { fclose(stream) }
  }
}
