import TerminalUI
import Testing

@Suite("Column fit")
struct ColumnFitTests {
  private func columns(name: Int = 20) -> [ColumnSpec<String>] {
    [
      ColumnSpec(
        "name", title: "NAME", minimum: 10, ideal: name, priority: 0, keepsIdeal: true,
        isRequired: true),
      ColumnSpec("status", title: "STATUS", minimum: 8, ideal: 12, priority: 1, isRequired: true),
      ColumnSpec("ready", title: "READY", minimum: 5, ideal: 5, priority: 2, alignment: .trailing),
      ColumnSpec("node", title: "NODE", minimum: 6, ideal: 15, priority: 4),
      ColumnSpec("age", title: "AGE", minimum: 4, ideal: 4, priority: 3),
    ]
  }

  private func fit(_ width: Int, name: Int = 20) -> String {
    ColumnFit.fit(columns(name: name), width: width).map { "\($0.id):\($0.offset)+\($0.width)" }
      .joined(separator: " ")
  }

  @Test(arguments: [
    (200, 20, "name:0+20 status:22+12 ready:36+5 node:43+15 age:60+4"),
    (64, 20, "name:0+20 status:22+12 ready:36+5 node:43+15 age:60+4"),
    // First columns shrink to their minimum, least important first; the name stays whole.
    (60, 20, "name:0+20 status:22+12 ready:36+5 node:43+11 age:56+4"),
    (52, 20, "name:0+20 status:22+9 ready:33+5 node:40+6 age:48+4"),
    (51, 20, "name:0+20 status:22+8 ready:32+5 node:39+6 age:47+4"),
    // Then whole columns go.
    (50, 20, "name:0+20 status:22+12 ready:36+5 age:43+4"),
    (40, 20, "name:0+20 status:22+11 ready:35+5"),
    (34, 20, "name:0+20 status:22+12"),
    (30, 20, "name:0+20 status:22+8"),
    // A name that cannot be whole is cut only when nothing but it and the status is left.
    (29, 20, "name:0+19 status:21+8"),
    (20, 20, "name:0+10 status:12+8"),
    (19, 20, "name:0+19"), (5, 20, "name:0+5"), (0, 20, "name:0+0"),
    (80, 63, "name:0+63 status:65+8 ready:75+5"),
    (60, 63, "name:0+50 status:52+8"),
  ])
  func fits(width: Int, name: Int, result: String) {
    #expect(fit(width, name: name) == result)
  }

  @Test("Never wider than the width, never a name cut while a lesser column is there")
  func invariants() {
    for width in 0...120 {
      for name in 1...63 {
        let fitted = ColumnFit.fit(columns(name: name), width: width)
        #expect(fitted.last.map { $0.offset + $0.width <= width } ?? true)
        guard let first = fitted.first, first.id == "name" else {
          Issue.record("no name at \(width)")
          continue
        }
        if first.width < name { #expect(fitted.allSatisfy { $0.spec.isRequired }) }
      }
    }
  }

  @Test func drawsATable() {
    var frame = Frame(size: Size(rows: 3, columns: 40))
    let columns = ColumnFit.fit(columns(), width: 40)
    TableHeader(columns: columns, sorted: "status").draw(into: &frame, rect: frame.bounds)
    let cells: [String: StyledText] = [
      "name": "llama-3.1-8b", "status": StyledText("● running", Style(.indexed(2))), "ready": "2/2",
    ]
    let wide: [String: StyledText] = [
      "name": "深度求索-r1-distill-llama", "status": "creating a lot", "ready": "0/10",
    ]
    for (row, cells) in [cells, wide].enumerated() {
      TableRow(columns: columns, override: row == 1 ? Style(.default, .reverse) : nil) {
        cells[$0] ?? ""
      }.draw(into: &frame, rect: Rect(row: row + 1, column: 0, rows: 1, columns: 40))
    }
    #expect(
      frame.lines == [
        "NAME                  STATUS▲      READY",
        "llama-3.1-8b          ● running      2/2",
        "深度求索-r1-distill…  creating a…   0/10",
      ])
    #expect(frame[1, 22].style == Style(.indexed(2)))
    #expect(frame.row(2).allSatisfy { $0.style == Style(.default, .reverse) })
  }

  @Test func cutsInTheMiddleWhereAsked() {
    var frame = Frame(size: Size(rows: 1, columns: 12))
    let columns = ColumnFit.fit(
      [ColumnSpec("pod", title: "POD", minimum: 5, ideal: 12, priority: 0)], width: 12)
    TableRow(columns: columns, cut: { _ in .middle }) { _ in "llama-7d9f8b6c5-x2x4z" }
      .draw(into: &frame, rect: frame.bounds)
    #expect(frame.lines == ["llama-…x2x4z"])
  }
}
