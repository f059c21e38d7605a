import HummingbirdCore
import Logging
import NIOCore

/// The HTTP/1.1 channel with a handler in front of the parser, where the first byte of a request is seen.
struct GuardedChannel: ServerChildChannel {
    let inner: HTTP1Channel
    let limits: ConnectionLimits

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(ConnectionClock(limits: limits))
        }.flatMap { inner.setup(channel: channel, logger: logger) }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await inner.handle(value: value, logger: logger)
    }
}

/// Ends a connection whose request does not arrive in time. The clock starts when a connection opens and at
/// the first byte of each further request: a trickle of bytes wins nothing (IN5).
final class ConnectionClock: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let limits: ConnectionLimits
    private var deadline: Scheduled<Void>?
    private var isBetweenRequests = true

    init(limits: ConnectionLimits) {
        self.limits = limits
    }

    func channelActive(context: ChannelHandlerContext) {
        start(seconds: limits.headerSeconds, context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isBetweenRequests {
            isBetweenRequests = false
            start(seconds: limits.headerSeconds, context)
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    /// The head is complete: the body has its own, longer time.
    func headArrived(_ context: ChannelHandlerContext) { start(seconds: limits.bodySeconds, context) }

    func requestEnded() {
        deadline?.cancel()
        isBetweenRequests = true
    }

    private func start(seconds: Int64, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: .seconds(seconds)) { channel.close(promise: nil) }
    }
}
