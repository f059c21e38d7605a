import HummingbirdCore
import Logging
import NIOCore

/// The HTTP/1.1 channel with a handler in front of the parser, where the first byte of a request is seen.
struct GuardedChannel: ServerChildChannel {
    let inner: HTTP1Channel
    let limits: ConnectionLimits
    let meters: ConnectionMeters

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(ConnectionClock(limits: limits, meters: meters))
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
    private let meters: ConnectionMeters
    private var deadline: Scheduled<Void>?
    private var isBetweenRequests = true

    init(limits: ConnectionLimits, meters: ConnectionMeters) {
        self.limits = limits
        self.meters = meters
    }

    func channelActive(context: ChannelHandlerContext) {
        start(.headerTime, seconds: limits.headerSeconds, context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isBetweenRequests {
            isBetweenRequests = false
            start(.headerTime, seconds: limits.headerSeconds, context)
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    /// The head is complete: the body has its own, longer time.
    func headArrived(_ context: ChannelHandlerContext) {
        start(.bodyTime, seconds: limits.bodySeconds, context)
    }

    func requestEnded() {
        deadline?.cancel()
        isBetweenRequests = true
    }

    private func start(_ reason: ConnectionMeters.Reason, seconds: Int64, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: .seconds(seconds)) { [meters] in
            meters.refuse(reason)
            channel.close(promise: nil)
        }
    }
}
