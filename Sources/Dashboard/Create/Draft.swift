package import FoundationEssentials
import ModelCore
import TerminalUI

/// Where a model is to be made.
package struct DraftPlace: Codable, Sendable, Equatable {
  package var context: String
  package var namespace: String
  package var organization: String

  func isSameCluster(as other: DraftPlace) -> Bool {
    context == other.context && organization == other.organization
  }

  package init(context: String, namespace: String, organization: String) {
    self.context = context
    self.namespace = namespace
    self.organization = organization
  }
}

/// What is kept of a form that was left: its texts, and never the token.
package struct Draft: Codable, Sendable, Equatable {
  static let tokenSecretKey = "token_secret"

  /// Of the format: a higher one is not read.
  package static let version = 1

  package var version: Int
  /// Names its file: letters, digits and `-`.
  package var id: String
  package var savedAt: Date
  package var place: DraftPlace
  /// The texts by the specification's names of the fields.
  package var fields: [String: String]
  /// A token was typed: it has to be typed again.
  package var hadToken: Bool
  /// What was said about the size of the model, in billions of parameters.
  package var billions: String

  package init(
    id: String, savedAt: Date, place: DraftPlace, fields: [String: String], hadToken: Bool = false,
    billions: String = ""
  ) {
    version = Self.version
    self.id = id
    self.savedAt = savedAt
    self.place = place
    self.fields = fields
    self.hadToken = hadToken
    self.billions = billions
  }

  init(_ form: CreateForm, at date: Date) {
    var fields: [String: String] = [:]
    for specification in FieldSpecification.all where specification.kind != .secret {
      let text = form.text(specification.field)
      if text != specification.defaultText {
        fields[specification.field.rawValue] = StrayToken.redacted(text)
      }
    }
    // The name of a Secret is none.
    if let secret = form.request.tokenSecret { fields[Self.tokenSecretKey] = secret.text }
    self.init(
      id: form.draft, savedAt: date, place: form.place, fields: fields,
      hadToken: form.request.huggingFaceToken != nil, billions: form.billions.text)
  }
}
