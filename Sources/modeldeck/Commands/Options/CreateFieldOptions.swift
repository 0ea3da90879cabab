import ArgumentParser
import ModelCore

/// The fields of a model as flags: names and help are those of the form.
struct CreateFieldOptions: ParsableArguments {
  @Option(name: Self.name(.displayName), help: Self.help(.displayName, "text"))
  var displayName: String?

  @Option(name: Self.name(.description), help: Self.help(.description, "text"))
  var modelDescription: String?

  @Option(name: Self.name(.image), help: Self.help(.image, "image"))
  var image: String?

  @Option(
    name: Self.name(.command), parsing: .unconditional, help: Self.help(.command, "line"))
  var command: String?

  @Option(name: Self.name(.gpuCount), help: Self.help(.gpuCount, "number"))
  var gpuCount: String?

  @Option(name: Self.name(.initialDelaySeconds), help: Self.help(.initialDelaySeconds, "seconds"))
  var initialDelaySeconds: String?

  @Option(name: Self.name(.storageSize), help: Self.help(.storageSize, "Gi"))
  var storageSize: String?

  @Option(name: Self.name(.storageClass), help: Self.help(.storageClass, "class"))
  var storageClass: String?

  @Option(name: Self.name(.tags), help: Self.help(.tags, "a,b,c"))
  var tags: String?

  private static func name(_ field: CreateField) -> NameSpecification {
    .customLong(FieldSpecification[field].optionName)
  }

  private static func help(_ field: CreateField, _ value: String) -> ArgumentHelp {
    let specification = FieldSpecification[field]
    return ArgumentHelp(
      "\(specification.help)", discussion: specification.origin, valueName: value)
  }

  /// What was given, in the order of the form.
  var given: [(field: CreateField, text: String)] {
    let texts: [(CreateField, String?)] = [
      (.displayName, displayName), (.description, modelDescription), (.image, image),
      (.command, command), (.gpuCount, gpuCount), (.initialDelaySeconds, initialDelaySeconds),
      (.storageSize, storageSize), (.storageClass, storageClass), (.tags, tags),
    ]
    return texts.compactMap { field, text in text.map { (field, $0) } }
  }

  /// Puts what was given into a request. Returns what of it cannot be read.
  func apply(to request: inout CreateRequest) -> [Finding] {
    given.compactMap { request.set($0.field, to: $0.text) }
  }
}
