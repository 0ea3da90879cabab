/// A field as the API server names it when it refuses an object: `spec.template.spec.containers[0].resources.limits[nvidia.com/gpu]`.
struct ServerPath: Sendable, Equatable {
  enum Step: Sendable, Equatable {
    case key(String)
    case index(Int)
  }

  private(set) var steps: [Step] = []

  init(_ text: String) {
    var rest = text[...]
    while let first = rest.first {
      switch first {
      case ".": rest.removeFirst()
      case "[":
        rest.removeFirst()
        let inner = rest.prefix { $0 != "]" }
        rest = rest.dropFirst(inner.count + 1)
        let key = inner.trimmingPrefix("\"")
        let isQuoted = key.count < inner.count
        if !isQuoted, let index = Int(inner) {
          steps.append(.index(index))
        } else {
          steps.append(.key(String(isQuoted && key.last == "\"" ? key.dropLast() : key)))
        }
      default:
        let key = rest.prefix { $0 != "." && $0 != "[" }
        steps.append(.key(String(key)))
        rest = rest.dropFirst(key.count)
      }
    }
  }
}

extension YAMLNode {
  /// Where a field stands, or the deepest of its parents that is there.
  func place(of path: ServerPath) -> YAMLPosition {
    var node = self
    var position = node.position
    for step in path.steps {
      switch step {
      case .key(let key):
        guard let member = node.member(key) else { return position }
        position = member.keyPosition
        node = member.value
      case .index(let index):
        guard node.elements.indices.contains(index) else { return position }
        node = node.elements[index]
        position = node.position
      }
    }
    return position
  }
}
