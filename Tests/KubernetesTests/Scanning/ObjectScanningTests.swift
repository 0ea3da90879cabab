import FoundationEssentials
import Testing

@testable import Kubernetes

/// Objects with every member that their types have, and with what the types do not have.
private enum Sample {
  static let metadata = """
    {"name":"m","namespace":"jan-models","uid":"u-1","resourceVersion":"12","generation":3,
     "creationTimestamp":"2024-01-15T10:30:00Z","deletionTimestamp":"2024-01-15T10:31:00.5+01:00",
     "labels":{"model.aibrix.ai/name":"m"},"annotations":{"a":"1"},"finalizers":["f"],
     "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"r","uid":"u-0","controller":true,
       "blockOwnerDeletion":false,"more":{}}],
     "managedFields":[{"manager":"x","fieldsV1":{"f:spec":{"f:a":{},".":[1,2,{"k":null}]}}}]}
    """
  static let condition = """
    {"type":"Ready","status":"True","reason":"R","message":"a message","lastTransitionTime":"2024-01-15T10:30:00Z",
     "lastUpdateTime":"2024-01-15T10:30:01Z","lastProbeTime":null}
    """
  static let probe = """
    {"httpGet":{"path":"/health","port":"http","scheme":"HTTP"},"initialDelaySeconds":1,"periodSeconds":2,
     "timeoutSeconds":3,"failureThreshold":4,"successThreshold":5}
    """
  static let container = """
    {"name":"c","image":"i","imagePullPolicy":"Always","command":["a"],"args":["b"],
     "ports":[{"name":"http","containerPort":8000,"protocol":"TCP"}],
     "env":[{"name":"A","value":"v","valueFrom":{"secretKeyRef":{"name":"s","key":"k","optional":true},
       "configMapKeyRef":{"name":"s","key":"k","optional":false}}}],
     "resources":{"requests":{"cpu":"500m","memory":1024,"nvidia.com/gpu":"1"},"limits":{"cpu":1.5}},
     "volumeMounts":[{"name":"v","mountPath":"/x","subPath":"s","readOnly":true}],
     "livenessProbe":\(probe),"readinessProbe":\(probe),"startupProbe":\(probe),"restartPolicy":"Always",
     "terminationMessagePath":"/dev/termination-log"}
    """
  static let podSpec = """
    {"containers":[\(container)],"initContainers":[\(container)],
     "volumes":[{"name":"v","emptyDir":{"medium":"Memory","sizeLimit":"1Gi"},"persistentVolumeClaim":{"claimName":"p"}}],
     "tolerations":[{"key":"k","operator":"Exists","value":"v","effect":"NoSchedule"}],
     "nodeSelector":{"a":"b"},"nodeName":"n","restartPolicy":"Always","schedulerName":"s","serviceAccountName":"sa",
     "automountServiceAccountToken":false,"enableServiceLinks":true,"terminationGracePeriodSeconds":30,
     "securityContext":{}}
    """
  static let state = """
    {"waiting":{"reason":"R","message":"m"},"running":{"startedAt":"2024-01-15T10:30:00Z"},
     "terminated":{"exitCode":137,"signal":9,"reason":"OOMKilled","message":"m","startedAt":"2024-01-15T10:30:00Z",
       "finishedAt":"2024-01-15T10:30:00Z","containerID":"x"}}
    """
  static let containerStatus = """
    {"name":"c","image":"i","ready":true,"started":false,"restartCount":2,"state":\(state),"lastState":\(state),
     "imageID":"x"}
    """
  static let selector = """
    {"matchLabels":{"a":"b"},"matchExpressions":[{"key":"k","operator":"In","values":["v"]}]}
    """
  static func object(_ spec: String, _ status: String) -> String {
    #"{"kind":"X","apiVersion":"v1","metadata":\#(metadata),"spec":\#(spec),"status":\#(status)}"#
  }

  static let deployment = object(
    """
    {"replicas":2,"selector":\(selector),"template":{"metadata":\(metadata),"spec":\(podSpec)},
     "strategy":{"type":"Recreate","rollingUpdate":{}},"progressDeadlineSeconds":600,"revisionHistoryLimit":10,
     "paused":true,"minReadySeconds":1}
    """,
    """
    {"observedGeneration":3,"replicas":1,"updatedReplicas":1,"readyReplicas":1,"availableReplicas":1,
     "unavailableReplicas":1,"conditions":[\(condition)],"collisionCount":1}
    """)
  static let pod = object(
    podSpec,
    """
    {"phase":"Running","reason":"Evicted","message":"m","podIP":"10.0.0.1","startTime":"2024-01-15T10:30:00Z",
     "conditions":[\(condition)],"containerStatuses":[\(containerStatus)],"initContainerStatuses":[\(containerStatus)],
     "qosClass":"Guaranteed"}
    """)
  static let service = object(
    """
    {"type":"ClusterIP","clusterIP":"10.0.0.1","selector":{"a":"b"},
     "ports":[{"name":"http","port":8000,"targetPort":8000,"protocol":"TCP","nodePort":1}]}
    """, "{}")
  static let claim = object(
    """
    {"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"},"limits":{"storage":"2Gi"}},
     "storageClassName":"fast","volumeName":"pv"}
    """, #"{"phase":"Bound","capacity":{"storage":"1Gi"}}"#)
  static let node = object(
    #"{"unschedulable":true,"taints":[{"key":"k","value":"v","effect":"NoSchedule"}],"podCIDR":"x"}"#,
    #"{"capacity":{"cpu":"4"},"allocatable":{"nvidia.com/gpu":"8"},"conditions":[\#(condition)],"images":[]}"#
  )
}

/// Names of optional members without a value: a sample that lacks one tests nothing of it.
private func missing(in value: Any, path: String = "") -> [String] {
  Mirror(reflecting: value).children.flatMap { child -> [String] in
    let name = path + "." + (child.label ?? "")
    let mirror = Mirror(reflecting: child.value)
    if mirror.displayStyle == .optional {
      guard let inner = mirror.children.first else { return [name] }
      return missing(in: inner.value, path: name)
    }
    return missing(in: child.value, path: name)
  }
}

@Suite("Scanning objects")
struct ObjectScanningTests {
  private func scan<Item: ReflectedObject>(_ text: String, as type: Item.Type) throws -> Item {
    try JSONScanner.scan(Data(text.utf8)) { try Item(scanning: &$0) }
  }

  private func expectSame<Item: Resource>(
    _ type: Item.Type, _ text: String, lacking: [String] = []
  ) throws {
    let decoded = try JSONCoding.decoder.decode(Item.self, from: Data(text.utf8))
    #expect(missing(in: decoded) == lacking)
    #expect(try scan(text, as: Item.self) == decoded)
  }

  @Test func everyMemberIsReadAsDecodableReadsIt() throws {
    try expectSame(K8s.Deployment.self, Sample.deployment)
    try expectSame(K8s.Pod.self, Sample.pod)
    try expectSame(K8s.Service.self, Sample.service)
    try expectSame(K8s.PersistentVolumeClaim.self, Sample.claim)
    try expectSame(K8s.Node.self, Sample.node)
  }

  @Test func aReplicaSetIsReadWithoutItsTemplate() throws {
    let text = Sample.object(
      #"{"replicas":2,"selector":\#(Sample.selector),"template":{"spec":\#(Sample.podSpec)}}"#,
      """
      {"replicas":1,"readyReplicas":1,"availableReplicas":1,"fullyLabeledReplicas":1,"observedGeneration":2,
       "conditions":[\(Sample.condition)]}
      """)
    var expected = try JSONCoding.decoder.decode(K8s.ReplicaSet.self, from: Data(text.utf8))
    expected.spec?.template = nil
    expected.spec?.selector = nil
    #expect(try scan(text, as: K8s.ReplicaSet.self) == expected)
  }

  @Test func nullIsAbsence() throws {
    let text = """
      {"metadata":{"name":"m","labels":null,"annotations":null,"creationTimestamp":null,"ownerReferences":null},
       "spec":{"replicas":null,"template":null,"selector":null,"strategy":null},"status":null}
      """
    let decoded = try JSONCoding.decoder.decode(K8s.Deployment.self, from: Data(text.utf8))
    #expect(try scan(text, as: K8s.Deployment.self) == decoded)
  }

  @Test func theCopyThatApplyKeepsIsNotRead() throws {
    let text = """
      {"metadata":{"name":"m","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}","a":"b"}}}
      """
    #expect(try scan(text, as: K8s.Service.self).metadata.annotations == ["a": "b"])
  }

  // MARK: Lists

  private func list(_ items: String, metadata: String = #"{"resourceVersion":"7"}"#) throws
    -> ScannedList<Int>
  {
    try ScannedList(
      Data(#"{"kind":"L","metadata":\#(metadata),"items":\#(items),"more":[{}]}"#.utf8),
      of: K8s.Deployment.self, strings: StringCache(), project: { $0.spec?.replicas })
  }

  @Test func aPageTellsItsItemsAndWhereItGoesOn() throws {
    let page = try list(
      #"[{"metadata":{"name":"a"},"spec":{"replicas":1}},{"metadata":{"name":"b","namespace":"n"}}]"#,
      metadata: #"{"continue":"token==","resourceVersion":"7","remainingItemCount":3}"#)
    #expect(page.resourceVersion == "7")
    #expect(page.continueToken == "token==")
    #expect(page.entries.map(\.key.name) == ["a", "b"])
    #expect(page.entries.map(\.object) == [1, nil])
  }

  @Test func anEmptyListMayBeNull() throws {
    #expect(try list("null").entries.isEmpty)
    #expect(try list("[]").entries.isEmpty)
  }

  @Test(arguments: [
    #"{"replicas":"two"}"#, #"{"replicas":{"deep":[1,{"x":"y"}]}}"#, "[]", #""text""#,
    #"{"template":{"spec":{"containers":[{"image":"no name"}]}}}"#, #"{"template":{"spec":{}}}"#,
    #"{"selector":{"matchLabels":{"a":1}}}"#, #"{"replicas":1.5}"#,
  ])
  func anOddObjectDoesNotMakeTheListUnreadable(_ spec: String) throws {
    let page = try list(
      #"[{"spec":\#(spec),"metadata":{"name":"odd"}},{"metadata":{"name":"b"},"spec":{"replicas":1}}]"#
    )
    #expect(page.entries.map(\.key.name) == ["odd", "b"])
    #expect(page.entries.map(\.object) == [nil, 1])
  }

  @Test(arguments: [
    "[{]", #"[{"metadata":{"name":"a"}}"#, #"[{"metadata":{"name":"a}}]"#, #"[{"metadata":null}]"#,
    "[null]",
    #"[{"spec":{}}]"#, #"[{"metadata":{"name":"a"},"spec":{"x":tru}}]"#,
  ])
  func aBrokenListIsRefused(_ items: String) {
    #expect(throws: (any Error).self) { try list(items) }
  }

  @Test func whatIsNoListIsRefused() {
    for text in ["", "[]", "{}", "<html>", #"{"items":[]}"#, #"{"metadata":{}} x"#] {
      #expect(throws: (any Error).self) {
        try ScannedList<Int>(
          Data(text.utf8), of: K8s.Service.self, strings: StringCache(), project: { _ in 1 })
      }
    }
  }

  // MARK: Watches

  private func event(_ line: String) throws -> WatchEvent<LenientObject<K8s.Deployment>>? {
    try ScannedEvent<K8s.Deployment>(Data(line.utf8), strings: StringCache()).event
  }

  @Test func eventsAreReadInEitherOrder() throws {
    let object = #"{"metadata":{"name":"a","resourceVersion":"9"},"spec":{"replicas":4}}"#
    for line in [
      #"{"type":"MODIFIED","object":\#(object)}"#, #"{"object":\#(object),"type":"MODIFIED"}"#,
    ] {
      guard case .modified(let found) = try event(line) else {
        Issue.record("no modification: \(line)")
        continue
      }
      #expect(found.item?.spec?.replicas == 4)
      #expect(found.metadata.resourceVersion == "9")
    }
  }

  @Test func bookmarksErrorsAndUnknownTypesAreTold() throws {
    guard
      case .bookmark("77") = try event(
        #"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"77"},"spec":{}}}"#)
    else {
      Issue.record("no bookmark")
      return
    }
    guard
      case .error(let status) = try event(
        #"{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}"#
      )
    else {
      Issue.record("no error")
      return
    }
    #expect(status.code == 410)
    #expect(try event(#"{"type":"NEWS","object":[1,{"a":"b"}]}"#) == nil)
    #expect(throws: (any Error).self) { try event(#"{"type":"ADDED","object":{"metadata":{"na"#) }
    #expect(throws: (any Error).self) { try event(#"{"object":{}}"#) }
  }
}
