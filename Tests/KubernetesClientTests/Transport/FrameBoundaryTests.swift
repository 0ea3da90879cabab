import Testing

@testable import KubernetesClient

@Suite("Where HTTP/2 frames end")
struct FrameBoundaryTests {
  /// A frame of type 0 with a payload of this length.
  private func frame(_ length: Int, type: UInt8 = 0) -> [UInt8] {
    [UInt8(length >> 16), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF), type, 0, 0, 0, 0, 1]
      + [UInt8](repeating: 0xFF, count: length)
  }

  /// The pieces that reads of this size are cut into.
  private func pieces(of stream: [UInt8], reads size: Int) -> [[UInt8]] {
    var boundaries = FrameBoundaries()
    var pieces: [[UInt8]] = []
    var start = 0
    while start < stream.count {
      var read = stream[start..<min(stream.count, start + size)]
      start += read.count
      while !read.isEmpty {
        let length = boundaries.next(in: read)
        pieces.append(Array(read.prefix(length)))
        read = read.dropFirst(length)
      }
    }
    return pieces
  }

  @Test("A read of several frames becomes one piece each")
  func oneByOne() {
    let frames = [frame(18, type: 4), frame(0), frame(16_384), frame(1)]
    #expect(pieces(of: frames.flatMap { $0 }, reads: 100_000) == frames)
  }

  @Test(
    "However it is read, no byte is lost and no piece holds bytes of two frames",
    arguments: [1, 2, 8, 9, 10, 11, 500, 1_000, 16_393])
  func anyCut(size: Int) {
    let frames = [frame(5), frame(0), frame(1_000), frame(16_384), frame(7)]
    let stream = frames.flatMap { $0 }
    let pieces = pieces(of: stream, reads: size)
    #expect(pieces.flatMap { $0 } == stream)
    let ends = Set(pieces.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) })
    let boundaries = frames.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    #expect(boundaries.allSatisfy(ends.contains))
  }

  @Test("In the middle of a frame everything is handed on as it comes")
  func lost() {
    let stream = [UInt8](repeating: 0xFF, count: 40_000)
    #expect(pieces(of: stream, reads: 20_000).map(\.count) == [20_000, 20_000])
  }
}
