internal import Kubernetes

/// Makes volumes for claims and binds them: at once, or where the first pod that uses the claim will run.
final class VolumeController: Controller {
  /// Holds a claim as long as a pod uses it.
  static let protectionFinalizer = "kubernetes.io/pvc-protection"
  static let selectedNodeKey = "volume.kubernetes.io/selected-node"
  private static let component = "persistentvolume-controller"
  /// How long a storage system takes to make a volume.
  private static let provisioning = Duration.milliseconds(1500)

  private let context: ControllerContext
  /// When the volume of a claim will be there, by the claim's UID.
  private var ready: [String: Duration] = [:]
  /// The volumes of claims that are gone.
  private var released: [ObjectReference: [String]] = [:]
  /// The pods that use a claim, whether they run yet or not.
  private var users: [ObjectReference: Set<ObjectKey>] = [:]
  /// Claims that wait for a storage class.
  private var unserved: Set<ObjectReference> = []

  init(_ context: ControllerContext) { self.context = context }

  func observe(_ change: Change) -> [ObjectReference] {
    switch change.resource {
    case BuiltIn.claims:
      if change.kind == .deleted {
        ready[change.object.uid] = nil
        let volume = change.object.json.string("spec", "volumeName")
        if !volume.isEmpty { released[change.object.reference, default: []].append(volume) }
      }
      return [change.object.reference]
    case BuiltIn.pods: return observePod(change)
    case BuiltIn.storageClasses:
      defer { unserved = [] }
      return Array(unserved)
    default: return []
    }
  }

  private func observePod(_ change: Change) -> [ObjectReference] {
    let isOver = change.kind == .deleted || change.object.json.isFinishedPod
    guard change.kind != .modified || isOver else { return [] }
    let claims = change.object.json.items("spec", "volumes").compactMap { volume in
      volume["persistentVolumeClaim", "claimName"]?.stringValue.map { name in
        ObjectReference(
          resource: BuiltIn.claims, key: ObjectKey(namespace: change.key.namespace, name: name))
      }
    }
    for claim in claims {
      if isOver {
        users[claim]?.remove(change.key)
        if users[claim]?.isEmpty == true { users[claim] = nil }
      } else {
        users[claim, default: []].insert(change.key)
      }
    }
    return isOver ? claims : []
  }

  func reconcile(_ item: ObjectReference) -> Duration? {
    for volume in released.removeValue(forKey: item) ?? [] { release(volume) }
    guard let claim = context.object(item) else { return nil }
    guard !claim.json.isBeingDeleted else {
      if users[item] == nil { removeProtection(item) }
      return nil
    }
    if claim.json.string("status", "phase") == "Bound" { return grow(claim) }
    if ready[claim.uid] != nil { return finish(claim) }
    return begin(claim)
  }

  private func begin(_ claim: StoredObject) -> Duration? {
    let name = claim.json.string("spec", "storageClassName")
    guard !name.isEmpty else {
      unserved.insert(claim.reference)
      context.events.record(
        claim, "FailedBinding",
        "no persistent volumes available for this claim and no storage class is set",
        by: Self.component)
      return .seconds(15)
    }
    guard let storageClass = context.store.object(BuiltIn.storageClasses, "", name) else {
      unserved.insert(claim.reference)
      context.events.record(
        claim, "ProvisioningFailed", "storageclass.storage.k8s.io \"\(name)\" not found",
        isWarning: true, by: Self.component)
      return .seconds(15)
    }
    let waits = storageClass.json.string("volumeBindingMode") == "WaitForFirstConsumer"
    if waits, claim.json.annotations[Self.selectedNodeKey] == nil {
      context.events.record(
        claim, "WaitForFirstConsumer",
        "waiting for first consumer to be created before binding", by: Self.component)
      return nil
    }
    let provisioner = storageClass.json.string("provisioner")
    context.events.record(
      claim, "Provisioning",
      "External provisioner is provisioning volume for claim "
        + "\"\(claim.key.namespace)/\(claim.key.name)\"", by: provisioner)
    ready[claim.uid] = context.clock.elapsed + context.clock.scaled(Self.provisioning)
    return Self.provisioning
  }

  private func finish(_ claim: StoredObject) -> Duration? {
    guard let due = ready[claim.uid], due <= context.clock.elapsed else {
      return Self.provisioning
    }
    ready[claim.uid] = nil
    let className = claim.json.string("spec", "storageClassName")
    guard let storageClass = context.store.object(BuiltIn.storageClasses, "", className) else {
      return .seconds(1)
    }
    let volume = "pvc-\(claim.uid)"
    let size = claim.json["spec", "resources", "requests", "storage"] ?? "0"
    let modes = claim.json["spec", "accessModes"] ?? []
    let provisioner = storageClass.json.string("provisioner")
    _ = try? context.create(
      BuiltIn.volumes, in: "",
      [
        "metadata": [
          "name": .string(volume),
          "annotations": ["pv.kubernetes.io/provisioned-by": .string(provisioner)],
        ],
        "spec": [
          "accessModes": modes, "capacity": ["storage": size],
          "claimRef": [
            "apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": .string(claim.key.name),
            "namespace": .string(claim.key.namespace), "uid": .string(claim.uid),
          ],
          "persistentVolumeReclaimPolicy": storageClass.json["reclaimPolicy"] ?? "Delete",
          "storageClassName": .string(className),
          "volumeMode": claim.json["spec", "volumeMode"] ?? "Filesystem",
          "csi": ["driver": .string(provisioner), "volumeHandle": .string(volume)],
        ],
      ])
    context.change(
      ObjectReference(resource: BuiltIn.volumes, key: ObjectKey(namespace: "", name: volume))
    ) {
      $0["status", "phase"] = "Bound"
    }
    context.events.record(
      claim, "ProvisioningSucceeded", "Successfully provisioned volume \(volume)", by: provisioner)
    context.change(claim.reference) { json in
      json["spec", "volumeName"] = .string(volume)
      json["metadata", "annotations", "pv.kubernetes.io/bind-completed"] = "yes"
      json["metadata", "annotations", "pv.kubernetes.io/bound-by-controller"] = "yes"
      json["metadata", "annotations", "volume.kubernetes.io/storage-provisioner"] = .string(
        provisioner)
      json["status"] = [
        "phase": "Bound", "accessModes": modes, "capacity": ["storage": size],
      ]
    }
    return nil
  }

  private func removeProtection(_ item: ObjectReference) {
    context.change(item) { json in
      let rest = json.finalizers.filter { $0 != Self.protectionFinalizer }
      json["metadata", "finalizers"] = rest.isEmpty ? nil : .array(rest.map { .string($0) })
    }
  }

  /// A bound claim that asks for more gets it.
  private func grow(_ claim: StoredObject) -> Duration? {
    let wanted = claim.json["spec", "resources", "requests", "storage"]
    guard let wanted, let asked = wanted.text.flatMap({ Quantity($0) }),
      let has = claim.json["status", "capacity", "storage"]?.text.flatMap({ Quantity($0) }),
      asked > has
    else { return nil }
    context.change(claim.reference) { $0["status", "capacity", "storage"] = wanted }
    let volume = claim.json.string("spec", "volumeName")
    context.change(
      ObjectReference(resource: BuiltIn.volumes, key: ObjectKey(namespace: "", name: volume))
    ) {
      $0["spec", "capacity", "storage"] = wanted
    }
    context.events.record(
      claim, "FileSystemResizeSuccessful",
      "MountVolume.NodeExpandVolume succeeded for volume \"\(volume)\"", by: "kubelet")
    return nil
  }

  /// A claim is gone: its volume goes too, or is kept as released.
  private func release(_ name: String) {
    let key = ObjectKey(namespace: "", name: name)
    guard let volume = context.store.object(BuiltIn.volumes, key) else { return }
    if volume.json.string("spec", "persistentVolumeReclaimPolicy") == "Retain" {
      context.change(volume.reference) { $0["status", "phase"] = "Released" }
    } else {
      context.delete(volume.reference)
    }
  }
}
