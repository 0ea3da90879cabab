import FoundationEssentials
import Kubernetes
import Testing

@testable import ModelCore

@Suite("Watched pod")
struct WatchedPodTests {
  private func pod(
    labels: String = #"{"model.aibrix.ai/name":"m","app":"x"}"#,
    status: String = #"{"phase":"Running"}"#,
    gpus: String = #"{"limits":{"nvidia.com/gpu":"2","cpu":1}}"#
  ) -> Data {
    Data(
      """
      {"kind":"Pod","metadata":{"name":"m-1","namespace":"jan-models","uid":"u","resourceVersion":"5",
        "creationTimestamp":"2024-01-15T10:30:00Z","labels":\(labels),"annotations":{"a":"b"},
        "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"m","uid":"r","controller":true}],
        "managedFields":[{"fieldsV1":{"f:x":{}}}]},
       "spec":{"nodeName":"n1","volumes":[{"name":"v","emptyDir":{}}],"tolerations":[{"key":"k"}],
        "initContainers":[{"name":"side","image":"s","restartPolicy":"Always","resources":\(gpus)}],
        "containers":[{"name":"c","image":"i","command":["x"],"env":[{"name":"A","value":"\\u00e9"}],
          "resources":\(gpus),"startupProbe":{"httpGet":{"port":8000},"periodSeconds":5},
          "livenessProbe":{"httpGet":{"port":8000}}}]},
       "status":\(status)}
      """.utf8)
  }

  private let unready = """
    {"phase":"Pending","podIP":"10.0.0.1","startTime":"2024-01-15T10:30:00Z","conditions":[
      {"type":"Ready","status":"False","reason":"ContainersNotReady","lastTransitionTime":"2024-01-15T10:30:00Z"},
      {"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/1 nodes"},
      {"type":"Initialized","status":"True"}],
     "containerStatuses":[{"name":"c","ready":false,"restartCount":3,"state":{"waiting":{"reason":"CrashLoopBackOff"}},
       "lastState":{"terminated":{"exitCode":1,"finishedAt":"2024-01-15T10:30:00Z"}}}]}
    """

  @Test func whatIsReadPastDecodableIsWhatWouldBeKeptOfTheWholePod() throws {
    let texts = [
      pod(), pod(status: unready), pod(labels: "null"), pod(labels: #"{"app":"x"}"#),
      pod(labels: "null", gpus: "{}"), pod(labels: "null", status: #"{"phase":"Succeeded"}"#),
    ]
    for text in texts {
      let whole = WatchedPod(try JSONCoding.decoder.decode(K8s.Pod.self, from: text))
      let scanned = try JSONScanner.scan(text) { try WatchedPod(scanning: &$0) }
      #expect(scanned.kept == whole.kept)
      #expect(scanned.metadata.resourceVersion == "5")
      #expect(ObjectKey(scanned.metadata) == ObjectKey(whole.metadata))
    }
  }

  @Test func whatTheRulesReadIsKept() throws {
    let scanned = try JSONScanner.scan(pod(status: unready)) { try WatchedPod(scanning: &$0) }
    let kept = try #require(scanned.kept)
    #expect(kept.condition("PodScheduled")?.message == "0/1 nodes")
    #expect(kept.hasStartupProbe("c"))
    #expect(kept.spec?.initContainers?.first?.restartPolicy == "Always")
    #expect(GPUResource.requests(of: kept.spec) == ["nvidia.com/gpu": 4])
    #expect(kept.containers.first?.restartCount == 3)
    #expect(kept.metadata.controller?.uid == "r")
    #expect(kept.metadata.annotations == nil)
  }
}
