/// What running `modeldeck serve` in a cluster needs, as text for `kubectl apply`.
///
/// Only kinds and versions that Kubernetes 1.20 and everything since have.
struct ServerManifests {
  /// Where the keys for tokens are.
  enum Keys {
    /// A Secret with the key `secret`.
    case secret(String)
    case address(String)
  }

  var image: String
  /// Where the server runs.
  var namespace: String
  /// Where models are; the first is where they are made.
  var modelNamespaces: [String]
  var replicas = 1
  var keys = Keys.secret("modeldeck-jwt")
  /// A Secret of type `kubernetes.io/tls`.
  var tlsSecret: String?

  private static let name = "modeldeck"
  private static let port = 8_080

  init(image: String, namespace: String, modelNamespaces: [String]) {
    self.image = image
    self.namespace = namespace
    self.modelNamespaces = modelNamespaces.reduce(into: []) { names, name in
      if !names.contains(name) { names.append(name) }
    }
  }

  var text: String {
    let parts =
      namespaces + [account, clusterRole, clusterRoleBinding]
      + modelNamespaces.flatMap { [role(in: $0), roleBinding(in: $0)] }
      + [deployment, service, networkPolicy]
    return parts.joined(separator: "\n---\n")
  }

  // MARK: Who it is, and what it may do

  private var namespaces: [String] {
    let others = modelNamespaces.filter { $0 != namespace }
    return ([namespace] + others).filter { $0 != "default" }.map { name in
      "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: \(name)"
    }
  }

  private func metadata(_ name: String, in namespace: String? = nil) -> String {
    let place = namespace.map { "\n  namespace: \($0)" } ?? ""
    return """
      metadata:
        name: \(name)\(place)
        labels:
          app.kubernetes.io/name: \(Self.name)
      """
  }

  private var account: String {
    """
    apiVersion: v1
    kind: ServiceAccount
    \(metadata(Self.name, in: namespace))
    """
  }

  private static func rule(_ group: String, _ resources: String, _ verbs: String) -> String {
    """
      - apiGroups: ["\(group)"]
        resources: [\(resources)]
        verbs: [\(verbs)]
    """
  }

  /// Reading what a status, a GPU and a free name depend on, in the whole cluster; Secrets are not among it.
  private var clusterRole: String {
    let look = "get, list, watch"
    let rules = [
      Self.rule("", "nodes, pods, services, persistentvolumeclaims", look),
      Self.rule("", "namespaces", "get"),
      Self.rule("apps", "deployments, replicasets", look),
      Self.rule("autoscaling", "horizontalpodautoscalers", look),
      Self.rule("autoscaling.aibrix.ai", "podautoscalers", look),
      Self.rule("monitoring.coreos.com", "servicemonitors", look),
      Self.rule("storage.k8s.io", "storageclasses", look),
      Self.rule("apiextensions.k8s.io", "customresourcedefinitions", look),
    ]
    return """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      \(metadata("\(Self.name)-\(namespace)"))
      rules:
      \(rules.joined(separator: "\n"))
      """
  }

  private var clusterRoleBinding: String {
    """
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    \(metadata("\(Self.name)-\(namespace)"))
    roleRef:
      apiGroup: rbac.authorization.k8s.io
      kind: ClusterRole
      name: \(Self.name)-\(namespace)
    subjects:
      - kind: ServiceAccount
        name: \(Self.name)
        namespace: \(namespace)
    """
  }

  /// Writing, in one namespace of models. What a managed model has, and what manifests may bring besides.
  private func role(in models: String) -> String {
    let write = "get, list, watch, create, update, patch, delete"
    let rules = [
      Self.rule("apps", "deployments", write),
      Self.rule("", "services, persistentvolumeclaims, secrets, configmaps", write),
      Self.rule("", "events", "get, list, watch"),
      Self.rule("autoscaling", "horizontalpodautoscalers", write),
      Self.rule("autoscaling.aibrix.ai", "podautoscalers", write),
      Self.rule("monitoring.coreos.com", "servicemonitors", write),
      Self.rule("coordination.k8s.io", "leases", "get, list, watch, create, update"),
    ]
    return """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      \(metadata("\(Self.name)-\(namespace)", in: models))
      rules:
      \(rules.joined(separator: "\n"))
      """
  }

  private func roleBinding(in models: String) -> String {
    """
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    \(metadata("\(Self.name)-\(namespace)", in: models))
    roleRef:
      apiGroup: rbac.authorization.k8s.io
      kind: Role
      name: \(Self.name)-\(namespace)
    subjects:
      - kind: ServiceAccount
        name: \(Self.name)
        namespace: \(namespace)
    """
  }

  // MARK: The server

  private var arguments: [String] {
    var arguments = ["serve", "--listen=:\(Self.port)"]
    if let home = modelNamespaces.first { arguments.append("--namespace=\(home)") }
    let others = modelNamespaces.contains("default") ? ["default"] : []
    for name in others + modelNamespaces.filter({ $0 != "default" }) {
      arguments.append("--yaml-namespace=\(name)")
    }
    switch keys {
    case .secret: arguments.append("--jwt-secret-file=/etc/modeldeck/jwt/secret")
    case .address(let url): arguments.append("--jwt-jwks=\(url)")
    }
    if tlsSecret != nil {
      arguments.append("--tls-certificate=/etc/modeldeck/tls/tls.crt")
      arguments.append("--tls-key=/etc/modeldeck/tls/tls.key")
    }
    return arguments
  }

  private var secrets: [(name: String, secret: String)] {
    var secrets: [(name: String, secret: String)] = []
    if case .secret(let name) = keys { secrets.append(("jwt", name)) }
    if let tlsSecret { secrets.append(("tls", tlsSecret)) }
    return secrets
  }

  private var mounts: String {
    guard !secrets.isEmpty else { return "" }
    let lines = secrets.map {
      "\n            - {name: \($0.name), mountPath: /etc/modeldeck/\($0.name), readOnly: true}"
    }
    return "\n          volumeMounts:" + lines.joined()
  }

  private var volumes: String {
    guard !secrets.isEmpty else { return "" }
    let lines = secrets.map { "\n        - {name: \($0.name), secret: {secretName: \($0.secret)}}" }
    return "\n      volumes:" + lines.joined()
  }

  private func probe(_ path: String, every seconds: Int) -> String {
    let scheme = tlsSecret == nil ? "HTTP" : "HTTPS"
    return
      "{httpGet: {path: \(path), port: http, scheme: \(scheme)}, periodSeconds: \(seconds), timeoutSeconds: 3}"
  }

  private var deployment: String {
    """
    apiVersion: apps/v1
    kind: Deployment
    \(metadata(Self.name, in: namespace))
    spec:
      replicas: \(replicas)
      selector:
        matchLabels:
          app.kubernetes.io/name: \(Self.name)
      template:
        metadata:
          labels:
            app.kubernetes.io/name: \(Self.name)
          annotations:
            prometheus.io/scrape: "true"
            prometheus.io/port: "\(Self.port)"
            prometheus.io/path: /metrics
        spec:
          serviceAccountName: \(Self.name)
          terminationGracePeriodSeconds: 45
          securityContext:
            runAsNonRoot: true
            runAsUser: 65532
            runAsGroup: 65532
            fsGroup: 65532
            seccompProfile: {type: RuntimeDefault}
          containers:
            - name: modeldeck
              image: "\(image)"
              args:
    \(arguments.map { "            - \"\($0)\"" }.joined(separator: "\n"))
              ports:
                - {name: http, containerPort: \(Self.port)}
              readinessProbe: \(probe("/readyz", every: 5))
              livenessProbe: \(probe("/healthz", every: 10))
              resources:
                requests: {cpu: 100m, memory: 128Mi}
                limits: {memory: 1Gi}
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities: {drop: [ALL]}\(mounts)\(volumes)
    """
  }

  /// A caller stays with one server, whose reads show what it wrote.
  private var service: String {
    """
    apiVersion: v1
    kind: Service
    \(metadata(Self.name, in: namespace))
    spec:
      type: ClusterIP
      sessionAffinity: ClientIP
      selector:
        app.kubernetes.io/name: \(Self.name)
      ports:
        - {name: http, port: \(tlsSecret == nil ? 80 : 443), targetPort: http}
    """
  }

  /// In: the API's port. Out: names, the API server, and the address of the key set where there is one.
  private var networkPolicy: String {
    """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    \(metadata(Self.name, in: namespace))
    spec:
      podSelector:
        matchLabels:
          app.kubernetes.io/name: \(Self.name)
      policyTypes: [Ingress, Egress]
      ingress:
        - ports:
            - {protocol: TCP, port: \(Self.port)}
      egress:
        - ports:
            - {protocol: UDP, port: 53}
            - {protocol: TCP, port: 53}
            - {protocol: TCP, port: 443}
            - {protocol: TCP, port: 6443}
    """
  }
}
