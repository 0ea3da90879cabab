internal import FoundationEssentials

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Runs a program to its end, with all that it starts, and collects what it prints.
///
/// Not with pipes that are read to their end: what a program leaves running in the background would hold them open.
struct ChildProgram: Sendable {
  enum End: Sendable, Equatable {
    case exited(CInt)
    case killed(signal: CInt)
    /// The time was over, and it was ended.
    case tooSlow
    case tooMuchOutput
    /// The task was cancelled, and it was ended.
    case cancelled
  }

  struct Result: Sendable {
    var end: End
    var output: Data
    /// What it wrote on its standard error; empty where that was the terminal.
    var errors: Data
  }

  var path: String
  var arguments: [String]
  var environment: [String: String]
  /// It gets the terminal for its standard input and error, and is in the foreground. Otherwise it has no terminal at all.
  var hasTerminal: Bool
  /// What it prints is collected; else its standard output is ours, as an editor needs it.
  var keepsOutput = true
  var limit: Duration
  /// How long it may go on after it wrote on its standard error, where that is shorter: it waits for somebody.
  var limitAfterErrors: Duration?
  /// How long its file may be busy before it is begun.
  var limitOfBusyFile: Duration = .seconds(1)

  private static let maximumOutput = 4 << 20
  /// Between a polite and an impolite end.
  private static let grace: Duration = .seconds(1)

  /// Runs it. When the task is cancelled or the time is over, it is killed with all of its group.
  ///
  /// - Parameter onErrors: gets what it writes on its standard error, as it comes.
  @concurrent
  func run(onErrors: @Sendable (Data) -> Void = { _ in }) async throws(PluginFailure) -> Result {
    let foreground = hasTerminal ? ForegroundGroup() : nil
    let output = try Pipe()
    let errors = hasTerminal ? nil : try Pipe()
    defer {
      output.close()
      errors?.close()
      foreground?.takeBack()
    }
    let group = try await start(output: output, errors: errors)
    output.closeWriteEnd()
    errors?.closeWriteEnd()
    foreground?.give(to: group)
    var result = Result(end: .exited(0), output: Data(), errors: Data())
    let start = ContinuousClock.now
    var deadline = start + limit
    var pause: Duration = .milliseconds(2)
    while true {
      // Asked before its pipes are read: what it wrote before its end is in them.
      let end = Self.poll(group, foreground)
      output.read(into: &result.output)
      if let fresh = errors?.read(into: &result.errors), !fresh.isEmpty {
        onErrors(fresh)
        if let limitAfterErrors { deadline = min(deadline, .now + limitAfterErrors) }
      }
      if let end {
        result.end = end
        return result
      }
      if let reason = reasonToStop(result, deadline) {
        await Self.kill(group, foreground)
        result.end = reason
        return result
      }
      try? await Task.sleep(for: pause)
      pause = min(pause * 2, .milliseconds(50))
    }
  }

  private func reasonToStop(_ result: Result, _ deadline: ContinuousClock.Instant) -> End? {
    if Task.isCancelled { return .cancelled }
    if result.output.count + result.errors.count > Self.maximumOutput { return .tooMuchOutput }
    return .now >= deadline ? .tooSlow : nil
  }

  /// How it ended, once it has. A program that was stopped is set going again: nobody else can do it.
  private static func poll(_ group: pid_t, _ foreground: ForegroundGroup?) -> End? {
    var status: CInt = 0
    let found = waitpid(group, &status, WNOHANG | WUNTRACED)
    if found < 0 { return errno == EINTR ? nil : .exited(0) }
    guard found == group else { return nil }
    if status & 0xFF == 0x7F {
      // Stopped: by Ctrl-Z, or because it asked for the terminal before it had it.
      foreground?.give(to: group)
      Glibc.kill(-group, SIGCONT)
      return nil
    }
    let signal = status & 0x7F
    return signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: signal)
  }

  /// Ends the program and all of its group.
  private static func kill(_ group: pid_t, _ foreground: ForegroundGroup?) async {
    Glibc.kill(-group, SIGTERM)
    Glibc.kill(-group, SIGCONT)
    let limit = ContinuousClock.now + grace
    while poll(group, foreground) == nil {
      if .now >= limit { Glibc.kill(-group, SIGKILL) }
      // A task of its own: this one may be cancelled, and would not wait.
      await Task.detached { try? await Task.sleep(for: .milliseconds(10)) }.value
    }
    // Those of the group that outlived it.
    Glibc.kill(-group, SIGKILL)
  }
}

// MARK: Starting

extension ChildProgram {
  /// Its file may be busy for a moment: it is just being replaced, or another child has inherited the descriptor that it was written through and has not
  /// become its own program yet.
  private func start(output: Pipe, errors: Pipe?) async throws(PluginFailure) -> pid_t {
    let end = ContinuousClock.now + limitOfBusyFile
    while true {
      let (child, code) = spawn(output: output, errors: errors)
      if code == 0 { return child }
      guard code == ETXTBSY, .now < end, !Task.isCancelled else { throw Self.refusal(code, path) }
      try? await Task.sleep(for: .milliseconds(10))
    }
  }

  private func spawn(output: Pipe, errors: Pipe?) -> (child: pid_t, code: CInt) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let errors {
      posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
      posix_spawn_file_actions_adddup2(&actions, errors.writeEnd, STDERR_FILENO)
    } else if isatty(STDERR_FILENO) != 1 {
      // It talks to the user: a log cannot answer.
      posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
    }
    if keepsOutput {
      posix_spawn_file_actions_adddup2(&actions, output.writeEnd, STDOUT_FILENO)
    }
    // Sockets of ours that are not closed by themselves. What is gone meanwhile is no error.
    for descriptor in Self.openDescriptors where descriptor > STDERR_FILENO {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What we ignore and block is our own business.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    // A session of its own has no terminal, not by /dev/tty either; a group of its own can be put in the foreground.
    let place = hasTerminal ? POSIX_SPAWN_SETPGROUP : Self.setSession
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(place | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] =
      environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (words + variables).forEach { free($0) } }
    var child = pid_t()
    let code = posix_spawn(&child, path, &actions, &attributes, &words, &variables)
    return (child, code)
  }

  private static var openDescriptors: [CInt] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    return (names ?? []).compactMap { CInt($0) }
  }

  /// `POSIX_SPAWN_SETSID` of glibc's spawn.h, which shows it only to GNU programs.
  private static let setSession: CInt = 0x80

  private static func refusal(_ code: CInt, _ path: String) -> PluginFailure {
    let reason =
      switch code {
      case ENOEXEC: "\(path) is no program for this machine (a script begins with #!)"
      case ENOENT: "the interpreter of \(path) is not there"
      case EACCES: "\(path) may not be executed"
      case E2BIG: "its arguments and environment are too long"
      default: String(cString: strerror(code))
      }
    return PluginFailure("cannot be run: \(reason)", isPermanent: code != EAGAIN && code != ENOMEM)
  }
}

/// The terminal's foreground, which is lent to a program and taken back.
private final class ForegroundGroup: Sendable {
  /// Whose it was; `nil` where it was not ours to lend.
  private let own: pid_t?

  init() {
    own = tcgetpgrp(STDIN_FILENO) == getpgrp() ? getpgrp() : nil
    // What was typed before was not for the program.
    if own != nil { tcflush(STDIN_FILENO, TCIFLUSH) }
  }

  func give(to group: pid_t) {
    if own != nil { Self.set(group) }
  }

  func takeBack() {
    guard let own else { return }
    Self.set(own)
    tcflush(STDIN_FILENO, TCIFLUSH)
  }

  /// Without the signal that stops who does this from the background.
  private static func set(_ group: pid_t) {
    var signals = sigset_t()
    var old = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTTOU)
    pthread_sigmask(SIG_BLOCK, &signals, &old)
    tcsetpgrp(STDIN_FILENO, group)
    pthread_sigmask(SIG_SETMASK, &old, nil)
  }
}

/// A pipe whose read end never waits.
private final class Pipe {
  private(set) var readEnd: CInt
  private(set) var writeEnd: CInt

  init() throws(PluginFailure) {
    var ends: [CInt] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw PluginFailure("cannot be run: \(String(cString: strerror(errno)))")
    }
    (readEnd, writeEnd) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(readEnd, F_SETFL, O_NONBLOCK)
  }

  /// Appends what is there, and returns it.
  @discardableResult
  func read(into data: inout Data) -> Data {
    var fresh = Data()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(readEnd, &buffer, buffer.count)
      guard count > 0 else { break }
      fresh.append(contentsOf: buffer[..<count])
      // Bounded, for a program that writes without end.
      if fresh.count > 1 << 22 { break }
    }
    data.append(fresh)
    return fresh
  }

  func closeWriteEnd() {
    guard writeEnd >= 0 else { return }
    Glibc.close(writeEnd)
    writeEnd = -1
  }

  func close() {
    closeWriteEnd()
    Glibc.close(readEnd)
  }
}
