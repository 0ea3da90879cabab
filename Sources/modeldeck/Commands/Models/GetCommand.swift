import ArgumentParser
import ModelCore
import Scripting

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `modeldeck get NAME`: one model, or several by their names.
struct GetCommand: ScriptCommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show one or more models by name.",
    discussion: """
      JSON and YAML of one model are the specification's: {"model": {...}}. A template may begin at the model itself: \
      -o jsonpath={.status}
      """)

  @Argument(help: ArgumentHelp("The models; a name, or NAMESPACE/NAME.", valueName: "name"))
  var names: [String]

  @OptionGroup var output: OutputOptions
  @OptionGroup var talk: TalkOptions
  @OptionGroup var cluster: ClusterOptions

  func execute(_ run: CommandRun) async throws {
    let format = try output.format(run)
    try await run.withModels { _, update in
      var models: [Model] = []
      var failures: [CommandFailure] = []
      for name in names {
        do {
          models.append(try run.model(name, in: update))
        } catch let error as CommandFailure {
          failures.append(error)
        }
      }
      var listing = ModelListing(models, now: Date(), unread: update.unread)
      listing.hasHeader = !output.noHeaders
      listing.isSingle = names.count == 1
      if !models.isEmpty { try StandardOutput.write(try listing.text(format)) }
      // What was found is written, whatever was not.
      for failure in failures.dropLast() { run.warn(failure.message) }
      if let last = failures.last { throw last }
    }
  }
}
