import FoundationEssentials
import Kubernetes
import ModelCore
import Testing

/// Manifests that ask for more than a model needs, each with the words that have to be told.
@Suite("Hostile manifests")
struct HostileManifestTests {
  struct Hostile: CustomTestStringConvertible, Sendable {
    var text: String
    /// What the message says.
    var words: String
    /// Which text begins where the finding stands; `nil` leaves that open.
    var at: String?
    /// Only a warning: it may be meant.
    var isWarning = false
    var testDescription: String { words }
  }

  static let pods: [Hostile] = [
    Hostile(
      text: Sample.pod("hostNetwork: true"), words: "hostNetwork is not allowed", at: "hostNetwork"),
    Hostile(text: Sample.pod("hostPID: yes"), words: "hostPID is not allowed", at: "hostPID"),
    Hostile(text: Sample.pod("hostIPC: \"true\""), words: "hostIPC is not allowed", at: "hostIPC"),
    Hostile(
      text: Sample.pod("hostUsers: true"), words: "hostUsers is not allowed", at: "hostUsers"),
    Hostile(
      text: Sample.pod("{hostNetwork: true, x: 1}: 1"), words: "a key is not a word", at: "{"),
    Hostile(text: Sample.pod("nodeName: gpu-1"), words: "nodeName is not allowed", at: "nodeName"),
    Hostile(
      text: Sample.pod("nodeSelector:\n  kubernetes.io/hostname: gpu-1"),
      words: "pins the model to one node", at: "kubernetes.io/hostname"),
    Hostile(
      text: Sample.pod("nodeSelector:\n  node-role.kubernetes.io/control-plane: \"\""),
      words: "puts the model on the control plane"),
    Hostile(
      text: Sample.pod(
        """
        affinity:
          nodeAffinity:
            requiredDuringSchedulingIgnoredDuringExecution:
              nodeSelectorTerms:
              - matchExpressions:
                - {key: kubernetes.io/hostname, operator: In, values: [gpu-1]}
        """), words: "nodeAffinity pins the model to one node"),
    Hostile(
      text: Sample.pod(
        """
        affinity:
          nodeAffinity:
            preferredDuringSchedulingIgnoredDuringExecution:
            - weight: 100
              preference:
                matchFields:
                - {key: metadata.name, operator: In, values: [gpu-1]}
        """), words: "nodeAffinity pins the model to a node by its name"),
    Hostile(
      text: Sample.pod("tolerations:\n- operator: Exists"), words: "tolerates every taint"),
    Hostile(
      text: Sample.pod("tolerations:\n- {key: node-role.kubernetes.io/master, effect: NoSchedule}"),
      words: "onto the control plane"),
    Hostile(
      text: Sample.pod("tolerations:\n- {key: node.kubernetes.io/unschedulable, operator: Exists}"),
      words: "onto nodes that should get no pods"),
    Hostile(
      text: Sample.pod("priorityClassName: system-node-critical"),
      words: "priorityClassName is not allowed", at: "priorityClassName"),
    Hostile(
      text: Sample.pod("priorityClassName: urgent"), words: "may push other models off",
      isWarning: true),
    Hostile(text: Sample.pod("priority: 2000000000"), words: "priority is not allowed"),
    Hostile(text: Sample.pod("schedulerName: mine"), words: "schedulerName is not allowed"),
    Hostile(
      text: Sample.pod("schedulingGates:\n- name: a.b/c"), words: "schedulingGates is not allowed"),
    Hostile(text: Sample.pod("overhead: {cpu: -100}"), words: "overhead is not allowed"),
    Hostile(
      text: Sample.pod("runtimeClassName: host"), words: "none of the GPU Operator's",
      isWarning: true),
    Hostile(
      text: Sample.pod("serviceAccountName: admin"), words: "serviceAccountName is not allowed",
      at: "serviceAccountName"),
    Hostile(text: Sample.pod("serviceAccount: admin"), words: "serviceAccount is not allowed"),
    Hostile(
      text: Sample.pod("automountServiceAccountToken: true"),
      words: "automountServiceAccountToken is not allowed"),
    Hostile(
      text: Sample.pod("securityContext:\n  sysctls:\n  - {name: kernel.msgmax, value: \"1\"}"),
      words: "sysctls is not allowed"),
    Hostile(
      text: Sample.pod("securityContext: {seccompProfile: {type: Unconfined}}"),
      words: "seccompProfile is not allowed"),
    Hostile(
      text: Sample.template("annotations:\n  seccomp.security.alpha.kubernetes.io/pod: unconfined"),
      words: "takes the kernel's protection away"),
    Hostile(
      text: Sample.template(
        "annotations:\n  container.apparmor.security.beta.kubernetes.io/server: unconfined"),
      words: "takes the kernel's protection away"),
    Hostile(
      text: Sample.pod("ephemeralContainers:\n- {name: debug, image: busybox}"),
      words: "ephemeralContainers is not allowed"),
    Hostile(
      text: Sample.pod(
        "initContainers:\n- name: init\n  image: busybox\n  securityContext:\n    privileged: true"),
      words: "privileged is not allowed", at: "privileged"),
    Hostile(
      text: Sample.pod("hostNetwrk: true"), words: "has no field 'hostNetwrk'", at: "hostNetwrk"),
  ]

  static let volumes: [Hostile] = [
    Hostile(
      text: Sample.pod("volumes:\n- name: root\n  hostPath:\n    path: /"),
      words: "a volume of type hostPath is not allowed", at: "hostPath"),
    Hostile(
      text: Sample.pod("volumes:\n- name: share\n  nfs: {server: a, path: /}"),
      words: "a volume of type nfs is not allowed"),
    Hostile(
      text: Sample.pod("volumes:\n- name: c\n  csi: {driver: hostpath.csi.k8s.io}"),
      words: "a volume of type csi is not allowed"),
    Hostile(
      text: Sample.pod("volumes:\n- name: g\n  gitRepo: {repository: \"https://example.com/a\"}"),
      words: "a volume of type gitRepo is not allowed"),
    Hostile(
      text: Sample.pod(
        "volumes:\n- name: t\n  projected:\n    sources:\n    - serviceAccountToken: {path: token}"),
      words: "serviceAccountToken is not allowed"),
    Hostile(
      text: Sample.pod(
        """
        volumes:
        - name: e
          ephemeral:
            volumeClaimTemplate:
              spec:
                accessModes: [ReadWriteOnce]
                volumeName: somebodys
                resources: {requests: {storage: 1Gi}}
        """), words: "volumeName is not allowed"),
    Hostile(
      text: Sample.pod("volumes:\n- name: s\n  secret: {secretName: other-hf-token}"),
      words: "the token of another model"),
    Hostile(
      text: Sample.pod("volumes:\n- name: s\n  secret: {secretName: default-token-abcde}"),
      words: "is not for models"),
    Hostile(
      text: Sample.pod("volumes:\n- name: v\n  persistentVolumeClaim: {claimName: other-storage}"),
      words: "the volume of another model"),
    Hostile(
      text: Sample.document(
        """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata:
          name: data
          annotations:
            volume.kubernetes.io/selected-node: gpu-1
        spec:
          accessModes: [ReadWriteOnce]
          resources: {requests: {storage: 1Gi}}
        """), words: "it binds the claim to a volume or a node"),
    Hostile(
      text: Sample.document(
        """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec:
          accessModes: [ReadWriteOnce]
          storageClassName: ""
          resources: {requests: {storage: 1Gi}}
        """), words: "storageClassName is not allowed"),
    Hostile(
      text: Sample.document(
        """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec:
          accessModes: [ReadWriteOnce]
          dataSource: {kind: PersistentVolumeClaim, name: other-storage}
          resources: {requests: {storage: 1Gi}}
        """), words: "dataSource is not allowed"),
  ]

  static let containers: [Hostile] = [
    Hostile(
      text: Sample.container("securityContext:\n  privileged: true"),
      words: "privileged is not allowed", at: "privileged"),
    Hostile(
      text: Sample.container("securityContext: {privileged: yes}"),
      words: "privileged is not allowed"),
    Hostile(
      text: Sample.container("securityContext:\n  allowPrivilegeEscalation: true"),
      words: "allowPrivilegeEscalation is not allowed"),
    Hostile(
      text: Sample.container("securityContext:\n  capabilities:\n    add: [SYS_ADMIN]"),
      words: "added capabilities are not allowed: SYS_ADMIN", at: "add"),
    Hostile(
      text: Sample.container("securityContext: {capabilities: {add: ALL}}"),
      words: "added capabilities are not allowed: ALL"),
    Hostile(
      text: Sample.container("securityContext: {procMount: Unmasked}"),
      words: "procMount is not allowed"),
    Hostile(
      text: Sample.container("securityContext: {appArmorProfile: {type: Unconfined}}"),
      words: "appArmorProfile is not allowed"),
    Hostile(
      text: Sample.container("securityContext: {seLinuxOptions: {type: spc_t}}"),
      words: "seLinuxOptions is not allowed"),
    Hostile(
      text: Sample.container("securityContext: {windowsOptions: {hostProcess: true}}"),
      words: "windowsOptions is not allowed"),
    Hostile(
      text: Sample.with(
        "- containerPort: 8000\n          hostPort: 80", for: "- containerPort: 8000"),
      words: "hostPort is not allowed", at: "hostPort"),
    Hostile(
      text: Sample.container("livenessProbe:\n  httpGet: {host: 169.254.169.254, port: 80}"),
      words: "livenessProbe asks the pod itself"),
    Hostile(
      text: Sample.container("lifecycle:\n  postStart:\n    tcpSocket: {host: 10.0.0.1, port: 22}"),
      words: "postStart asks the pod itself"),
    Hostile(
      text: Sample.container(
        "volumeMounts:\n- {name: a, mountPath: /a, mountPropagation: Bidirectional}"),
      words: "mountPropagation is not allowed"),
    Hostile(
      text: Sample.container("envFrom:\n- secretRef: {name: other-hf-token}"),
      words: "the token of another model, other"),
    Hostile(
      text: Sample.container("envFrom:\n- secretRef: {name: keys}"),
      words: "is not part of this text", isWarning: true),
    Hostile(
      text: Sample.container("env:\n- {name: PORT, value: 8000}"),
      words: "value has to be text, and 8000 is read as a number", at: "8000}"),
    Hostile(
      text: Sample.with("image: 'vllm/vllm-openai:bad tag'", for: "image: vllm/vllm-openai:v0.9.2"),
      words: "contains a blank"),
  ]

  static let objects: [Hostile] = [
    Hostile(
      text: Sample.metadata("finalizers: [a/b]"), words: "finalizers is not allowed",
      at: "finalizers"),
    Hostile(
      text: Sample.metadata("ownerReferences:\n- {uid: a, kind: Pod, name: b, apiVersion: v1}"),
      words: "ownerReferences is not allowed", at: "ownerReferences"),
    Hostile(text: Sample.metadata("generateName: a-"), words: "generateName is not allowed"),
    Hostile(
      text: Sample.metadata("resourceVersion: \"1\""), words: "resourceVersion is not allowed"),
    Hostile(text: Sample.metadata("uid: abc"), words: "uid is not allowed"),
    Hostile(text: Sample.metadata("managedFields: []"), words: "managedFields is not allowed"),
    Hostile(
      text: Sample.metadata("deletionGracePeriodSeconds: 0"),
      words: "deletionGracePeriodSeconds is not allowed"),
    Hostile(
      text: Sample.metadata("namespace: kube-system"),
      words: "the namespace 'kube-system' may not be used",
      at: "kube-system"),
    Hostile(
      text: Sample.with(
        "kind: Service\nmetadata:\n  namespace: jan-models", for: "kind: Service\nmetadata:"),
      words: "is not that of the Deployment"),
    Hostile(
      text: Sample.metadata("annotations:\n  jan-server.menlo.ai/spec: '{}'"),
      words: "is set when the model is created"),
    Hostile(
      text: Sample.with(
        "    app.kubernetes.io/managed-by: jan-server\n    model.aibrix.ai/name: llama-7b",
        for: "    model.aibrix.ai/name: llama-7b"), words: "is for models made by the form"),
    Hostile(
      text: Sample.with(
        "    jan-server.menlo.ai/organization: \"7\"\n    model.aibrix.ai/name: llama-7b",
        for: "    model.aibrix.ai/name: llama-7b"), words: "names another organization"),
    Hostile(
      text: Sample.with("status:\n  replicas: 1\n---", for: "---"), words: "status is not allowed",
      at: "status"),
    Hostile(text: Sample.document(goodManifest), words: "this is a second Deployment"),
    Hostile(
      text: Sample.document("apiVersion: v1\nkind: Namespace\nmetadata: {name: x}"),
      words: "Namespace may not be part of a model", at: "kind: Namespace"),
    Hostile(
      text: Sample.document("apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: x}"),
      words: "PersistentVolume may not be part"),
    Hostile(
      text: Sample.document(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: x}"),
      words: "ClusterRoleBinding may not be part"),
    Hostile(
      text: Sample.document("apiVersion: v1\nkind: Pod\nmetadata: {name: x}"),
      words: "Pod may not be part"),
    Hostile(
      text: Sample.document("apiVersion: v1\nkind: List\nitems: []"), words: "a List is not read"),
    Hostile(
      text: Sample.document("apiVersion: v1\nkind: ServiceList\nitems: []"),
      words: "a ServiceList is not read"),
    Hostile(
      text: Sample.document(
        "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\ntype: kubernetes.io/service-account-token"
      ),
      words: "is not allowed"),
    Hostile(
      text: Sample.document("apiVersion: v1\nkind: Secret\nmetadata: {name: x}\ndata: {a: \"%%\"}"),
      words: "is not base64"),
    Hostile(
      text: Sample.document(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {\"a/b\": c}"),
      words: "the key 'a/b' is not allowed"),
    Hostile(
      text: Sample.document("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: UPPER}"),
      words: "the name 'UPPER' is not allowed"),
  ]

  static let services: [Hostile] = [
    Hostile(
      text: Sample.service("type: NodePort"), words: "a Service of type NodePort is not allowed",
      at: "NodePort"),
    Hostile(text: Sample.service("type: LoadBalancer"), words: "type LoadBalancer is not allowed"),
    Hostile(text: Sample.service("type: ExternalName"), words: "type ExternalName is not allowed"),
    Hostile(
      text: Sample.service("externalName: evil.example"), words: "externalName is not allowed"),
    Hostile(text: Sample.service("externalIPs: [10.0.0.1]"), words: "externalIPs is not allowed"),
    Hostile(text: Sample.service("clusterIP: 10.96.0.10"), words: "clusterIP is not allowed"),
    Hostile(
      text: Sample.with("- port: 8000\n    nodePort: 30000", for: "- port: 8000"),
      words: "nodePort is not allowed"),
    Hostile(
      text: goodManifest.replacing(
        "selector:\n    model.aibrix.ai/name: llama-7b", with: "selector:\n    app: other"),
      words: "selects app: other, which the pods do not have"),
    Hostile(
      text: goodManifest.replacing(
        "  selector:\n    model.aibrix.ai/name: llama-7b\n  ports", with: "  ports"),
      words: "selects no pods"),
    Hostile(
      text: Sample.document(
        """
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata: {name: llama-7b}
        spec:
          namespaceSelector: {any: true}
          selector: {matchLabels: {model.aibrix.ai/name: llama-7b}}
          endpoints: [{port: serve}]
        """), words: "namespaceSelector is not allowed"),
    Hostile(
      text: Sample.document(
        """
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata: {name: llama-7b}
        spec:
          selector: {}
          endpoints: [{port: serve}]
        """), words: "selects every Service of the namespace"),
    Hostile(
      text: Sample.document(
        """
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata: {name: llama-7b}
        spec:
          selector: {matchLabels: {model.aibrix.ai/name: llama-7b}}
          endpoints:
          - port: serve
            bearerTokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token
        """), words: "bearerTokenFile is not allowed"),
    Hostile(
      text: Sample.document(
        """
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: llama-7b}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: other}
          maxReplicas: 3
        """), words: "not name 'other'"),
    Hostile(
      text: Sample.document(
        """
        apiVersion: autoscaling.aibrix.ai/v1alpha1
        kind: PodAutoscaler
        metadata: {name: llama-7b}
        spec:
          scaleTargetRef: {kind: StatefulSet, name: llama-7b}
        """), words: "not kind 'StatefulSet'"),
    Hostile(
      text: Sample.document(
        """
        apiVersion: autoscaling.aibrix.ai/v1alpha1
        kind: PodAutoscaler
        metadata: {name: llama-7b}
        spec:
          scaleTargetRef: {kind: Deployment, name: llama-7b, namespace: kube-system}
        """), words: "not namespace 'kube-system'"),
  ]

  static let texts: [Hostile] = [
    Hostile(text: "a: !!binary aGVsbG8=\n", words: "the tag !!binary is not allowed"),
    Hostile(text: "a: !!python/object/apply:os.system [ls]\n", words: "the tag !!python"),
    Hostile(text: "a: !Ref x\n", words: "the tag !Ref is not allowed"),
    Hostile(text: "a: .inf\n", words: ".inf is a number that Kubernetes cannot be sent"),
    Hostile(text: "a: .NaN\n", words: ".NaN is a number that Kubernetes cannot be sent"),
    Hostile(text: "a: 0755\n", words: "0755 is read as octal: 493", isWarning: true),
    Hostile(text: "a: 1\na: 2\n", words: "the key 'a' is there twice", at: "a: 2"),
    Hostile(text: "{\"a\": 1, \"\\u0061\": 2}\n", words: "the key 'a' is there twice"),
    Hostile(text: "a:\n\tb: 1\n", words: "not YAML"),
    Hostile(text: "a: \u{1B}[2J\n", words: "there is a control character, U+001B", at: "\u{1B}"),
    Hostile(text: "a: b\u{2028}c: d\n", words: "a line break that editors do not show, U+2028"),
    Hostile(text: "a: \u{202E}b\n", words: "turns the direction of text, U+202E"),
    Hostile(text: "a: b\n\u{FEFF}c: d\n", words: "a byte order mark within the text"),
    Hostile(text: "? [a, b]\n: c\n", words: "a key is not a word"),
    Hostile(text: "a: *nobody\n", words: "undefined alias"),
    Hostile(text: String(repeating: "[", count: 100_000), words: "not YAML"),
    Hostile(text: String(repeating: "- ", count: 100_000), words: "not YAML"),
    Hostile(
      text: String(repeating: "[", count: 60) + String(repeating: "]", count: 60),
      words: "nested more than"),
    Hostile(text: String(repeating: "---\na: 1\n", count: 30), words: "more than 20 documents"),
    Hostile(
      text: "a: [" + String(repeating: "1,", count: 30_000) + "]\n", words: "more than 20000 values"
    ),
    Hostile(
      text: "a: " + String(repeating: "x", count: 300 << 10), words: "KiB, and 256 KiB are read"),
    Hostile(
      text: "? " + String(repeating: "k", count: 600) + "\n: 1\n", words: "a key has more than 512"),
    Hostile(text: "", words: "there is no Deployment"),
    Hostile(text: "--- \n...\n---\n# nothing\n", words: "there is no Deployment"),
    Hostile(text: "just words\n", words: "this document is no Kubernetes object"),
    Hostile(text: "- apiVersion: v1\n", words: "this document is no Kubernetes object"),
  ]

  @Test(arguments: pods + volumes + containers + objects + services + texts)
  func isToldAtItsPlace(_ hostile: Hostile) throws {
    let bundle = ManifestBundle(
      hostile.text, context: .init(takenNames: ["other": "Deployment jan-models/other"]))
    let all = "\(bundle.findings.map { "\($0.position.line): \($0.message)" })"
    let finding = try #require(
      bundle.findings.first { $0.message.contains(hostile.words) }, "\(all)")
    #expect(finding.severity == (hostile.isWarning ? .warning : .error), "\(all)")
    if let at = hostile.at {
      let lines = hostile.text.split(separator: "\n", omittingEmptySubsequences: false)
      let line = try #require(
        lines.indices.contains(finding.position.line - 1) ? lines[finding.position.line - 1] : nil)
      let rest = line.unicodeScalars.dropFirst(finding.position.column - 1)
      #expect(String(Substring(rest)).hasPrefix(at), "\(finding.position) in \(line)")
    }
  }

  /// A fix mends what it is offered for, and leaves a text that can be read.
  @Test(arguments: pods + volumes + containers + objects + services + texts)
  func whatIsOfferedMends(_ hostile: Hostile) {
    let context = ManifestBundle.Context(takenNames: ["other": "Deployment jan-models/other"])
    let before = ManifestBundle(hostile.text, context: context)
    for finding in before.findings {
      guard let fix = finding.fix, let text = fix.safelyApplied(to: hostile.text) else { continue }
      let after = ManifestBundle(text, context: context)
      let same = after.findings.filter { $0.message == finding.message }.count
      let old = before.findings.filter { $0.message == finding.message }.count
      #expect(same < old, "\(fix.summary) leaves \(finding.message):\n\(text)")
    }
  }

  @Test func aGoodManifestHasNoFindings() {
    #expect(ManifestBundle(goodManifest).findings.isEmpty)
    #expect(
      ManifestBundle("\u{FEFF}" + goodManifest.replacing("\n", with: "\r\n")).findings.isEmpty)
  }

  /// Keys that are written as lists of aliases would be compared in full by the parser.
  @Test func aliasesInKeysAreNotExpanded() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...12 {
      let previous = "*a\(level - 1)"
      text += "a\(level): &a\(level) [\(previous), \(previous), \(previous)]\n"
    }
    text += "[*a12]: 1\n"
    #expect(YAMLText(text).findings.map(\.message) == ["a key is not a word"])
  }

  /// A mistake in a word of the head hides nothing of the rest.
  @Test func aKindInAnotherCaseIsLookedThrough() {
    let text = Sample.pod("hostNetwork: true").replacing(
      "kind: Deployment", with: "kind: deployment")
    let messages = ManifestBundle(text).errors.map(\.message)
    #expect(messages.contains("there is no kind deployment"), "\(messages)")
    #expect(messages.contains { $0.hasPrefix("hostNetwork is not allowed") }, "\(messages)")
    #expect(ManifestBundle(ManifestBundle.fixed(text)).findings.isEmpty)
  }

  @Test func aSecretThatMayBeReadIsNoFinding() {
    let text = Sample.container("envFrom:\n- secretRef: {name: keys}")
    #expect(ManifestBundle(text, context: .init(secrets: ["keys"])).findings.isEmpty)
    let refused = ManifestBundle(text, context: .init(secrets: []))
    #expect(refused.errors.map(\.message) == ["there is no Secret 'keys' that this model may read"])
  }

  // MARK: What is sent

  /// The manifest of the specification, which has no label of Aibrix and no Service.
  private static let specified = """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: custom-model
      labels:
        app: custom-model
    spec:
      replicas: 1
      selector:
        matchLabels:
          app: custom-model
      template:
        metadata:
          labels:
            app: custom-model
        spec:
          containers:
          - name: model
            image: custom/model:latest
            ports:
            - containerPort: 8000
    """

  @Test func theSpecificationsExampleIsAcceptedAndLabelled() throws {
    let bundle = ManifestBundle(Self.specified, context: .init(organization: "7"))
    #expect(bundle.errors.isEmpty, "\(bundle.errors)")
    let deployment = try #require(bundle.manifests().first)
    #expect(deployment["metadata", "namespace"] == "default")
    #expect(deployment["metadata", "labels", "jan-server.menlo.ai/organization"] == "7")
    #expect(deployment["metadata", "labels", "app"] == "custom-model")
    for path in [
      ["metadata", "labels"], ["spec", "selector", "matchLabels"],
      ["spec", "template", "metadata", "labels"],
    ] {
      #expect(deployment[path: path + ["model.aibrix.ai/name"]] == "custom-model")
    }
    #expect(
      deployment["spec", "template", "metadata", "labels", "model.aibrix.ai/port"] == "8000")
    #expect(deployment["metadata", "labels", "app.kubernetes.io/managed-by"] == nil)
  }

  @Test func theFixesOfTheSpecificationsExampleLeaveNothingButTheCommand() {
    let text = ManifestBundle.fixed(Self.specified)
    let bundle = ManifestBundle(text)
    #expect(bundle.objects.map(\.label) == ["Deployment custom-model", "Service custom-model"])
    #expect(bundle.findings.count == 1 && !bundle.hasErrors, "\(bundle.findings)")
  }

  @Test func jsonDocumentsAreManifestsToo() {
    let text =
      "{\"apiVersion\": \"apps/v1\", \"kind\": \"Deployment\", \"metadata\": {\"name\": \"a\"},\n"
      + " \"spec\": {\"selector\": {\"matchLabels\": {\"app\": \"a\"}}, \"template\": {\"metadata\":\n"
      + " {\"labels\": {\"app\": \"a\"}}, \"spec\": {\"containers\": [{\"name\": \"a\", \"image\": \"b:1\"}]}}}}\n"
    #expect(ManifestBundle(text).errors.isEmpty, "\(ManifestBundle(text).errors)")
  }

  // MARK: Speed

  /// A text as large as may be is read while somebody types.
  @Test func aLargeTextIsReadQuickly() {
    var text =
      goodManifest + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: data}\ndata:\n"
    for index in 0..<4_000 { text += "  key-\(index): some words that make up a value of a line\n" }
    let clock = ContinuousClock()
    var bundle: ManifestBundle?
    let time = clock.measure { bundle = ManifestBundle(text) }
    #expect(bundle?.findings.isEmpty == true, "\(bundle?.findings.first?.message ?? "")")
    #expect(text.utf8.count > 200_000)
    // Generous: builds for tests are not optimized, and machines are shared.
    #expect(time < .seconds(3), "\(time)")
  }
}

@Suite("Files of manifests")
struct YAMLFileTests {
  private func problem(_ bytes: [UInt8]) -> String? {
    do throws(YAMLFile.Problem) {
      _ = try YAMLFile.text(bytes)
      return nil
    } catch { return error.message }
  }

  @Test func lineEndsAndMarksAreTakenOut() throws {
    #expect(
      try YAMLFile.text([0xEF, 0xBB, 0xBF] + Array("a: 1\r\nb: 2\r\n".utf8)) == "a: 1\nb: 2\n")
  }

  @Test func whatIsNoTextIsTold() {
    #expect(problem([0x61, 0x0A, 0xFF, 0x0A]) == "it is not UTF-8: see line 2")
    #expect(problem([0xFF, 0xFE, 0x61, 0x00]) == "it is UTF-16")
    #expect(problem([0x61, 0x0A, 0x00]) == "it is no text: there is a zero byte in line 2")
    #expect(problem([0x1F, 0x8B, 0x08]) == "it is compressed")
    #expect(problem(Array(repeating: 0x61, count: 300 << 10))?.contains("256 KiB are read") == true)
    #expect(problem(Array("a: b".utf8)) == nil)
  }
}
