import NIOCore

/// Ends a connection whose request does not arrive in time. The clock starts when a connection opens and at
/// the first byte of each further request: a trickle of bytes wins nothing (IN5). While a reply is owed no
/// time runs here: who waits for us is not slow, and who does not read is seen by the `ReplyClock`.
///
/// When the listener stops, a connection that waits for its next request is not closed at once: a request may be on its
/// way, and would be lost (OP4). Replies say from then on that they are the last, so a connection that is in use ends with
/// one; whoever has said nothing for a while is let go.
final class ConnectionClock: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// Told down the pipeline when a request that has begun is too slow.
    struct Lapsed {}

    /// Told up the pipeline when somebody reads the requests of this connection.
    struct Taken {}

    private enum Phase {
        /// Nothing of a request is here.
        case silent
        case request
        /// A reply is owed.
        case answering(moreHasCome: Bool)
    }

    private enum Deed {
        case refuse(ConnectionMeters.Cause)
        case letGo
    }

    private let limits: ConnectionLimits
    private let meters: ConnectionMeters
    private let doorway: Doorway
    private var context: ChannelHandlerContext?
    /// What is to happen, and when; `nil` while no time runs.
    private var due: (time: NIODeadline, deed: Deed)?
    /// Wakes at the end or before it, and then for the rest. Requests move the end on and leave it alone: timers that
    /// are set and called off with each request have to be searched for among those of all connections.
    private var alarm: (time: NIODeadline, task: Scheduled<Void>)?
    private var phase = Phase.silent
    private var silentSince = NIODeadline.now()
    private var isLeaving = false
    private var isTaken = false

    init(limits: ConnectionLimits, meters: ConnectionMeters, doorway: Doorway) {
        self.limits = limits
        self.meters = meters
        self.doorway = doorway
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        doorway.arrived()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        if !isTaken { doorway.taken() }
        finish()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        silentSince = .now()
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
        finish()
        context.fireChannelInactive()
    }

    /// Of a connection that is taken a stop goes no further: NIO's own handler would close here and now. That is what
    /// happens to one that is just being made; nobody may be there any more to take it.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is Taken where !isTaken:
            isTaken = true
            doorway.taken()
        case is ChannelShouldQuiesceEvent where isTaken:
            isLeaving = true
            if case .silent = phase { leave() }
        default: context.fireUserInboundEventTriggered(event)
        }
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
        silentSince = .now()
        guard !isLeaving else { return leave() }
        start(.idleTime, seconds: limits.idleSeconds)
    }

    func stop() { due = nil }

    private func requestBegins() {
        phase = .request
        start(.headerTime, seconds: limits.headerSeconds)
    }

    private func leave() { end(at: silentSince + .seconds(limits.leavingSeconds), by: .letGo) }

    private func start(_ reason: ConnectionMeters.Cause, seconds: Int64) {
        end(at: .now() + .seconds(seconds), by: .refuse(reason))
    }

    private func end(at time: NIODeadline, by deed: Deed) {
        due = (time, deed)
        if let alarm, alarm.time <= time { return }
        setAlarm(at: time)
    }

    private func setAlarm(at time: NIODeadline) {
        alarm?.task.cancel()
        alarm = nil
        guard let context else { return }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        alarm = (time, context.eventLoop.scheduleTask(deadline: time) { bound.value.wake() })
    }

    private func wake() {
        alarm = nil
        guard let due, let context else { return }
        guard due.time <= .now() else { return setAlarm(at: due.time) }
        self.due = nil
        switch due.deed {
        case .refuse(let reason): lapse(reason, context)
        case .letGo: context.close(promise: nil)
        }
    }

    private func finish() {
        due = nil
        alarm?.task.cancel()
        alarm = nil
    }

    /// Who has sent nothing is told nothing: a 408 would be taken for the answer to what is sent next.
    private func lapse(_ reason: ConnectionMeters.Cause, _ context: ChannelHandlerContext) {
        meters.refuse(reason)
        if case .silent = phase { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(Lapsed())
    }
}
