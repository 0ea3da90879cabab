import ArgumentParser
import Kubernetes
import Scripting

/// `modeldeck config`: every setting, and where its value comes from.
struct ConfigCommand: ScriptCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Show every setting and where its value comes from.",
    discussion: """
      Flags take precedence over environment variables, those over the file's section of the context, that over the rest \
      of the file, and that over the defaults. The file is $MODELDECK_CONFIG, else \
      $XDG_CONFIG_HOME/modeldeck/config.yaml, else ~/.config/modeldeck/config.yaml. For example:

        request-timeout: 10s
        theme: mono
        contexts:
          "prod-*":
            organization: "7"
            read-only: true

      \(ConfigCommand.table)
      """)

  @Flag(help: "Only say where the file is.")
  var path = false

  @OptionGroup var output: OutputOptions
  @OptionGroup var dashboard: DashboardOptions
  @OptionGroup var talk: TalkOptions
  @OptionGroup var cluster: ClusterOptions

  private static var table: String {
    "SETTINGS (the flag is --NAME, the variable MODELDECK_NAME with _ for -):\n"
      + Setting.all.map { setting in
        let blanks = String(repeating: " ", count: max(1, 20 - setting.name.count))
        return "  \(setting.name)\(blanks)\(setting.help) (default: \(setting.standard))"
      }.joined(separator: "\n")
  }

  func execute(_ run: CommandRun) async throws {
    let format = try output.format(run)
    if path {
      return try StandardOutput.write((run.configuration.filePath ?? "") + "\n")
    }
    let rows = Setting.all.map { setting -> (name: String, value: String, origin: String) in
      let value = run.configuration[setting.id]
      let isTokens = setting.id == .organization && run.configuration.isRemote
      if isTokens { return (setting.name, "as the token says", "token") }
      guard !value.texts.isEmpty else { return (setting.name, setting.standard, "default") }
      // Whatever it is, it is nobody's business.
      let text = setting.mayBeInFile ? value.texts.joined(separator: ",") : "<redacted>"
      return (setting.name, text, value.origin.description)
    }
    switch format {
    case .table, .wide:
      let header = ["SETTING", "VALUE", "FROM"]
      var table = TextTable(header: output.noHeaders ? nil : header)
      for row in rows { table.add([row.name, row.value, row.origin]) }
      try StandardOutput.write(table.text)
    case .name: try StandardOutput.write(rows.map { "\($0.name)\n" }.joined())
    case .json, .yaml, .jsonPath:
      let members = rows.map { row -> (String, JSONValue) in
        (row.name, ["value": .string(row.value), "from": .string(row.origin)])
      }
      try StandardOutput.write(
        try StructuredText.text(
          of: .object(Dictionary(members) { first, _ in first }), format))
    }
  }
}
