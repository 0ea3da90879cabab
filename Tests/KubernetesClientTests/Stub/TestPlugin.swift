import Foundation
import KubernetesClient

/// A credential plugin made of a shell script, in a folder that is there for one test.
struct TestPlugin {
  let folder: URL
  let path: String

  /// - Parameter script: `$D` is the folder; `issue TOKEN [SECONDS]` prints credentials, `run` counts the runs in `$D/runs`.
  init(
    _ script: String, in folder: URL, version: ExecPlugin.Version = .v1
  ) throws {
    self.folder = folder
    path = folder.appending(path: "plugin").path()
    let text = """
      #!/bin/bash
      D='\(folder.path())'
      echo run >> "$D/runs"
      printf '%s\\n' "$KUBERNETES_EXEC_INFO" > "$D/info"
      issue() {
        local end=""
        if [ -n "$2" ]; then
          end=",\\"expirationTimestamp\\":\\"$(date -u -d "@$(($(date +%s) + $2))" +%Y-%m-%dT%H:%M:%SZ)\\""
        fi
        echo "{\\"apiVersion\\":\\"\(version.rawValue)\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"$1\\"$end}}"
      }
      \(script)
      """
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  }

  /// How often it was run.
  var runs: Int { text("runs").split(separator: "\n").count }

  func text(_ name: String) -> String {
    (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
  }

  func write(_ text: String, to name: String) throws {
    try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
  }

  func credential(
    _ mode: ExecPlugin.InteractiveMode = .never, version: ExecPlugin.Version = .v1,
    arguments: [String] = [], variables: [String: String] = [:]
  ) -> Credential {
    .plugin(
      ExecPlugin(
        version: version, command: path, arguments: arguments, interactiveMode: mode,
        variables: variables, environment: ["PATH": "/usr/bin:/bin"]))
  }
}

/// A process is there, and is no zombie.
func isAlive(_ pid: String) -> Bool {
  guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else {
    return false
  }
  return !status.contains(") Z ")
}
