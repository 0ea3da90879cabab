internal import Synchronization

/// Begins and ends faults in time, and makes those happen that concern the whole server.
final class FaultDirector: Sendable {
  /// What faults of the whole server do; the cluster brings it.
  struct Actions: Sendable {
    var cut: @Sendable () -> Void
    var close: @Sendable () async -> Void
    var open: @Sendable () async -> Void
    var freeze: @Sendable (Bool) -> Void
    var showCertificate: @Sendable (_ isWrong: Bool) -> Void
    var compact: @Sendable () -> Void
    var rotateToken: @Sendable () -> Void
    var replace: @Sendable (_ newAuthority: Bool) async -> Void
  }

  let board: FaultBoard
  private let actions: Actions
  private let runs = Mutex<[Int: Task<Void, Never>]>([:])

  init(board: FaultBoard, actions: Actions) {
    self.board = board
    self.actions = actions
  }

  /// Lets a fault begin. Returns when it is on, or at once where it begins later.
  func begin(_ fault: Fault) async {
    let number = board.add(fault)
    let delay = fault.duration(.after)
    if delay == nil { await Task { @concurrent in await self.switchOn(fault, number) }.value }
    guard delay != nil || fault.duration(.lasts) != nil || fault.duration(.interval) != nil else {
      if fault.kind.isMomentary { board.remove(number) }
      return
    }
    let run = Task { @concurrent in await self.run(fault, number, isOn: delay == nil) }
    runs.withLock { $0[number] = run }
  }

  /// Ends every fault.
  func endAll() async {
    for number in board.numbers { await end(number) }
  }

  private func end(_ number: Int) async {
    runs.withLock { $0.removeValue(forKey: number) }?.cancel()
    guard let fault = board.remove(number) else { return }
    // Whoever asked for it may be cut off or cancelled by it.
    await Task { @concurrent in await self.switchOff(fault) }.value
  }

  private func run(_ fault: Fault, _ number: Int, isOn: Bool) async {
    do {
      if !isOn {
        try await Task.sleep(for: fault.duration(.after) ?? .zero)
        await switchOn(fault, number)
      }
      let deadline = fault.duration(.lasts).map { ContinuousClock.now + $0 }
      if let interval = fault.duration(.interval) {
        while deadline.map({ ContinuousClock.now + interval < $0 }) ?? true {
          try await Task.sleep(for: interval)
          await switchOn(fault, number)
        }
      }
      if let deadline {
        try await Task.sleep(until: deadline)
      } else if !fault.kind.isMomentary {
        return
      }
      // This run is over: nothing is left of it to cancel.
      _ = runs.withLock { $0.removeValue(forKey: number) }
      await end(number)
    } catch {
      // Ended from outside, which has tidied up.
    }
  }

  private func switchOn(_ fault: Fault, _ number: Int) async {
    board.activate(number)
    guard !fault.kind.concernsRequests else { return }
    board.noteHit(number)
    switch fault.kind {
    case .cut: actions.cut()
    case .refuse: await actions.close()
    case .freeze: actions.freeze(true)
    case .wrongCertificate: actions.showCertificate(true)
    case .compact: actions.compact()
    case .rotateToken: actions.rotateToken()
    case .replace: await actions.replace(fault.text(.authority) == "new")
    default: break
    }
  }

  private func switchOff(_ fault: Fault) async {
    let isStillOn = board.reports.contains { $0.isActive && $0.fault.kind == fault.kind }
    guard !isStillOn else { return }
    switch fault.kind {
    case .refuse: await actions.open()
    case .freeze: actions.freeze(false)
    case .wrongCertificate: actions.showCertificate(false)
    default: break
    }
  }
}

extension FaultKind {
  /// Whether it happens and is over.
  var isMomentary: Bool {
    switch self {
    case .cut, .compact, .rotateToken, .replace: true
    default: false
    }
  }
}
