internal import NIOCore

/// Cuts what comes from TLS where the frames of HTTP/2 end.
///
/// NIO's decoder of frames (swift-nio-http2 1.46, `HTTP2FrameParser`) takes what it is given into a buffer of its own. Where that ends behind the
/// header of a frame, as it does on every other read, the next read is put behind what was read before: the buffer grows by whole reads, never
/// shrinks, and is copied for every later read, be it one event of a watch. Given frame by frame it stays as small as a frame.
final class ReadCutter: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private var boundaries = FrameBoundaries()

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    while bytes.readableBytes > 0 {
      let length = boundaries.next(in: bytes.readableBytesView)
      guard let piece = bytes.readSlice(length: length) else { return }
      context.fireChannelRead(wrapInboundOut(piece))
    }
  }
}

/// Where the frames of HTTP/2 end in a stream of bytes, however it is cut.
struct FrameBoundaries {
  /// A frame's header (RFC 9113, 4.1): length in three bytes, type, flags, stream in four.
  private static let headerSize = 9
  /// The longest frame and the last type of those that a client takes who has not said otherwise.
  private static let longest = 16_384
  private static let lastType: UInt8 = 0x10

  private var header: [UInt8] = []
  /// Bytes of the frame that are still to come.
  private var left = 0
  /// Whether this was put into a stream in the middle of a frame: then everything is one piece.
  private var isLost = false

  /// How many of these bytes belong to one frame, at most all. At least one, where there are any.
  mutating func next(in bytes: some Collection<UInt8>) -> Int {
    guard !isLost else { return bytes.count }
    var count = 0
    if left == 0 {
      let part = bytes.prefix(Self.headerSize - header.count)
      header.append(contentsOf: part)
      count = part.count
      guard header.count == Self.headerSize else { return count }
      left = header.prefix(3).reduce(0) { $0 << 8 + Int($1) }
      isLost = left > Self.longest || header[3] > Self.lastType
      header.removeAll(keepingCapacity: true)
      guard !isLost else { return bytes.count }
    }
    let payload = min(left, bytes.count - count)
    left -= payload
    return count + payload
  }
}
