import NIOCore

/// Ends a connection whose request does not arrive in time. The clock starts when a connection opens and at
/// the first byte of each further request: a trickle of bytes wins nothing (IN5). While a reply is owed no
/// time runs here: who waits for us is not slow, and who does not read is seen by the `ReplyClock`.
final class ConnectionClock: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// Told down the pipeline when a request that has begun is too slow.
    struct Lapsed {}

    private enum Phase {
        /// Nothing of a request is here.
        case silent
        case request
        /// A reply is owed.
        case answering(moreHasCome: Bool)
    }

    private let limits: ConnectionLimits
    private let meters: ConnectionMeters
    private var context: ChannelHandlerContext?
    private var deadline: Scheduled<Void>?
    private var phase = Phase.silent

    init(limits: ConnectionLimits, meters: ConnectionMeters) {
        self.limits = limits
        self.meters = meters
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        stop()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        start(.headerTime, seconds: limits.headerSeconds)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch phase {
        case .silent: requestBegins()
        case .request: break
        case .answering: phase = .answering(moreHasCome: true)
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    /// The head is complete: the body has its own, longer time.
    func headArrived() {
        phase = .request
        start(.bodyTime, seconds: limits.bodySeconds)
    }

    func requestEnded() {
        stop()
        phase = .answering(moreHasCome: false)
    }

    func answered() {
        // A reply before the end of its request changes nothing: the rest must still arrive in time.
        guard case .answering(let moreHasCome) = phase else { return }
        guard !moreHasCome else { return requestBegins() }
        phase = .silent
        start(.idleTime, seconds: limits.idleSeconds)
    }

    func stop() {
        deadline?.cancel()
        deadline = nil
    }

    private func requestBegins() {
        phase = .request
        start(.headerTime, seconds: limits.headerSeconds)
    }

    private func start(_ reason: ConnectionMeters.Cause, seconds: Int64) {
        stop()
        guard let context else { return }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: .seconds(seconds)) {
            let (clock, context) = bound.value
            clock.lapse(reason, context)
        }
    }

    /// Who has sent nothing is told nothing: a 408 would be taken for the answer to what is sent next.
    private func lapse(_ reason: ConnectionMeters.Cause, _ context: ChannelHandlerContext) {
        meters.refuse(reason)
        if case .silent = phase { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(Lapsed())
    }
}
