import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Behind the parser: tells the clock how far a request has come, answers what could not be parsed, and
/// closes a connection whose reply says that it will.
final class RequestPhases: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let isSecure: Bool
    private let meters: ConnectionMeters
    private var closesAfterReply = false
    private var isRefused = false

    init(isSecure: Bool, meters: ConnectionMeters) {
        self.isSecure = isSecure
        self.meters = meters
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        let clock = try? context.pipeline.syncOperations.handler(type: ConnectionClock.self)
        switch unwrapInboundIn(data) {
        case .head: clock?.headArrived(context)
        case .body: break
        case .end: clock?.requestEnded()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        if case .head(let head) = part, head.headerFields[.connection] == "close" { closesAfterReply = true }
        context.write(wrapOutboundOut(part), promise: promise)
        if case .end = part, closesAfterReply { linger(context) }
    }

    /// Bytes that are no request: 400, or 431 for too long a head, with the headers every reply has (IN6, WB3).
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let fault = error as? HTTPParserError, !isRefused else { return context.fireErrorCaught(error) }
        isRefused = true
        meters.refuse(fault == .headerOverflow ? .headerSize : .notHTTP)
        var reply = Reply(fault == .headerOverflow ? .requestHeaderFieldsTooLarge : .badRequest)
        ResponseHeaders(isSecure: isSecure).complete(&reply, manner: .api(.none))
        reply.headers[.connection] = "close"
        reply.headers[.contentLength] = "0"
        closesAfterReply = true
        context.write(
            wrapOutboundOut(.head(HTTPResponse(status: reply.status, headerFields: reply.headers))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        linger(context)
    }

    /// The other side gets a second to read the reply: closing at once, with bytes of theirs unread, would
    /// make the reply vanish with the connection.
    private func linger(_ context: ChannelHandlerContext) {
        let channel = context.channel
        context.flush()
        context.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
    }
}
