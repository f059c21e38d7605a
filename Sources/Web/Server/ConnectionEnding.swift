import HTTPTypes
import NIOCore

/// How a connection ends from here: with the last reply, or with a refusal that is written past everything
/// else. It stands first on the wire, so that nothing more is read from then on (RFC 9112 §9.6) and nothing
/// is written after a refusal.
final class ConnectionEnding: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private let isSecure: Bool
    private var context: ChannelHandlerContext?
    private var hasRefused = false
    private(set) var hasBegun = false

    init(isSecure: Bool) {
        self.isSecure = isSecure
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasBegun else { return }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard hasBegun else { return context.fireChannelReadComplete() }
        context.read()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !hasRefused else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        context.write(data, promise: promise)
    }

    /// While the other side still has a moment to read, nobody closes sooner.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard hasBegun else { return context.close(mode: mode, promise: promise) }
        context.channel.closeFuture.cascade(to: promise)
    }

    /// The reply that has just been written was the last.
    func endAfterReply() {
        begin { $0.channel.allocator.buffer(capacity: 0) }
    }

    /// A status and the headers that every reply has, errors included (WB2-WB4, WB10).
    func refuse(_ status: HTTPResponse.Status) {
        begin { [isSecure] _ in ByteBuffer(string: Self.refusal(status, isSecure: isSecure)) }
        hasRefused = true
    }

    /// The other side gets a second to read: closing at once, with bytes of theirs unread, would make the
    /// reply vanish with the connection. What still comes is read and forgotten.
    private func begin(_ last: (ChannelHandlerContext) -> ByteBuffer) {
        guard let context, !hasBegun else { return }
        hasBegun = true
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.byteBuffer(last(context)))).whenComplete { _ in
            bound.value.close(mode: .output, promise: nil)
        }
        context.eventLoop.scheduleTask(in: .seconds(1)) { bound.value.close(promise: nil) }
        context.read()
    }

    private static func refusal(_ status: HTTPResponse.Status, isSecure: Bool) -> String {
        var reply = Reply(status, headers: [.connection: "close", .contentLength: "0"])
        ResponseHeaders(isSecure: isSecure).complete(&reply, manner: .api(.none))
        let lines = reply.headers.map { "\($0.name.rawName): \($0.value)\r\n" }
        return "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n\(lines.joined())\r\n"
    }
}
