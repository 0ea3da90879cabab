package import Kubernetes

/// The objects of one model as a person wrote them, with all that is wrong about them.
///
/// Pure: what it has to know of the cluster is in `Context`. A bundle without errors has exactly one Deployment.
package struct ManifestBundle: Sendable {
  /// For whom and where it is read.
  package struct Context: Sendable, Equatable {
    /// Whose model it will be: its label is to say so.
    package var organization: String
    /// Namespaces that may be written; the first is what is meant where a manifest names none.
    package var namespaces: [String]
    /// Model names that are taken anywhere in the cluster, and who holds them.
    package var takenNames: [String: String]
    /// What the model has to be called; `nil` takes the Deployment's name.
    package var modelName: String?
    /// Secrets outside of the text that may be read; `nil` where that is not known.
    package var secrets: Set<String>?
    /// Secrets that somebody saw, by namespace: a reference to another one is only a warning, since a list may be incomplete.
    package var seenSecrets: [String: Set<String>] = [:]
    /// Others who must not be read have their objects in the same namespaces: a manifest may refer to what it brings along only.
    package var isShared = false
    /// Which namespaces may be used is for the server to say, and so is the organization where that is empty.
    package var isPlaceOpen = false

    /// Nothing is taken and no Secret is known, unless it is said otherwise.
    package init(
      organization: String = "1", namespaces: [String] = ["default", "jan-models"],
      takenNames: [String: String] = [:], modelName: String? = nil, secrets: Set<String>? = nil
    ) {
      self.secrets = secrets
      self.organization = organization
      self.namespaces = namespaces
      self.takenNames = takenNames
      self.modelName = modelName
    }
  }

  /// One object of the text.
  package struct Object: Sendable {
    /// Its document.
    package var node: YAMLNode
    /// Of the version that the document names.
    package var kind: ResourceKind
    /// As the document has it; empty where it is missing.
    package var name: String

    /// `Service llama-7b`, for messages.
    package var label: String { "\(kind.kind) \(name)" }
    /// Without group and version.
    package var kindName: String { kind.kind }
  }

  package private(set) var objects: [Object] = []
  /// In the order of their lines.
  package private(set) var findings: [YAMLFinding] = []
  /// For whom and where it was read.
  package let context: Context
  /// Where the server listens.
  package private(set) var servingPort = CreateRequest.Defaults.port

  /// So many findings are told at most.
  private static let mostFindings = 200

  /// Reads and checks the text; this throws nothing, what is wrong is in ``findings``.
  package init(_ text: String, context: Context = Context()) {
    self.context = context
    let yaml = YAMLText(text)
    findings = yaml.findings
    for document in yaml.documents { read(document) }
    if yaml.isComplete { checkDeployments() }
    for object in objects {
      findings += SchemaFindings.findings(of: object)
      findings += AmountPolicy.findings(of: object) + WiringPolicy.findings(of: object)
      findings += StrayTokenPolicy.findings(object)
      findings += ObjectPolicy(
        object: object, context: context, namespace: namespace, modelName: modelName
      ).findings()
      if object.kind == .serviceMonitor {
        findings += MonitorPolicy(
          node: object.node, objects: objects, modelName: modelName, isShared: context.isShared
        ).findings()
      }
    }
    if let deployment {
      findings += PodPolicy(deployment.node).findings()
      findings += ReferencePolicy(
        deployment.node, objects: objects, context: context, modelName: modelName,
        namespace: namespace
      ).findings()
      let names = ServingNames(
        deployment: deployment, objects: objects, name: modelName, namespace: namespace,
        lastLine: yaml.isComplete ? Self.lastLine(of: text) : nil)
      findings += names.findings()
      servingPort = names.port
    }
    findings.sort { $0.position < $1.position }
    limitFindings()
  }

  private mutating func limitFindings() {
    var seen: Set<String> = []
    findings = findings.filter { seen.insert("\($0.position) \($0.message)").inserted }
    let excess = findings.count - Self.mostFindings
    guard excess > 0 else { return }
    let errors = findings.filter { $0.severity == .error }.prefix(Self.mostFindings)
    let rest = findings.filter { $0.severity == .warning }.prefix(Self.mostFindings - errors.count)
    findings = (errors + rest).sorted { $0.position < $1.position }
    guard let last = findings.last else { return }
    findings.append(YAMLFinding(last.position, .warning, "there are \(excess) findings more"))
  }

  /// The line behind which another document can be put.
  private static func lastLine(of text: String) -> Int {
    let text = YAMLText.normalized(text)
    let breaks = text.utf8.count { $0 == 10 }
    return text.utf8.last == 10 ? breaks : breaks + 1
  }

  /// What keeps the model from being created.
  package var errors: [YAMLFinding] { findings.filter { $0.severity == .error } }
  /// Whether anything keeps the model from being created.
  package var hasErrors: Bool { findings.contains { $0.severity == .error } }

  /// The first one; `nil` where the text has none.
  package var deployment: Object? {
    objects.first { $0.kind == K8s.Deployment.resourceKind }
  }

  /// What the model will be called.
  package var modelName: String { context.modelName ?? deployment?.name ?? "" }

  /// Where all of it goes.
  package var namespace: String {
    let named = deployment?.node["metadata", "namespace"]?.string ?? ""
    return named.isEmpty ? context.namespaces.first ?? "default" : named
  }

  /// The text with every fix made that can be made.
  package static func fixed(_ text: String, context: Context = Context()) -> String {
    var text = text
    // A fix moves what is below it, so that they are made one at a time.
    for _ in 0..<60 {
      let bundle = ManifestBundle(text, context: context)
      let candidates = (bundle.errors + bundle.findings).lazy.compactMap(\.fix)
      guard let next = candidates.compactMap({ $0.safelyApplied(to: text) }).first else { break }
      text = next
    }
    return text
  }

  // MARK: What may be there

  /// The kinds that a model may have, with every version of them that is read.
  private static let kinds: [String: ResourceKind] = {
    var kinds: [String: ResourceKind] = [
      "apps/v1 Deployment": K8s.Deployment.resourceKind,
      "v1 Service": K8s.Service.resourceKind,
      "v1 PersistentVolumeClaim": K8s.PersistentVolumeClaim.resourceKind,
      "v1 ConfigMap": ResourceKind(
        group: "", version: "v1", kind: "ConfigMap", plural: "configmaps"),
      "v1 Secret": K8s.Secret.resourceKind,
      "monitoring.coreos.com/v1 ServiceMonitor": .serviceMonitor,
      "autoscaling.aibrix.ai/v1alpha1 PodAutoscaler": .podAutoscaler,
    ]
    for version in ["v1", "v2", "v2beta1", "v2beta2"] {
      kinds["autoscaling/\(version) HorizontalPodAutoscaler"] = ResourceKind(
        group: "autoscaling", version: version, kind: "HorizontalPodAutoscaler",
        plural: "horizontalpodautoscalers")
    }
    return kinds
  }()

  private static let allowed =
    "Deployment, Service, PersistentVolumeClaim, ConfigMap, Secret, ServiceMonitor, PodAutoscaler and "
    + "HorizontalPodAutoscaler"

  private mutating func read(_ document: YAMLNode) {
    guard document.isMapping else {
      findings.append(
        YAMLFinding(
          document.position, "this document is no Kubernetes object",
          advice: "Begin it with apiVersion, kind and metadata."))
      return
    }
    guard let kind = document["kind"]?.string, let version = document["apiVersion"]?.string else {
      let missing = document["kind"]?.string == nil ? "kind" : "apiVersion"
      findings.append(
        YAMLFinding(
          document.position, "\(missing) is missing",
          advice: "Write e.g. apiVersion: apps/v1 and kind: Deployment."))
      return
    }
    if kind.hasSuffix("List"), kind == "List" || document["items"] != nil {
      findings.append(
        YAMLFinding(
          document.position(of: "kind"), "a \(Excerpt.line(kind, limit: 60)) is not read",
          advice: "Write its items as documents of their own, with --- between them."))
      return
    }
    let key = version + " " + kind
    // Written in another case it is told, and looked through all the same.
    let meant =
      Self.kinds[key] == nil ? Self.kinds.keys.first { $0.lowercased() == key.lowercased() } : key
    if meant != key { findings.append(unknown(kind, version, at: document)) }
    guard let meant, let known = Self.kinds[meant] else { return }
    let name = document["metadata", "name"]?.string ?? ""
    if objects.contains(where: { $0.kind.kind == known.kind && $0.name == name && !name.isEmpty }) {
      findings.append(
        YAMLFinding(
          document.position(of: "metadata", "name"),
          "\(kind) \(Excerpt.line(name)) is there twice", advice: "Keep one."))
    }
    objects.append(Object(node: document, kind: known, name: name))
  }

  private func unknown(_ kind: String, _ version: String, at node: YAMLNode) -> YAMLFinding {
    let shown = Excerpt.line(kind)
    let versions = Self.kinds.keys.filter { $0.hasSuffix(" \(kind)") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }.sorted()
    if let version = versions.first {
      let old = node["apiVersion"]
      return YAMLFinding(
        node.position(of: "apiVersion"), "\(shown) has the apiVersion \(version)",
        advice: "Change it.",
        fix: old.map { $0.replacement(with: version, "write apiVersion: \(version)") } ?? nil)
    }
    let meant = Self.kinds.keys.compactMap { $0.split(separator: " ").last.map(String.init) }
      .first { $0.lowercased() == kind.lowercased() }
    if let meant {
      return YAMLFinding(
        node.position(of: "kind"), "there is no kind \(shown)", advice: "Write kind: \(meant).",
        fix: node["kind"]?.replacement(with: meant, "write kind: \(meant)"))
    }
    return YAMLFinding(
      node.position(of: "kind"), "\(shown) may not be part of a model",
      advice: "A model has \(Self.allowed); nothing of the whole cluster and no other workloads.")
  }

  private mutating func checkDeployments() {
    let deployments = objects.filter { $0.kind == K8s.Deployment.resourceKind }
    guard deployments.count != 1 else { return }
    for other in deployments.dropFirst() {
      findings.append(
        YAMLFinding(
          other.node.position(of: "kind"), "this is a second Deployment",
          advice: "A model is one Deployment: create the others as models of their own."))
    }
    if deployments.isEmpty {
      findings.append(
        YAMLFinding(
          YAMLPosition(line: 1, column: 1), "there is no Deployment",
          advice: "A model is a Deployment with what belongs to it."))
    }
  }
}
