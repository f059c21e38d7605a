import Foundation
import NIOCore

/// Ends a connection whose replies are not read. What has been written must reach the other side in time, one
/// piece after the other; while it does not, the connection holds a place that somebody else could have (IN5).
///
/// It stands where nothing that would hold back its ending is nearer to the wire; what passes does not matter to it.
final class ReplyClock: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private let patience: TimeAmount
    private let onLapse: () -> Void
    private var deadline: Scheduled<Void>?
    private var written = 0
    private var taken = 0
    /// When a piece was last taken, or was written while none waited.
    private var lastProgress = NIODeadline.distantPast

    /// - Parameters:
    ///   - seconds: how long each piece may take.
    ///   - onLapse: told on the connection's own thread, before it is ended.
    init(seconds: Int64, onLapse: @escaping () -> Void) {
        patience = .seconds(seconds)
        self.onLapse = onLapse
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let promise = promise ?? context.eventLoop.makePromise()
        if written == taken { lastProgress = context.eventLoop.now }
        written &+= 1
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        promise.futureResult.whenComplete { _ in
            let (clock, context) = bound.value
            clock.take(context)
        }
        context.write(data, promise: promise)
    }

    /// Most replies go out at once, and need no timer.
    func flush(context: ChannelHandlerContext) {
        context.flush()
        if written != taken, deadline == nil { start(context, at: lastProgress + patience) }
    }

    private func take(_ context: ChannelHandlerContext) {
        taken &+= 1
        lastProgress = context.eventLoop.now
        if written == taken { stop() }
    }

    private func start(_ context: ChannelHandlerContext, at time: NIODeadline) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(deadline: time) {
            let (clock, context) = bound.value
            clock.check(context)
        }
    }

    private func check(_ context: ChannelHandlerContext) {
        deadline = nil
        guard written != taken else { return }
        let end = lastProgress + patience
        guard end <= context.eventLoop.now else { return start(context, at: end) }
        onLapse()
        // Without this the system would keep what nobody reads, and try for minutes to deliver it.
        (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            .whenComplete { _ in }
        context.close(promise: nil)
    }

    private func stop() {
        deadline?.cancel()
        deadline = nil
    }
}
