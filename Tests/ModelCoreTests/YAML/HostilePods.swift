extension HostileManifestTests {
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
      text: Sample.claim("storageClassName: \"\""), words: "storageClassName is not allowed"),
    Hostile(
      text: Sample.claim("dataSource: {kind: PersistentVolumeClaim, name: other-storage}"),
      words: "dataSource is not allowed"),
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
}
