/// Which kinds the server does not let us read, and where: what is not read must not look like what is not there.
package struct UnreadKinds: Equatable, Sendable {
  /// The kinds whose absence would be shown as something.
  package enum Kind: Hashable, Sendable, CaseIterable {
    case deployments, replicaSets, pods, nodes, services, claims, secrets, storageClasses
  }

  /// Why a kind is not read, and the namespace in which it is all the same.
  private struct Gap: Equatable, Sendable {
    var why: String
    var except: String?
  }

  private var gaps: [Kind: Gap] = [:]

  /// Everything is read.
  package init() {}

  /// - Parameters:
  ///   - why: e.g. `no permission to list services in all namespaces`.
  ///   - except: the namespace in which it is read all the same.
  package mutating func set(_ kind: Kind, why: String, except: String? = nil) {
    gaps[kind] = Gap(why: why, except: except)
  }

  /// Why objects of this kind are not known there; `nil` where they are.
  package func why(_ kind: Kind, in namespace: String? = nil) -> String? {
    guard let gap = gaps[kind] else { return nil }
    if let except = gap.except, except == namespace { return nil }
    return gap.why
  }
}
