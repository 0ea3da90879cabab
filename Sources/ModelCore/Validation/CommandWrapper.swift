/// Programs that only start another program: what stands behind their own options is the command that matters.
enum CommandWrapper {
  private struct Shape {
    /// Options that take the next argument as their value.
    var valued: Set<String> = []
    /// Arguments of its own that come before the command.
    var positionals = 0
    /// `NAME=value` may stand before the command.
    var takesAssignments = false
  }

  private static let known: [String: Shape] = [
    "env": Shape(valued: ["-u", "-C", "--unset", "--chdir"], takesAssignments: true),
    "exec": Shape(valued: ["-a"]),
    "nohup": Shape(), "setsid": Shape(), "command": Shape(), "builtin": Shape(), "time": Shape(),
    "stdbuf": Shape(valued: ["-i", "-o", "-e"]),
    "nice": Shape(valued: ["-n"]),
    "ionice": Shape(valued: ["-c", "-n", "-p"]),
    "timeout": Shape(valued: ["-s", "-k", "--signal", "--kill-after"], positionals: 1),
    "numactl": Shape(valued: ["-N", "-m", "-C", "-i", "-p"]),
    "taskset": Shape(positionals: 1),
    "tini": Shape(valued: ["-p", "-e"]), "tini-static": Shape(valued: ["-p", "-e"]),
    "dumb-init": Shape(valued: ["-r", "--rewrite"]), "catatonit": Shape(),
    "gosu": Shape(positionals: 1), "su-exec": Shape(positionals: 1),
    "sudo": Shape(valued: ["-u", "-g"], takesAssignments: true),
    "catchsegv": Shape(), "prlimit": Shape(),
  ]

  /// The command without what only starts it.
  static func strip(_ words: [CommandArgument]) -> [CommandArgument] {
    var index = 0
    while index < words.count {
      guard let shape = known[words[index].text.lastPathComponent] else { break }
      var next = index + 1
      while next < words.count {
        let text = words[next].text
        if text == "--" {
          next += 1
          break
        }
        guard text.utf8.count > 1, text.utf8.first == UInt8(ascii: "-") else { break }
        next += shape.valued.contains(text) ? 2 : 1
      }
      next += shape.positionals
      if shape.takesAssignments {
        while next < words.count, ShellScript.assignedName(words[next].text) != nil { next += 1 }
      }
      index = next
    }
    return index < words.count ? Array(words[index...]) : []
  }
}
