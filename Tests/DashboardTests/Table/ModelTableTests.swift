import Dashboard
import ModelCore
import TestSupport
import Testing

@Suite("Model table")
struct ModelTableTests {
  /// Random updates, filters and sorts: what is shown is always what filtering and sorting everything anew gives.
  @Test(arguments: [11, 12, 13, 14, 15] as [UInt64])
  func incrementalOrderIsThatOfStartingOver(seed: UInt64) {
    var random = SeededGenerator(seed)
    var table = ModelTable(organization: "1")
    var models: [ModelID: Model] = [:]
    for step in 0..<400 {
      switch Int.random(in: 0..<20, using: &random) {
      case 0:
        let column = Column.ID.allCases.randomElement(using: &random) ?? .name
        table.sort(by: column, isDescending: Bool.random(using: &random))
      case 1:
        let text = ["", "1", "!1", "chat", "run", "gpu-node-2 run"].randomElement(using: &random)
        let statuses: [ModelStatus?] = [nil, .running, .failed]
        let status = statuses.randomElement(using: &random) ?? nil
        table.setFilter {
          $0.text = text ?? ""
          $0.status = status
          $0.managed = RowFilter.Managed.allCases.randomElement(using: &random) ?? .all
          $0.showsOtherOrganizations = Bool.random(using: &random)
        }
      case 2:
        let new = (0..<40).map { _ in Self.model(&random) }
        models = Dictionary(new.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        table.apply(
          changed: Array(models.values), removed: [], isComplete: true,
          now: DashboardFixtures.now, highlights: false)
      default:
        let changed = (0..<Int.random(in: 0..<4, using: &random)).map { _ in Self.model(&random) }
        let removed = models.keys.filter { _ in Int.random(in: 0..<20, using: &random) == 0 }
        for id in removed { models[id] = nil }
        for model in changed { models[model.id] = model }
        table.apply(
          changed: changed, removed: removed, isComplete: false, now: DashboardFixtures.now,
          highlights: true)
      }
      expectSame(table, models, step)
    }
  }

  private func expectSame(_ table: ModelTable, _ models: [ModelID: Model], _ step: Int) {
    var fresh = ModelTable(organization: "1")
    fresh.sort(by: table.sortColumn, isDescending: table.isDescending)
    fresh.setFilter { $0 = table.filter }
    fresh.apply(
      changed: Array(models.values), removed: [], isComplete: true, now: DashboardFixtures.now,
      highlights: false)
    #expect(table.ids == fresh.ids, "step \(step)")
    #expect(table.counts.filter { $0.value != 0 } == fresh.counts, "step \(step)")
    #expect(table.countInScope == fresh.countInScope, "step \(step)")
  }

  private static func model(_ random: inout SeededGenerator) -> Model {
    let statuses: [ModelStatus] = [.running, .failed, .pending, .creating]
    var model = DashboardFixtures.model(
      "m-\(Int.random(in: 0..<60, using: &random))",
      status: statuses.randomElement(using: &random) ?? .running)
    // Always what the name says, so that one identity does not change its owner at random.
    model.tags = Bool.random(using: &random) ? ["chat"] : []
    model.restarts = Int.random(in: 0..<3, using: &random)
    model.nodes = Bool.random(using: &random) ? ["gpu-node-2"] : []
    if Int.random(in: 0..<4, using: &random) == 0 { model.isManaged = false }
    if Int.random(in: 0..<4, using: &random) == 0 { model.organization = "2" }
    return model
  }

  private func table(_ names: [String]) -> ModelTable {
    var table = ModelTable(organization: "1")
    apply(names, to: &table)
    return table
  }

  private func apply(_ names: [String], removed: [String] = [], to table: inout ModelTable) {
    table.apply(
      changed: names.map { DashboardFixtures.model($0) },
      removed: removed.map { ModelID(namespace: "jan-models", name: $0) }, isComplete: false,
      now: DashboardFixtures.now, highlights: false)
  }

  @Test func selectionFollowsItsModel() {
    var table = table(["b", "d", "f"])
    table.select(index: 1)
    apply(["a", "c", "e"], to: &table)
    #expect(table.selectedID?.name == "d")
    table.sort(by: .name, isDescending: true)
    #expect(table.selectedID?.name == "d")
  }

  @Test(arguments: [("b", "c"), ("c", "b")])
  func whenTheSelectedModelGoesItsNeighbourIsSelected(gone: String, next: String) {
    var table = table(["a", "b", "c"])
    table.select(ModelID(namespace: "jan-models", name: gone))
    apply([], removed: [gone], to: &table)
    #expect(table.selectedID?.name == next)
  }

  @Test func aFilterThatHidesTheSelectionGivesItBack() {
    var table = table(["alpha", "beta", "gamma"])
    table.select(ModelID(namespace: "jan-models", name: "beta"))
    table.setFilter { $0.text = "ga" }
    #expect(table.selectedID?.name == "gamma")
    table.setFilter { $0.text = "" }
    #expect(table.selectedID?.name == "beta")
  }

  @Test(arguments: [
    ("LLAMA", ["llama-70b", "blue-llama", "codellama-34b"]),
    ("instruct", ["llama-70b"]), ("prod", ["llama-70b"]),
    ("gpu-node-3", ["mistral-7b", "qwen2-72b"]), ("crash_loop", ["qwen2-72b"]),
    ("custom-vllm", ["blue-llama"]), ("weights", ["phi-3-mini"]), ("lab ", ["blue-llama"]),
    ("llama chat", ["llama-70b"]), ("no such thing", []),
  ])
  func textFindsModelsByWhatTheyShow(text: String, names: [String]) {
    var table = ModelTable(organization: "1")
    table.apply(
      changed: DashboardFixtures.models, removed: [], isComplete: true,
      now: DashboardFixtures.now, highlights: false)
    table.setFilter { $0.text = text }
    #expect(Set(table.ids.map(\.name)) == Set(names))
    let all = table.countInScope
    if !names.isEmpty {
      table.setFilter { $0.text = "!" + text }
      #expect(table.count == all - names.count)
      #expect(Set(table.ids.map(\.name)).isDisjoint(with: names))
    }
  }

  @Test func otherOrganizationsManagedModelsAreShownOnRequestOnly() {
    var table = ModelTable(organization: "1")
    table.apply(
      changed: DashboardFixtures.models, removed: [], isComplete: true,
      now: DashboardFixtures.now, highlights: false)
    #expect(!table.ids.contains { $0.name == "secret-of-two" })
    #expect(table.ids.contains { $0.name == "blue-llama" })
    table.setFilter { $0.showsOtherOrganizations = true }
    #expect(table.ids.contains { $0.name == "secret-of-two" })
    #expect(table.countInScope == 13)
  }
}
