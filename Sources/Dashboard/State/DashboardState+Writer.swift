import ModelCore

extension DashboardState {
  /// Notes who reconciles, and says so where that is news.
  mutating func take(_ news: WriterNews) {
    if case .barred(let reason, _) = news.state, !configuration.isWriteProtected {
      log.add(
        "Models in namespace \(news.namespace) are not repaired from here: \(reason).", .warning,
        at: now)
    }
    guard news.isHome else { return }
    let before = writer
    writer = news.state
    switch (before, writer) {
    case (.other(let person), .this), (.barred(_, let person?), .this):
      log.add("This dashboard reconciles now; before it was \(person).", .information, at: now)
    case (.nobody, .this):
      log.add("This dashboard reconciles now.", .information, at: now)
    case (_, .other(let person)) where before != .looking:
      log.add("The models are reconciled by \(person) now.", .information, at: now)
    default: break
    }
  }

  /// Who reconciles, from the longest words to the shortest; none where there is nothing to say.
  var writerTexts: [(text: String, isWarning: Bool)] {
    switch writer {
    case .looking: []
    case .this: [("this dashboard reconciles", false), ("reconciles", false)]
    case .other(let person):
      [("reconciled by \(person)", false), ("by \(person)", false)]
    case .nobody: [("nobody reconciles", true)]
    case .barred(_, let person?):
      [("reconciled by \(person)", false), ("by \(person)", false)]
    case .barred:
      configuration.isWriteProtected ? [] : [("not reconciling", true)]
    }
  }
}
