/// Metadata, owners and label selectors.
///
/// One type a line, continued by indented lines: its name, then `field:type` with `*` after the name of a required
/// field. The grammar of the types is in `SchemaParser`.
enum MetaSchema {
  static let text = """
    Condition lastTransitionTime*:t message*:s observedGeneration:l reason*:s status*:s type*:s
    DeleteOptions dryRun:[s] gracePeriodSeconds:l orphanDependents:b preconditions:Preconditions
      propagationPolicy:s
    LabelSelector matchExpressions:[LabelSelectorRequirement] matchLabels:{s}
    LabelSelectorRequirement key*:s operator*:s values:[s]
    ManagedFieldsEntry apiVersion:s fieldsType:s fieldsV1:any manager:s operation:s subresource:s
      time:t
    ObjectMeta annotations:{s} creationTimestamp:t deletionGracePeriodSeconds:l
      deletionTimestamp:t finalizers:[s]/ generateName:s generation:l labels:{s}
      managedFields:[ManagedFieldsEntry] name:s namespace:s ownerReferences:[OwnerReference]/uid
      resourceVersion:s uid:s
    OwnerReference apiVersion*:s blockOwnerDeletion:b controller:b kind*:s name*:s uid*:s
    Preconditions resourceVersion:s uid:s
    """
}
