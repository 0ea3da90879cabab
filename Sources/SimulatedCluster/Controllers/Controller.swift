/// One control loop of the cluster: is told what changed, and makes the state of single objects what it should be.
///
/// Controllers live inside the `ControllerManager` and are called one at a time, so they may keep indexes without locks.
/// They are level-based: `reconcile` looks at how things are, never at what happened.
protocol Controller: AnyObject {
  /// The objects to look at because of a change; keeps the controller's indexes.
  func observe(_ change: Change) -> [ObjectReference]
  /// Looks at one object; returns after how long (of the cluster's time) to look again by itself.
  func reconcile(_ item: ObjectReference) -> Duration?
}
