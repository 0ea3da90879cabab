import Foundation
import Kubernetes
import KubernetesClient
import Testing

@Suite("Streams")
struct StreamTests {
  @Test(arguments: [1, 2, 3, 5, 7, 64, 4_096])
  func cutsLinesWhereverTheChunksEnd(chunk: Int) async throws {
    let lines = [
      #"{"type":"ADDED","name":"ünï"}"#, "", "plain", String(repeating: "y", count: 900),
    ]
    let text = Data((lines.joined(separator: "\n") + "\r\nlast without newline").utf8)
    let steps = stride(from: 0, to: text.count, by: chunk).map { start in
      StubServer.Step.send(text[start..<min(start + chunk, text.count)])
    }
    try await StubServer.run(script: { _, _ in StubServer.Answer(steps: steps) }) { server in
      let received = try await withClient(server.configuration()) { client in
        try await all(client.lines(.watch("/api/v1/pods")))
      }
      #expect(received == lines + ["last without newline"])
    }
  }

  @Test func takesALineOfManyMegabytes() async throws {
    let line = Data(repeating: UInt8(ascii: "z"), count: 24 << 20)
    let start = ContinuousClock.now
    try await StubServer.run(script: { _, _ in
      StubServer.Answer(steps: [.send(line), .send("\nnext\n")])
    }) { server in
      let received = try await withClient(server.configuration()) { client in
        try await all(client.lines(.watch("/api/v1/pods")))
      }
      #expect(received.map(\.utf8.count) == [24 << 20, 4])
    }
    // Looking at a byte more than once would take minutes.
    #expect(.now - start < .seconds(120))
  }

  @Test func handsOverALineBeforeTheNextIsThere() async throws {
    let gate = StubServer.Gate()
    try await StubServer.run(script: { _, _ in
      .stream(.send("first\nsec"), .wait(gate), .send("ond\n"))
    }) { server in
      try await withClient(server.configuration()) { client in
        var lines = try await client.lines(.watch("/x")).makeAsyncIterator()
        #expect(try await lines.next() == Data("first".utf8))
        gate.open()
        #expect(try await lines.next() == Data("second".utf8))
        #expect(try await lines.next() == nil)
      }
    }
  }

  @Test func saysWhenTheBodyIsCut() async throws {
    try await StubServer.run(script: { _, _ in .stream(.send("one\ntw"), .cut) }) { server in
      try await withClient(server.configuration()) { client in
        let lines = try await client.lines(.watch("/x"))
        var received: [Data] = []
        let error = try await failure {
          for try await line in lines { received.append(line) }
        }
        #expect(received == [Data("one".utf8)])
        #expect(error.description == "the connection to 127.0.0.1:\(server.port) was cut")
        guard case .transport(_, .cut) = error else {
          Issue.record("\(error)")
          return
        }
      }
    }
  }

  @Test(arguments: [false, true])
  func closesTheStreamWhenNobodyListensAnyMore(overTLS: Bool) async throws {
    let authority = try TestAuthority()
    let gate = StubServer.Gate()
    try await StubServer.run(
      tls: overTLS ? try authority.issue() : nil,
      script: { _, _ in .stream(.send("one\n"), .wait(gate)) }
    ) { server in
      let configuration = server.configuration(authority: overTLS ? authority : nil)
      try await withClient(configuration) { client in
        do {
          let stream = try await client.lines(.watch("/x"))
          for try await line in stream {
            #expect(line == Data("one".utf8))
            #expect(server.openRequests == 1)
            break
          }
        }
        try await waitUntil("the dropped stream is closed") { server.openRequests == 0 }

        let listener = Task {
          var count = 0
          for try await _ in try await client.lines(.watch("/x")) { count += 1 }
          return count
        }
        try await waitUntil("the second watch is there") { server.openRequests == 1 }
        listener.cancel()
        try await waitUntil("the cancelled stream is closed") { server.openRequests == 0 }
      }
    }
  }

  @Test func keepsAWatchAndRequestsOnOneConnection() async throws {
    let authority = try TestAuthority()
    let gate = StubServer.Gate()
    try await StubServer.run(
      tls: try authority.issue(),
      script: { request, _ in
        request.uri.contains("watch") ? .stream(.send("one\n"), .wait(gate)) : .json("{}")
      }
    ) { server in
      try await withClient(server.configuration(authority: authority)) { client in
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<8 { group.addTask { _ = try await client.perform(.get("/api/v1/pods")) } }
          try await group.waitForAll()
        }
        var watches: [AsyncThrowingStream<Data, any Error>.AsyncIterator] = []
        for _ in 0..<12 {
          var lines = try await client.lines(.watch("/x")).makeAsyncIterator()
          _ = try await lines.next()
          watches.append(lines)
        }
        _ = try await client.perform(.get("/version"))
        #expect(server.connections == 1)
        #expect(server.openRequests == 12)
        withExtendedLifetime(watches) {}
      }
    }
  }

  @Test func hasManyWatchesAndARequestOverHTTP1() async throws {
    let gate = StubServer.Gate()
    try await StubServer.run(script: { request, _ in
      request.uri.contains("watch") ? .stream(.send("one\n"), .wait(gate)) : .json("{}")
    }) { server in
      try await withClient(server.configuration()) { client in
        var watches: [AsyncThrowingStream<Data, any Error>.AsyncIterator] = []
        for _ in 0..<12 {
          var lines = try await client.lines(.watch("/x")).makeAsyncIterator()
          _ = try await lines.next()
          watches.append(lines)
        }
        _ = try await client.perform(.get("/version"))
        #expect(server.openRequests == 12)
        withExtendedLifetime(watches) {}
      }
    }
  }

  @Test func unpacksAWatchThatAGatewayPacked() async throws {
    let packed = try gzip(Data("one\ntwo\n".utf8))
    try await StubServer.run(script: { _, _ in
      StubServer.Answer(
        headers: ["content-encoding": "gzip"],
        steps: [.send(packed.prefix(9)), .send(packed.dropFirst(9))])
    }) { server in
      let received = try await withClient(server.configuration()) { client in
        try await all(client.lines(.watch("/x")))
      }
      #expect(received == ["one", "two"])
    }
  }

  @Test func givesUpAnHTTP1WatchThatBringsNothing() async throws {
    let gate = StubServer.Gate()
    var options = HTTPClusterAPI.Options()
    options.watchIdleTimeout = .milliseconds(200)
    try await StubServer.run(script: { _, _ in .stream(.send("one\n"), .wait(gate)) }) { server in
      try await withClient(server.configuration(), options: options) { client in
        let error = try await failure { _ = try await all(client.lines(.watch("/x"))) }
        #expect(error.description == "nothing came from the API server for 200 ms (watch /x)")
        try await waitUntil("the stream is closed") { server.openRequests == 0 }
      }
    }
  }

  @Test func noticesThatAServerIsFrozen() async throws {
    let authority = try TestAuthority()
    var options = HTTPClusterAPI.Options()
    options.pingInterval = .milliseconds(100)
    options.pingTimeout = .milliseconds(200)
    try await StubServer.run(
      tls: try authority.issue(), script: { _, _ in .stream(.send("one\n"), .freeze) }
    ) { server in
      try await withClient(server.configuration(authority: authority), options: options) { client in
        let error = try await failure { _ = try await all(client.lines(.watch("/x"))) }
        #expect(
          error.description
            == "127.0.0.1:\(server.port) stopped answering: nothing came for 300 ms")
      }
    }
  }

  @Test func leavesAQuietWatchAloneWhileTheServerLives() async throws {
    let authority = try TestAuthority()
    let gate = StubServer.Gate()
    var options = HTTPClusterAPI.Options()
    options.pingInterval = .milliseconds(50)
    options.pingTimeout = .seconds(120)
    try await StubServer.run(
      tls: try authority.issue(), script: { _, _ in .stream(.wait(gate), .send("late\n")) }
    ) { server in
      try await withClient(server.configuration(authority: authority), options: options) { client in
        let lines = try await client.lines(.watch("/x"))
        try await waitUntil("the server was asked for signs of life") { server.pings >= 5 }
        gate.open()
        #expect(try await all(lines) == ["late"])
        #expect(server.connections == 1)
      }
    }
  }

  @Test func throwsTheRefusalOfAWatch() async throws {
    try await StubServer.run(script: { _, _ in
      .json(#"{"kind":"Status","code":410,"reason":"Expired","message":"too old"}"#, status: 410)
    }) { server in
      let error = try await withClient(server.configuration()) { client in
        try await failure { _ = try await client.lines(.watch("/x")) }
      }
      #expect(error.isExpired)
    }
  }

  @Test func holdsTheServerBackWhereTheConsumerIsSlow() async throws {
    let lines = String(repeating: String(repeating: "w", count: 1_023) + "\n", count: 20_000)
    try await StubServer.run(script: { _, _ in .stream(.send(lines)) }) { server in
      try await withClient(server.configuration()) { client in
        var count = 0
        for try await line in try await client.lines(.watch("/x")) {
          #expect(line.count == 1_023)
          count += 1
          if count % 4_000 == 0 { try await Task.sleep(for: .milliseconds(20)) }
        }
        #expect(count == 20_000)
      }
    }
  }

  private func all(_ lines: AsyncThrowingStream<Data, any Error>) async throws -> [String] {
    var result: [String] = []
    for try await line in lines { result.append(String(decoding: line, as: UTF8.self)) }
    return result
  }
}
