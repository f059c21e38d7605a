import HTTPTypes
import NIOCore
import NIOHTTP1

/// Behind the parser, where requests come one at a time: lets in those whose head is in order, tells the
/// clock how far each has come, refuses what could not be read, and ends a connection with its last reply.
final class RequestPhases: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Told to whoever reads the body: what has come of it is not all, and must not be acted on.
    struct CutOff: Error {}

    private let clock: ConnectionClock
    private let ending: ConnectionEnding
    private let meters: ConnectionMeters
    private let maximumBody: Int
    private var isReading = false
    private var hasReplyBegun = false
    private var endsAfterReply = false
    private var isOver = false

    init(clock: ConnectionClock, ending: ConnectionEnding, meters: ConnectionMeters, maximumBody: Int) {
        self.clock = clock
        self.ending = ending
        self.meters = meters
        self.maximumBody = maximumBody
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): return begin(head, context)
        case .body: break
        case .end:
            isReading = false
            clock.requestEnded()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            hasReplyBegun = true
            if !head.isKeepAlive { endsAfterReply = true }
            if endsAfterReply { head.headers.replaceOrAdd(name: "Connection", value: "close") }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            // All is noted before the write, which may bring the next request with it.
            let isLast = endsAfterReply
            isOver = isOver || isLast
            clock.answered()
            context.write(data, promise: promise)
            if isLast { end(ending.endAfterReply) }
        }
    }

    /// Bytes that are no request: 400, or 431 for too long a head (IN5, IN6).
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let fault = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        let isTooLong = fault == .headerOverflow
        refuse(isTooLong ? .requestHeaderFieldsTooLarge : .badRequest, isTooLong ? .headerSize : .notHTTP, context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ConnectionClock.Lapsed else { return context.fireUserInboundEventTriggered(event) }
        refuse(.requestTimeout, nil, context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        cutOff(context)
        context.fireChannelInactive()
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        hasReplyBegun = false
        do {
            var head = head
            head.uri = try RequestHead.target(of: head)
            let isToGoOn = try Expectation.isToGoOn(head, maximumBody: maximumBody)
            // After a request to change protocols the parser reads no further; we change to none.
            endsAfterReply = !head.isKeepAlive || head.version == .http1_0 || head.headers.contains(name: "Upgrade")
            isReading = true
            clock.headArrived()
            if isToGoOn { goOn(context) }
            context.fireChannelRead(wrapInboundOut(.head(head)))
        } catch is Expectation.Unmet {
            refuse(.expectationFailed, .notHTTP, context)
        } catch {
            refuse(.badRequest, .notHTTP, context)
        }
    }

    /// Requests come here one at a time, so that no earlier reply is still to be written.
    private func goOn(_ context: ChannelHandlerContext) {
        context.writeAndFlush(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }

    private func refuse(
        _ status: HTTPResponse.Status, _ reason: ConnectionMeters.Cause?, _ context: ChannelHandlerContext
    ) {
        guard !isOver else { return }
        isOver = true
        if let reason { meters.refuse(reason) }
        // With half a reply on the wire, another one would be read as its rest.
        end { isReading && hasReplyBegun ? ending.endAfterReply() : ending.refuse(status) }
        cutOff(context)
    }

    private func end(_ how: () -> Void) {
        clock.stop()
        how()
    }

    private func cutOff(_ context: ChannelHandlerContext) {
        guard isReading else { return }
        isReading = false
        context.fireErrorCaught(CutOff())
    }
}
