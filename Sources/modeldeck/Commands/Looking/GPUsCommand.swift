import ArgumentParser
import Kubernetes
import ModelCore
import Scripting

/// `modeldeck gpus`: which nodes have which GPUs, what is free, and who holds the others.
struct GPUsCommand: ScriptCommand {
  static let configuration = CommandConfiguration(
    commandName: "gpus",
    abstract: "Show the cluster's GPUs: nodes, products, what is free, who holds them.",
    discussion: """
      Used is what pods that have not ended ask for on their node, whoever made them; free GPUs of nodes that are not \
      ready or cordoned are not counted as free.
      """)

  @OptionGroup var output: OutputOptions
  @OptionGroup var talk: TalkOptions
  @OptionGroup var cluster: ClusterOptions

  func execute(_ run: CommandRun) async throws {
    let format = try output.format(run)
    try await run.withCluster(to: "show GPUs") { session in
      run.progress.show("reading nodes and pods")
      let survey = try await GPUSurvey(session.api)
      run.progress.clear()
      if survey.rows.isEmpty, format.isTable { run.say("no node has GPUs.") }
      try StandardOutput.write(try survey.text(format, hasHeader: !output.noHeaders))
      if format.isTable, !survey.rows.isEmpty { run.say(survey.summary) }
    }
  }
}

/// The GPUs of a cluster as they are now.
struct GPUSurvey: Sendable {
  /// The GPUs of one product on one node.
  struct Row: Sendable {
    var node: String
    var product: String
    var resource: String
    var total: Int
    var used: Int
    var isAvailable: Bool
    /// Who holds some, and how many.
    var holders: [Holder]

    var free: Int { isAvailable ? max(0, total - used) : 0 }
  }

  struct Holder: Sendable {
    var name: String
    var namespace: String
    var isModel: Bool
    var count: Int
  }

  let rows: [Row]

  init(_ api: any ClusterAPI) async throws {
    let nodes: [K8s.Node]
    let pods: [K8s.Pod]
    do {
      nodes = try await api.listAll(K8s.Node.self)
    } catch let error as APIError {
      throw CommandFailure(error, doing: "read the nodes")
    }
    do {
      pods = try await api.listAll(K8s.Pod.self)
    } catch let error as APIError {
      throw CommandFailure(error, doing: "read the pods, which say what is in use")
    }
    rows = Self.rows(nodes, pods)
  }

  private static func rows(_ nodes: [K8s.Node], _ pods: [K8s.Pod]) -> [Row] {
    let inventory = GPUInventory(nodes: nodes, pods: pods)
    var holders: [String: [K8s.Pod]] = [:]
    for pod in pods where pod.status?.phase != "Succeeded" && pod.status?.phase != "Failed" {
      if let node = pod.spec?.nodeName, !node.isEmpty { holders[node, default: []].append(pod) }
    }
    return nodes.compactMap(\.metadata.name).sorted().flatMap { name -> [Row] in
      guard let node = inventory.node(name) else { return [] }
      return Set(node.allocatable.keys).union(node.used.keys).sorted().map { resource in
        Row(
          node: name,
          product: inventory.product(ofNode: name, resource: resource) ?? resource,
          resource: resource, total: node.allocatable[resource] ?? 0,
          used: node.used[resource] ?? 0, isAvailable: node.isAvailable,
          holders: self.holders(of: resource, holders[name] ?? []))
      }
    }
  }

  /// By model where the pod is one's, else by pod.
  private static func holders(of resource: String, _ pods: [K8s.Pod]) -> [Holder] {
    var counts: [String: Holder] = [:]
    for pod in pods {
      guard let count = GPUResource.requests(of: pod.spec)[resource], count > 0 else { continue }
      let model = pod.metadata.labels?[ModelKeys.modelName]
      let namespace = pod.metadata.namespace ?? ""
      let name = model ?? pod.metadata.name ?? ""
      let key = "\(namespace)/\(name)"
      counts[
        key, default: Holder(name: name, namespace: namespace, isModel: model != nil, count: 0)
      ].count += count
    }
    return counts.sorted { $0.key < $1.key }.map(\.value)
  }

  // MARK: As text

  var summary: String {
    let total = rows.reduce(0) { $0 + $1.total }
    let used = rows.reduce(0) { $0 + $1.used }
    let free = rows.reduce(0) { $0 + $1.free }
    let nodes = Set(rows.map(\.node)).count
    return "\(total) GPUs on \(nodes) nodes: \(used) used, \(free) free."
  }

  func text(_ format: OutputFormat, hasHeader: Bool) throws -> String {
    switch format {
    case .table, .wide:
      guard !rows.isEmpty else { return "" }
      let header = ["NODE", "PRODUCT", "TOTAL", "USED", "FREE", "STATE", "HELD BY"]
      var table = TextTable(header: hasHeader ? header : nil)
      for row in rows {
        table.add([
          row.node, row.product, "\(row.total)", "\(row.used)", "\(row.free)",
          row.isAvailable ? "ready" : "unavailable",
          Self.list(row.holders, isWide: format == .wide),
        ])
      }
      return table.text
    case .name: return Set(rows.map(\.node)).sorted().map { "\($0)\n" }.joined()
    case .json, .yaml, .jsonPath: return try StructuredText.text(of: document, format)
    }
  }

  private static func list(_ holders: [Holder], isWide: Bool) -> String {
    guard !holders.isEmpty else { return "-" }
    let texts = holders.map { holder in
      let name = holder.isModel && !isWide ? holder.name : "\(holder.namespace)/\(holder.name)"
      return "\(Excerpt.line(name)) (\(holder.count))"
    }
    return texts.joined(separator: ", ")
  }

  private var document: JSONValue {
    let list = rows.map { row -> JSONValue in
      [
        "node": .string(row.node), "product": .string(row.product),
        "resource": .string(row.resource), "total": .integer(Int64(row.total)),
        "used": .integer(Int64(row.used)), "free": .integer(Int64(row.free)),
        "available": .bool(row.isAvailable),
        "holders": .array(
          row.holders.map { holder in
            [
              "name": .string(holder.name), "namespace": .string(holder.namespace),
              "model": .bool(holder.isModel), "count": .integer(Int64(holder.count)),
            ]
          }),
      ]
    }
    return [
      "gpus": .array(list),
      "total": .integer(Int64(rows.reduce(0) { $0 + $1.total })),
      "used": .integer(Int64(rows.reduce(0) { $0 + $1.used })),
      "free": .integer(Int64(rows.reduce(0) { $0 + $1.free })),
    ]
  }
}
