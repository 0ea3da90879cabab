import ArgumentParser
import ModelCore
import Scripting

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `modeldeck list`: the models, filtered as the specification's API does it.
struct ListCommand: ScriptCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List models.",
    discussion: """
      Shows the models of the organization in all namespaces; --namespace shows one. JSON and YAML are the \
      specification's: {"models": [...], "total": n}.

      Examples:
        modeldeck list --status running -o name
        modeldeck list -o jsonpath='{range .models[*]}{.id} {.endpoint_url}{"\\n"}{end}'
      """,
    aliases: ["ls"])

  @Flag(name: [.customShort("A"), .long], help: "All namespaces, whatever is configured.")
  var allNamespaces = false

  @OptionGroup var filter: FilterOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var talk: TalkOptions
  @OptionGroup var cluster: ClusterOptions

  func execute(_ run: CommandRun) async throws {
    let format = try output.format(run)
    try filter.check()
    try await run.withModels { _, update in
      let namespace = run.namespace(all: allNamespaces)
      let models = update.changed.filter { model in
        (namespace == nil || model.namespace == namespace) && filter.admits(model)
      }
      var listing = ModelListing(models, now: Date(), unread: update.unread)
      listing.hasHeader = !output.noHeaders
      listing.hidesNamespace = namespace != nil
      for notice in update.notices where !run.isQuiet { run.say(notice) }
      if models.isEmpty, format.isTable {
        run.say(
          update.changed.isEmpty ? "there are no models." : "no model is what was asked for.")
      }
      try StandardOutput.write(try listing.text(format))
    }
  }
}

/// Which models of all: the specification's filters, and tags.
struct FilterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Only models with this status; may be repeated. One of \(ModelStatus.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "status"))
  var status: [String] = []

  @Option(
    help: ArgumentHelp("Only models that are managed, or that are not.", valueName: "true|false"))
  var managed: String?

  @Option(
    help: ArgumentHelp("Only models with this tag; repeated, with all of them.", valueName: "tag"))
  var tag: [String] = []

  /// Throws where a value is none of those that there are.
  func check() throws(CommandFailure) {
    for word in status where ModelStatus(rawValue: word) == nil {
      let known = ModelStatus.allCases.map(\.rawValue).joined(separator: ", ")
      throw CommandFailure(
        .invalidInput, "--status: there is no status \(Excerpt.quoted(word)): use \(known).")
    }
    if let managed, Setting.flag(managed) == nil {
      throw CommandFailure(
        .invalidInput, "--managed: \(Excerpt.quoted(managed)) is neither true nor false.")
    }
  }

  func admits(_ model: Model) -> Bool {
    if !status.isEmpty, !status.contains(model.status.rawValue) { return false }
    if let managed, Setting.flag(managed) != model.isManaged { return false }
    return tag.allSatisfy(model.tags.contains)
  }
}
