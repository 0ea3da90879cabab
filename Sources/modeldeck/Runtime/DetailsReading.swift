import ModelCore

extension HeadlessSession {
  /// What belongs to a model, with its events read or known to be out of reach.
  func details(of id: ModelID) async throws -> ModelDetails {
    let observer = observer
    let details: ModelDetails? = await found(within: .seconds(10)) {
      for await details in await observer.details(of: id) where !details.isReadingEvents {
        return details
      }
      return nil
    }
    try Task.checkCancellation()
    guard let details else {
      throw CommandFailure(.unavailable, "the events of model \(id) could not be read within 10 s.")
    }
    return details
  }
}
