package import FoundationEssentials
import ModelCore
import TerminalUI

extension DashboardState {
  /// When something on the screen changes by time alone: the loop sleeps until then. `nil`: never.
  ///
  /// Only what is on the screen counts, so that the work is bounded by it.
  package func nextDue(after now: Date) -> Date? {
    guard !isTooSmall else { return nil }
    var dates: [Date] = []
    if let details = detailsState, !layers.isEmpty {
      DetailsView.nextChange(self, details).map { dates.append($0) }
    }
    if layers.allSatisfy(\.isDialog) || detailsBeside != nil {
      dates += tableDates()
    }
    dates += headerDates()
    // What is kept on disk goes when its time is over.
    dates += undo.map(\.end)
    TimeLeft.nextChange(credentials, now: self.now).map { dates.append($0) }
    // What became due since the last clock message is due now, not never.
    return dates.filter { $0 > self.now }.min().map { max($0, now) }
  }

  private func tableDates() -> [Date] {
    let models = TableView.visible(self)
    var dates = table.changedAt.values.map {
      $0.addingTimeInterval(ModelTable.highlightTime)
    }
    if TableView.columns(self, models: models).contains(where: { $0.id == .age }) {
      dates += models.compactMap(\.createdAt).map { Age.nextChange(since: $0, now: self.now) }
    }
    return dates
  }

  private func headerDates() -> [Date] {
    var dates: [Date] = []
    switch connection {
    case .live:
      guard let asOf else { return [] }
      let quiet = asOf.addingTimeInterval(HeaderView.quietTime)
      dates.append(quiet > now ? quiet : Age.nextChange(since: asOf, now: now))
    case .connecting, .disconnected:
      if let asOf { dates.append(Age.nextChange(since: asOf, now: now)) }
    case .loading, .forbidden: break
    }
    if case .disconnected(_, _, let next) = connection, next > now {
      // The countdown shows whole seconds, rounded up: it changes when one is full.
      let left = next.timeIntervalSince(now)
      let whole = left.rounded(.up) - 1
      dates.append(next.addingTimeInterval(-whole))
    }
    return dates
  }
}
