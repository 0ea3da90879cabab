/// What a model is created from when somebody writes its objects: the specification's request.
package struct YAMLRequest: Equatable, Sendable {
  /// What the model is called, and what its Deployment has to be called in the text.
  package var name: String
  /// Absent: the name.
  package var displayName: String?
  /// Absent: no description.
  package var modelDescription: String?
  /// The manifests, several documents in one text.
  package var yaml: String
  /// Empty for none.
  package var tags: [String] = []

  /// What is left out is absent.
  package init(name: String, yaml: String) {
    self.name = name
    self.yaml = yaml
  }

  /// The objects of the text, checked for a model of this name.
  package func bundle(in context: ManifestBundle.Context) -> ManifestBundle {
    var context = context
    context.modelName = name
    return ManifestBundle(yaml, context: context)
  }

  /// Everything that is wrong, errors and warnings: of the request, then of the text by its lines.
  package func findings(in context: ManifestBundle.Context) -> [Finding] {
    findings(bundle: bundle(in: context))
  }

  func findings(bundle: ManifestBundle) -> [Finding] {
    var findings = NameRule.findings(name)
    findings += TextRule.displayName(displayName) + TextRule.description(modelDescription)
    findings += TextRule.tags(tags)
    return findings + bundle.findings.map(Finding.init)
  }
}

extension Finding {
  /// What is wrong with a text, at its place.
  package init(_ finding: YAMLFinding) {
    self.init(
      field: nil, severity: finding.severity == .error ? .error : .warning,
      message: finding.message, fix: finding.advice, position: finding.position)
  }
}
