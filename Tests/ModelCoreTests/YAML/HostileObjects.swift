extension HostileManifestTests {
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
      text: Sample.monitor(
        "namespaceSelector: {any: true}\nselector: {matchLabels: {model.aibrix.ai/name: llama-7b}}\nendpoints: [{port: serve}]"
      ), words: "namespaceSelector is not allowed"),
    Hostile(
      text: Sample.monitor(
        "selector: {}\nendpoints: [{port: serve}]"
      ), words: "selects every Service of the namespace"),
    Hostile(
      text: Sample.monitor(
        "selector: {matchLabels: {model.aibrix.ai/name: llama-7b}}\nendpoints:\n- port: serve\n  bearerTokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token"
      ), words: "bearerTokenFile is not allowed"),
    Hostile(
      text: Sample.object(
        "autoscaling/v2", "HorizontalPodAutoscaler",
        "scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: other}\nmaxReplicas: 3"
      ), words: "not name 'other'"),
    Hostile(
      text: Sample.object(
        "autoscaling.aibrix.ai/v1alpha1", "PodAutoscaler",
        "scaleTargetRef: {kind: StatefulSet, name: llama-7b}"
      ), words: "not kind 'StatefulSet'"),
    Hostile(
      text: Sample.object(
        "autoscaling.aibrix.ai/v1alpha1", "PodAutoscaler",
        "scaleTargetRef: {kind: Deployment, name: llama-7b, namespace: kube-system}"
      ), words: "not namespace 'kube-system'"),
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
}
