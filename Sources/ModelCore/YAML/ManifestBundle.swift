package import Kubernetes

/// The objects of one model as a person wrote them, with all that is wrong about them.
///
/// Pure: what it has to know of the cluster is in `Context`. A bundle without errors has exactly one Deployment.
package struct ManifestBundle: Sendable {
  /// For whom and where it is read.
  package struct Context: Sendable {
    package var organization: String
    /// Namespaces that may be written; the first is what is meant where a manifest names none.
    package var namespaces: [String]
    /// Model names that are taken anywhere in the cluster, and who holds them.
    package var takenNames: [String: String]
    /// What the model has to be called; `nil` takes the Deployment's name.
    package var modelName: String?

    package init(
      organization: String = "1", namespaces: [String] = ["default", "jan-models"],
      takenNames: [String: String] = [:], modelName: String? = nil
    ) {
      self.organization = organization
      self.namespaces = namespaces
      self.takenNames = takenNames
      self.modelName = modelName
    }
  }

  /// One object of the text.
  package struct Object: Sendable {
    package var node: YAMLNode
    package var kind: ResourceKind
    package var name: String

    package var label: String { "\(kind.kind) \(name)" }
  }

  package private(set) var objects: [Object] = []
  /// In the order of their lines.
  package private(set) var findings: [YAMLFinding] = []
  package let context: Context

  package init(_ text: String, context: Context = Context()) {
    self.context = context
    let yaml = YAMLText(text)
    findings = yaml.findings
    let isComplete = yaml.findings.isEmpty
    for document in yaml.documents { read(document) }
    if isComplete { checkDeployments() }
    let names = objects
    for object in names { findings += ObjectPolicy(object, context: context).findings() }
    if let deployment {
      findings += PodPolicy(deployment.node, organization: context.organization).findings()
      findings += ServingNames(deployment: deployment, objects: objects, context: context)
        .findings()
    }
    findings.sort { $0.position < $1.position }
  }

  package var errors: [YAMLFinding] { findings.filter { $0.severity == .error } }
  package var hasErrors: Bool { findings.contains { $0.severity == .error } }

  package var deployment: Object? {
    objects.first { $0.kind == K8s.Deployment.resourceKind }
  }

  /// What the model will be called.
  package var modelName: String { context.modelName ?? deployment?.name ?? "" }

  /// Where all of it goes.
  package var namespace: String {
    deployment?.node["metadata", "namespace"]?.string ?? context.namespaces.first ?? "default"
  }

  /// The text with every fix made that can be made.
  package static func fixed(_ text: String, context: Context = Context()) -> String {
    var text = text
    // A fix moves what is below it, so that they are made one at a time.
    for _ in 0..<50 {
      let bundle = ManifestBundle(text, context: context)
      guard let fix = bundle.errors.lazy.compactMap(\.fix).first,
        let next = fix.applied(to: text), next != text
      else { break }
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
    if kind == "List" {
      findings.append(
        YAMLFinding(
          document.position(of: "kind"), "a List is not read",
          advice: "Write its items as documents of their own, with --- between them."))
      return
    }
    guard let known = Self.kinds["\(version) \(kind)"] else {
      findings.append(unknown(kind, version, at: document))
      return
    }
    let name = document["metadata", "name"]?.string ?? ""
    if objects.contains(where: { $0.kind == known && $0.name == name && !name.isEmpty }) {
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
    return YAMLFinding(
      node.position(of: "kind"), "\(shown) may not be part of a model",
      advice: "A model has \(Self.allowed); nothing of the whole cluster and no other workloads.")
  }

  private mutating func checkDeployments() {
    let deployments = objects.filter { $0.kind == K8s.Deployment.resourceKind }
    guard deployments.count != 1 else { return }
    if let second = deployments.dropFirst().first {
      findings.append(
        YAMLFinding(
          second.node.position(of: "kind"), "this is a second Deployment",
          advice: "A model is one Deployment: create the others as models of their own."))
    } else {
      findings.append(
        YAMLFinding(
          YAMLPosition(line: 1, column: 1), "there is no Deployment",
          advice: "A model is a Deployment with what belongs to it."))
    }
  }
}
