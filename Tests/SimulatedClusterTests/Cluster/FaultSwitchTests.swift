import Foundation
import Kubernetes
import KubernetesClient
import Logging
import SimulatedCluster
import TestSupport
import Testing

@Suite("Texts of faults")
struct FaultTextTests {
  @Test(arguments: FaultKind.allCases)
  func everyFaultIsReadByItsName(kind: FaultKind) throws {
    #expect(try Fault(kind.rawValue).kind == kind)
    #expect(try Fault("\(kind.rawValue):after=1s,for=500ms").description.hasPrefix(kind.rawValue))
    #expect(!kind.summary.isEmpty)
  }

  @Test(arguments: [
    ("nothing", "there is no fault \"nothing\"; there are cut"),
    ("429:every=0", "every=0 cannot be read"),
    ("429:share=2", "share=2 cannot be read"),
    ("500:for=soon", "for=soon cannot be read"),
    ("429:for=99999999999999999999s", "for=99999999999999999999s cannot be read"),
    ("500:verb=fetch", "verb=fetch cannot be read"),
    ("refuse:every=2", "refuse does not know \"every=2\"; it takes after=, for="),
    ("hang:events=2", "hang does not know \"events=2\""),
    ("500:lots", "500 does not know \"lots\""),
  ])
  func whatCannotBeReadIsSaid(text: String, words: String) throws {
    let error = try #require(throws: FaultSyntaxError.self) { try Fault(text) }
    #expect(error.description.hasPrefix(words))
  }
}

/// Faults that are switched over the wire, by the server that they happen to.
@Suite("Switching faults")
struct FaultSwitchTests {
  private func ask(
    _ method: APIRequest.Method, _ text: String, _ api: any ClusterAPI
  ) async throws -> String {
    var request = APIRequest(method, SimulatedCluster.faultPath, purpose: "switch faults")
    request.body = method == .get || method == .delete ? nil : Data(text.utf8)
    request.contentType = "text/plain"
    return String(decoding: try await api.perform(request).body, as: UTF8.self)
  }

  private func client(_ cluster: SimulatedCluster) throws -> HTTPClusterAPI {
    try HTTPClusterAPI(
      ClusterConfiguration(
        server: ServerAddress(host: "127.0.0.1", port: cluster.port), contextName: "simulated",
        tls: TLSMaterial(authority: .init(Data(cluster.caPEM.utf8), origin: "the simulator")),
        credential: .token(Secret(cluster.token))),
      logger: Logger(label: "FaultSwitchTests") { _ in SwiftLogNoOpLogHandler() })
  }

  @Test func theyAreListedAddedReplacedAndEnded() async throws {
    try await withCluster { cluster in
      let api = try client(cluster)
      #expect(
        try await ask(.post, "500:path=/nodes\nlatency:time=1ms", api).contains(
          "\"500:path=/nodes\""))
      await #expect(throws: APIError.self) { try await api.list(K8s.Node.self) }
      #expect(try await api.list(K8s.Pod.self).items.isEmpty)
      #expect(cluster.faults.map(\.hits).first == 1)
      #expect(try await !ask(.put, "503:path=/pods", api).contains("500:"))
      #expect(try await api.list(K8s.Node.self).items.count == 2)
      await #expect(throws: APIError.self) { try await api.list(K8s.Pod.self) }
      #expect(try await ask(.delete, "", api) == #"{"faults":[]}"#)
      #expect(try await api.list(K8s.Pod.self).items.isEmpty)
      await api.shutdown()
    }
  }

  @Test func aFaultThatNobodyCouldEndHasToEndByItself() async throws {
    try await withCluster { cluster in
      let api = try client(cluster)
      let error = await #expect(throws: APIError.self) { try await ask(.post, "refuse", api) }
      #expect(error?.description.contains("for=10s") == true)
      #expect(cluster.faults.isEmpty)
      await api.shutdown()
    }
  }

  /// The server that is closed carries the request that closes it; it opens again all the same, every time.
  @Test func aServerThatIsClosedOpensAgain() async throws {
    try await withCluster { cluster in
      let api = try client(cluster)
      for _ in 0..<3 {
        _ = try? await ask(.post, "refuse:for=100ms", api)
        #expect(
          await eventually {
            (try? await api.list(K8s.Node.self).items.count) == 2 && cluster.faults.isEmpty
          })
      }
      await api.shutdown()
    }
  }
}
