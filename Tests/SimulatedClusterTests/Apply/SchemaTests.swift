import Kubernetes
import Testing

@testable import SimulatedCluster

@Suite("Types of the API")
struct SchemaTests {
  @Test func everyNamedTypeIsThere() {
    func names(_ schema: Schema) -> [String] {
      switch schema {
      case .object(let name, _): [name]
      case .map(let item, _), .list(let item, _): names(item)
      default: []
      }
    }
    for type in SchemaCatalog.types.values {
      for (field, entry) in type.fields {
        for name in names(entry.schema) {
          #expect(SchemaCatalog.type(name) != nil, "\(type.name).\(field) is a \(name)")
        }
      }
    }
  }

  @Test func everyBuiltInKindHasItsType() {
    for definition in BuiltIn.all {
      guard case .object(let name, _) = definition.schema else { continue }
      #expect(SchemaCatalog.type(name)?.fields["metadata"] != nil, "\(name)")
    }
  }

  @Test(arguments: [
    ("containers", Schema.ListKind.map(keys: ["name"])), ("tolerations", .atomic),
    ("imagePullSecrets", .map(keys: ["name"])), ("volumes", .map(keys: ["name"])),
  ])
  func listsOfPodsKnowTheirKeys(_ field: String, _ kind: Schema.ListKind) throws {
    let schema = try #require(SchemaCatalog.type("PodSpec")?.fields[field]?.schema)
    guard case .list(_, let found) = schema else {
      Issue.record("\(field) is no list")
      return
    }
    #expect(found == kind)
  }

  @Test func fieldsThatDoNotExistAreDroppedAndNamed() throws {
    let definition = try #require(BuiltIn.all.first { $0.id == BuiltIn.deployments })
    var check = SchemaCheck(definition)
    let object = try check.check([
      "metadata": ["name": "a"],
      "spec": ["replicas": 1, "replica": 2, "template": ["spec": ["container": []]]],
    ])
    #expect(object["spec", "replica"] == nil)
    #expect(object["spec", "replicas"] == 1)
    #expect(check.unknownFields.sorted() == ["spec.replica", "spec.template.spec.container"])
  }

  @Test(arguments: [
    ("dg==", true), ("dg=", false), ("d g==", false), ("dg==\n", true), ("", true), ("!!", false),
    ("dmFsdWU=", true), ("dmFsdWU", false),
  ])
  func secretsHoldBase64(_ text: String, _ isLegal: Bool) throws {
    let definition = try #require(BuiltIn.all.first { $0.id == BuiltIn.secrets })
    var check = SchemaCheck(definition)
    let object: JSONValue = ["metadata": ["name": "a"], "data": ["k": .string(text)]]
    if isLegal {
      #expect(throws: Never.self) { try check.check(object) }
    } else {
      #expect(throws: Refusal.self) { try check.check(object) }
    }
  }
}
