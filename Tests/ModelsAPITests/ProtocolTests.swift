import FoundationEssentials
import HTTPTypes
import Kubernetes
import ModelCore
import ModelsAPI
import TestSupport
import Testing

@Suite("HTTP")
struct ProtocolTests {
  private static let models = APIClient.models

  @Test("Who has no token, or a bad one, gets 401 on every operation and learns nothing")
  func unauthorized() async throws {
    try await APIBench().run { client in
      try await client.call(.post, Self.models, SpecificationTests.request())
      let bad: [String?] = [
        nil, "Bearer", "Bearer ", "Basic YTpi", "Bearer x.y.z", "bearer",
        "Bearer \(try client.token(APIClient.owner))x",
      ]
      for route in APIRoute.all {
        guard case .everybody = route.access else {
          let path = route.template.replacing("{model_id}", with: "llama-7b")
          for field in bad {
            var headers: HTTPFields = [:]
            headers[.authorization] = field
            let answer = try await client.call(
              route.method, path, route.method == .post ? [:] : nil, as: nil, headers: headers)
            #expect(answer.status == 401, "\(route.method) \(path) \(field ?? "")")
            #expect(answer[header: "WWW-Authenticate"]?.hasPrefix("Bearer") == true)
          }
          continue
        }
      }
    }
  }

  @Test("A reader reads, and writing is 403")
  func roles() async throws {
    try await APIBench().run { client in
      try await client.call(.post, Self.models, SpecificationTests.request())
      let reader = APIClient.reader
      #expect(try await client.call(.get, Self.models, as: reader).status == 200)
      #expect(try await client.call(.get, Self.models + "/llama-7b", as: reader).status == 200)
      let writes: [(HTTPRequest.Method, String, JSONValue?)] = [
        (.post, "", SpecificationTests.request("b")), (.post, "/yaml", ["name": "b"]),
        (.put, "/llama-7b", ["tags": []]), (.delete, "/llama-7b", nil), (.delete, "/none", nil),
      ]
      for (method, path, body) in writes {
        let answer = try await client.call(method, Self.models + path, body, as: reader)
        #expect(answer.status == 403, "\(method) \(path)")
      }
      #expect(try await client.call(.get, Self.models).json["total"] == 1)
    }
  }

  @Test("Two organizations: none sees, changes or learns of the other's models")
  func organizations() async throws {
    let bench = APIBench()
    try await bench.run { client in
      try await client.call(.post, Self.models, SpecificationTests.request("mine"))
      let stranger = APIClient.stranger
      #expect(
        try await client.call(.get, Self.models, as: stranger).json == ["models": [], "total": 0])
      let paths = [
        "mine", "jan-models%2Fmine", "jan-models/mine", "mine%2F", "..%2F..%2Fmine", "mine%00",
        "MINE", "%6Dine", "mine?organization_id=123", "mine?organization=123",
      ]
      for path in paths {
        for (method, body) in [
          (.get, nil), (.delete, nil), (.put, ["tags": ["stolen"]]),
        ] as [(HTTPRequest.Method, JSONValue?)] {
          let answer = try await client.call(
            method, Self.models + "/" + path, body, as: stranger,
            headers: [.init("X-Organization-Id") ?? .via: "123"])
          #expect(answer.status == 404 || answer.status == 405, "\(method) \(path)")
          if path == "mine" || path == "%6Dine" {
            let never = try await client.call(
              method, Self.models + "/never-was", body, as: stranger)
            #expect(answer.text == never.text)
          }
        }
      }
      for query in ["organization_id=123", "status=pending", "managed=true", "tag=llama", "after="]
      {
        #expect(
          try await client.call(.get, Self.models + "?" + query, as: stranger).json["total"] == 0)
      }
      var request = SpecificationTests.request("theirs")
      request["organization_id"] = 123
      request["namespace"] = "kube-system"
      let created = try await client.call(.post, Self.models, request, as: stranger)
      #expect(created.json["model", "organization_id"] == 7)
      #expect(created.json["model", "namespace"] == "jan-models")
      let mine = try await client.call(.get, Self.models + "/mine")
      #expect(mine.json["model", "tags"] == ["llama", "chat", "7b"])
      #expect(try await client.call(.get, Self.models).json["total"] == 1)
    }
  }

  @Test("A Deployment of nobody, or one that is being deleted, is not told")
  func strangers() async throws {
    let bench = APIBench()
    try await bench.run { client in
      try await client.call(.post, Self.models, SpecificationTests.request())
      bench.cluster.edit(
        K8s.Deployment.resourceKind, "llama-7b", namespace: "jan-models",
        ["metadata": ["labels": ["jan-server.menlo.ai/organization": .null]]])
      #expect(
        await eventually { bench.shelf.models(of: "123").isEmpty })
      #expect(try await client.call(.get, Self.models + "/llama-7b").status == 404)
    }
  }

  @Test("Unknown paths are 404 and unknown methods 405, in JSON, and say what there is")
  func paths() async throws {
    try await APIBench().run { client in
      for path in ["/", "/v1", "/v2/organization/models", "/v1/organization/models/a/b", "/x%ZZ"] {
        let answer = try await client.call(.get, path)
        #expect(answer.status == 404, "\(path)")
        #expect(answer.error != nil)
      }
      let answer = try await client.call(.patch, Self.models)
      #expect(answer.status == 405)
      #expect(answer[header: "Allow"] == "GET, POST, HEAD, OPTIONS")
      let options = try await client.call(.options, Self.models + "/a", as: nil)
      #expect(options.status == 204)
      #expect(options[header: "Allow"] == "GET, PUT, DELETE, HEAD, OPTIONS")
      #expect(try await client.call(.get, Self.models + "/").status == 200)
      let head = try await client.call(.head, Self.models)
      #expect(head.status == 200)
      #expect(head.text.isEmpty)
      #expect(head[header: "Content-Length"] == "23")
      let reserved = try await client.call(.get, Self.models + "/yaml")
      #expect(reserved.status == 405)
      #expect(reserved[header: "Allow"] == "POST, OPTIONS")
    }
  }

  @Test("Bodies are held to type, size and depth, and what is no JSON is told by its place")
  func bodies() async throws {
    var bench = APIBench()
    bench.settings.largestBody = 4_096
    try await bench.run { client in
      let json: HTTPFields = [.contentType: "application/json; charset=utf-8"]
      let cases: [(String, HTTPFields, Int)] = [
        ("", json, 400), ("{", json, 400), ("[]", json, 400), ("null", json, 400),
        ("{}", [.contentType: "text/yaml"], 415), ("{}", [.contentType: "text/plain"], 415),
        (String(repeating: "[", count: 4_000), json, 400),
        ("{\"name\":\"\(String(repeating: "a", count: 5_000))\"}", json, 413),
        ("{\"name\":\"a\u{0}\"}", json, 400), ("{} {}", json, 400),
      ]
      for (body, headers, status) in cases {
        for (method, path) in [(.post, ""), (.post, "/yaml")] as [(HTTPRequest.Method, String)] {
          let answer = try await client.send(method, Self.models + path, body, headers: headers)
          #expect(answer.status == status, "\(body.prefix(20)) \(answer.text)")
          #expect(answer.error != nil)
        }
      }
    }
  }

  @Test("Requests have ids: the client's where it is harmless, else a new one")
  func requestIDs() async throws {
    let bench = APIBench()
    let name = try #require(HTTPField.Name("X-Request-Id"))
    try await bench.run { client in
      let kept = try await client.call(.get, "/healthz", as: nil, headers: [name: "abc-1.2_3"])
      #expect(kept[header: "X-Request-Id"] == "abc-1.2_3")
      for bad in ["a b", "", String(repeating: "a", count: 200), "a\"b"] {
        let made = try await client.call(.get, "/healthz", as: nil, headers: [name: bad])
        #expect(made[header: "X-Request-Id"]?.count == 32)
      }
    }
    #expect(bench.log.all.contains { $0.contains("abc-1.2_3") && $0.contains("/healthz") })
  }

  @Test("Who asks too often gets 429 and when to come again; others are not held up")
  func rate() async throws {
    var bench = APIBench()
    bench.settings.rate = 0.001
    try await bench.run { client in
      #expect(try await client.call(.get, Self.models).status == 200)
      let answer = try await client.call(.get, Self.models)
      #expect(answer.status == 429)
      #expect(answer[header: "Retry-After"].flatMap { Int($0) } ?? 0 > 0)
      #expect(try await client.call(.get, Self.models, as: APIClient.reader).status == 200)
      #expect(try await client.call(.get, "/healthz", as: nil).status == 200)
    }
  }

  @Test("Without a cluster everything about models is 403 in the specification's words")
  func unconfigured() async throws {
    var bench = APIBench()
    bench.backend = UnconfiguredBackend()
    try await bench.run { client in
      let requests: [(HTTPRequest.Method, String, JSONValue?)] = [
        (.get, "", nil), (.post, "", SpecificationTests.request()), (.get, "/a", nil),
        (.put, "/a", [:]), (.delete, "/a", nil), (.post, "/yaml", [:]),
      ]
      for (method, path, body) in requests {
        let answer = try await client.call(method, Self.models + path, body)
        #expect(answer.status == 403)
        #expect(
          answer.json == [
            "error": "models API only available when running in Kubernetes cluster"
          ])
      }
      #expect(try await client.call(.get, "/readyz", as: nil).status == 200)
    }
  }

  @Test("While the cluster is away models are 503, and no internals are told")
  func away() async throws {
    let bench = APIBench()
    try await bench.run { client in
      #expect(try await client.call(.get, "/readyz", as: nil).status == 200)
      let error = APIError.transport("connection to 10.0.0.1:6443 refused", kind: .refused)
      bench.cluster.setFault { _ in .refuse(error) }
      bench.cluster.endWatches(throwing: error)
      #expect(
        await eventually { (try? await client.call(.get, Self.models).status) == 503 })
      let answer = try await client.call(.get, Self.models)
      #expect(answer[header: "Retry-After"] != nil)
      #expect(answer.error?.contains("10.0.0.1") == false)
      #expect(try await client.call(.get, "/readyz", as: nil).status == 503)
      #expect(try await client.call(.get, "/healthz", as: nil).status == 200)
      bench.cluster.setFault(nil)
      #expect(
        await eventually { (try? await client.call(.get, Self.models).status) == 200 })
    }
  }

  @Test("A refusal of the cluster is 502, and its text stays in the log")
  func refused() async throws {
    let bench = APIBench()
    try await bench.run { client in
      let status = K8s.Status(
        code: 403, reason: "Forbidden", message: "serviceaccount:secret-name cannot create")
      bench.cluster.setFault { $0.method == .post ? .refuse(.status(status)) : nil }
      let answer = try await client.call(.post, Self.models, SpecificationTests.request())
      #expect(answer.status == 502)
      #expect(answer.error?.contains("secret-name") == false)
      #expect(bench.log.all.contains { $0.contains("secret-name") })
    }
  }

  @Test("The document has every route, and no path that is not routed")
  func document() async throws {
    try await APIBench().run { client in
      let answer = try await client.call(.get, "/openapi.json", as: nil)
      #expect(answer.json["openapi"] == "3.1.0")
      let paths = answer.json["paths"]?.objectValue ?? [:]
      let written = paths.flatMap { path, operations in
        (operations.objectValue ?? [:]).keys.map { "\($0) \(path)" }
      }
      let routed = APIRoute.all.map { "\($0.method.rawValue.lowercased()) \($0.template)" }
      #expect(Set(written) == Set(routed))
      let fields = answer.json["components", "schemas", "CreateModelRequest", "properties"]
      #expect(
        Set((fields?.objectValue ?? [:]).keys) == Set(CreateField.allCases.map(\.rawValue)))
    }
  }

  @Test("Metrics count requests by operation and status, and models by status")
  func metrics() async throws {
    try await APIBench().run { client in
      try await client.call(.post, Self.models, SpecificationTests.request())
      try await client.call(.get, Self.models)
      try await client.call(.get, "/nowhere", as: nil)
      let text = try await client.call(.get, "/metrics", as: nil).text
      let lines = text.split(separator: "\n")
      #expect(
        lines.contains(
          "modeldeck_http_requests_total{operation=\"listModels\",method=\"GET\",status=\"200\"} 1")
      )
      #expect(
        lines.contains(
          "modeldeck_http_requests_total{operation=\"none\",method=\"GET\",status=\"404\"} 1"))
      #expect(lines.contains("modeldeck_ready 1"))
      #expect(lines.contains { $0.hasPrefix("modeldeck_models{status=\"running\"} ") })
    }
  }
}
