import HTTPTypes
import Kubernetes
import ModelsAPI
import Testing

/// Reads that bring nothing where nothing is new.
@Suite("Entity tags")
struct EntityTagTests {
  private static let models = APIClient.models

  private func get(
    _ client: APIClient, _ path: String, known: String, as caller: Caller = APIClient.owner,
    _ method: HTTPRequest.Method = .get
  ) async throws -> Answer {
    try await client.call(method, path, as: caller, headers: [.ifNoneMatch: known])
  }

  @Test("What is known is not sent again, and what changed is")
  func unchanged() async throws {
    try await APIBench().run { client in
      try await client.call(.post, Self.models, SpecificationTests.request())
      for path in [
        Self.models, Self.models + "/llama-7b", Self.models + "?tag=chat&limit=5",
        Self.models + "?managed=false",
      ] {
        // It gets its endpoint and its status; what is there then stays.
        var answer = try await client.call(.get, path)
        var tag = try #require(answer[header: "ETag"])
        while try await get(client, path, known: tag).status == 200 {
          answer = try await client.call(.get, path)
          tag = try #require(answer[header: "ETag"])
        }
        #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""), "a strong one")
        for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
          for method in [.get, .head] as [HTTPRequest.Method] {
            let same = try await get(client, path, known: known, method)
            #expect(same.status == 304, "\(method) \(path) \(known)")
            #expect(same.text.isEmpty)
            #expect(same[header: "ETag"] == tag)
            #expect(same[header: "Content-Type"] == nil)
            #expect(same[header: "Cache-Control"] == "private, no-cache")
            #expect(same[header: "Vary"] == "Authorization")
          }
        }
        for known in ["\"other\"", tag.replacing("\"", with: ""), "", ",", "\"*\""] {
          #expect(try await get(client, path, known: known).json == answer.json, "\(known)")
        }
      }
      let (list, one) = (Self.models, Self.models + "/llama-7b")
      let tags = (
        try #require(try await client.call(.get, list)[header: "ETag"]),
        try #require(try await client.call(.get, one)[header: "ETag"])
      )
      try await client.call(.put, one, ["description": "new"])
      #expect(try await get(client, list, known: tags.0).status == 200)
      let changed = try await get(client, one, known: tags.1)
      #expect(changed.json["model", "description"] == "new")
      try await client.call(.delete, one)
      #expect(try await get(client, one, known: "*").status == 404)
      #expect(try await get(client, list, known: tags.0).json["total"] == 0)
    }
  }

  @Test("A tag is good for its organization and its question, and opens nothing")
  func scope() async throws {
    try await APIBench().run { client in
      try await client.call(.post, Self.models, SpecificationTests.request())
      let answer = try await client.call(.get, Self.models)
      let tag = try #require(answer[header: "ETag"])
      #expect(
        try await get(client, Self.models, known: tag, as: APIClient.stranger).json
          == ["models": [], "total": 0])
      let one = Self.models + "/llama-7b"
      let own = try #require(try await client.call(.get, one)[header: "ETag"])
      for known in [own, tag, "*"] {
        let foreign = try await get(client, one, known: known, as: APIClient.stranger)
        #expect(foreign.status == 404)
        #expect(foreign.error == "model not found in organization")
        #expect(foreign[header: "ETag"] == nil)
      }
      #expect(try await get(client, Self.models + "?limit=1", known: tag).status == 200)
      #expect(try await get(client, one, known: tag).status == 200)
      #expect(try await get(client, Self.models + "?status=x", known: tag).status == 400)
      let nobody = try await client.call(
        .get, Self.models, as: nil, headers: [.ifNoneMatch: tag])
      #expect(nobody.status == 401)
    }
  }
}
