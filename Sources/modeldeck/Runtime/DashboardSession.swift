import Dashboard

/// What the dashboard works on, from the moment it is on screen until its last write ended.
@MainActor
protocol DashboardSession: AnyObject {
  var target: ClusterTarget { get }
  /// Everything has ended.
  var hasStopped: Bool { get }
  func run(_ effect: Effect)
  /// It shows nothing any more.
  func mute()
  /// Another takes its place: from now on it tells only what its writes come to, and it ends with the last of them.
  func retire()
  /// Ends everything, the writes too.
  func stop() async
}

extension ClusterSession: DashboardSession {}
