package import FoundationEssentials

/// How current a reflector's objects are.
package enum ReflectorState: Sendable, Equatable {
  /// The first list has not ended; so many objects have come.
  case loading(objects: Int)
  /// Listed and watched.
  case live
  /// No answer since then; what was read stays. `attempt` counts the failures in a row.
  case stale(since: Date, error: String, attempt: Int, nextAttempt: Date)
  /// Refused; what is missing, e.g. `list nodes`. Tried again now and then.
  case forbidden(missing: String)
  /// The server does not serve this kind. Tried again now and then.
  case absent
}

/// What a reflector hands over, in the order in which it became true.
package enum ReflectorOutput<Projected: Sendable>: Sendable {
  /// Objects that are new or changed; `nil` for those that are of no interest (any more).
  case changed([(key: ObjectKey, object: Projected?)])
  case removed([ObjectKey])
  case state(ReflectorState)
  /// A sign of life: all that was handed over was still true just now.
  case current
  /// A watch goes on at this version. A server that has never come to it accepts it without a word, and then tells nothing that happens before
  /// it gets there: whoever can should see whether it is still the same cluster.
  case resumed(resourceVersion: String)
}
