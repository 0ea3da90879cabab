package import ModelCore

/// What is known of a text of manifests, as of one of its versions.
package struct YAMLCheck: Sendable, Equatable {
  /// Which version of the editor's text it is about.
  package var version: Int
  package var findings: [YAMLFinding] = []
  /// What the model will be called; empty while no Deployment says so.
  package var name = ""
  package var namespace = ""
  /// `Deployment`, `Service`, ... in the order of the text.
  package var kinds: [String] = []
  /// Who has the name already, as the cluster was then.
  package var holder: String?
  /// The text as it may be kept on disk; `nil` where it may not.
  package var kept: KeptText?

  package struct KeptText: Sendable, Equatable {
    package var text: String
    /// So many values were left out because they are secret.
    package var leftOut: Int
  }

  /// Nothing known yet.
  package init(version: Int) { self.version = version }

  /// Of a text that is too large to be read: nothing but that.
  package init(version: Int, excessOf bytes: Int) {
    self.version = version
    findings = [YAMLText.excess(bytes: bytes)]
  }

  /// Reads the whole text: milliseconds for a model's, more for one as large as may be.
  package init(version: Int, text: String, context: ManifestBundle.Context) {
    self.version = version
    let bundle = ManifestBundle(text, context: context)
    findings = bundle.findings
    name = bundle.modelName
    namespace = bundle.deployment == nil ? "" : bundle.namespace
    kept = YAMLDraftText.withoutSecrets(text).map { KeptText(text: $0.text, leftOut: $0.leftOut) }
    holder = context.takenNames[name]
    kinds = bundle.objects.map(\.kindName)
  }

  package var errors: Int { findings.count { $0.severity == .error } }
  package var warnings: Int { findings.count { $0.severity == .warning } }

  /// `2 errors, 1 warning`; empty where there is neither.
  package var summary: String {
    var parts: [String] = []
    if errors > 0 { parts.append("\(errors) error\(errors == 1 ? "" : "s")") }
    if warnings > 0 { parts.append("\(warnings) warning\(warnings == 1 ? "" : "s")") }
    return parts.joined(separator: ", ")
  }
}
