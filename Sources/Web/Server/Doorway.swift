import Logging
import NIOCore
import Synchronization

/// Where new connections come in. A listener that is closed takes those with it that the system has let in and nobody has
/// taken yet, with the requests they bring; so newcomers are kept out first, and what is inside is seen to (OP4).
package final class Doorway: Sendable {
    private struct State {
        var listener: (any Channel)?
        var isShut = false
        /// Connections that are made and that nobody reads yet.
        var waiting = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// Whether newcomers are kept out, and every connection ends with its next reply.
    package var isShut: Bool { state.withLock(\.isShut) }

    func opens(_ listener: any Channel) { state.withLock { $0.listener = listener } }

    /// Whoever knocks from now on is not answered, knocks again after a second and finds nobody listening: that is a door
    /// that is shut, and not a request that was lost. Where the system cannot do it the listener takes on all who come until
    /// it is closed.
    package func shut(_ logger: Logger) {
        let listener = state.withLock { state in
            state.isShut = true
            return state.listener
        }
        guard let listener else { return }
        listener.eventLoop.execute { Self.keepOutNewcomers(listener, logger) }
    }

    /// Until those who came in before it was shut have been taken on, and for half a second nobody has waited: a handshake
    /// that had begun takes the time to its client and back, and is seen by nobody before its end. For so long at the most.
    package func settle(within limit: Duration) async {
        let end = ContinuousClock.now + limit
        var quiet = 0
        while quiet < 25, ContinuousClock.now < end, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(20))
            quiet = await waiting() == 0 ? quiet + 1 : 0
        }
    }

    func arrived() { state.withLock { $0.waiting += 1 } }

    /// It is read from now on, or has gone.
    func taken() { state.withLock { $0.waiting -= 1 } }

    /// How many the system has let in and nobody has accepted, and how many have been accepted and are not read.
    private func waiting() async -> Int {
        let (listener, accepted) = state.withLock { ($0.listener, $0.waiting) }
        guard let options = listener as? any SocketOptionProvider,
            let queue = try? await options.unsafeGetSocketOption(level: .tcp, name: Self.information).get()
                as ListenerInformation
        else { return accepted }
        return accepted + Int(queue.waiting)
    }

    private static func keepOutNewcomers(_ listener: any Channel, _ logger: Logger) {
        guard let options = listener as? any SocketOptionProvider else {
            return logger.warning("newcomers cannot be kept out while this process stops: its listener is no socket")
        }
        let newcomers = FilterInstruction.newcomers
        withUnsafeTemporaryAllocation(of: FilterInstruction.self, capacity: newcomers.count) { filter in
            _ = filter.initialize(from: newcomers)
            let program = FilterProgram(length: UInt16(filter.count), instructions: filter.baseAddress)
            options.unsafeSetSocketOption(level: .socket, name: attachFilter, value: program).whenFailure { error in
                logger.warning(
                    "newcomers cannot be kept out while this process stops; whoever comes last may be cut off",
                    metadata: ["error": "\(error)"])
            }
        }
    }

    /// `SO_ATTACH_FILTER`, socket(7).
    private static let attachFilter = NIOBSDSocket.Option(rawValue: 26)
    /// `TCP_INFO`, tcp(7).
    private static let information = NIOBSDSocket.Option(rawValue: 11)
}

/// The beginning of Linux's `struct tcp_info`: the system gives as much of it as one has room for.
private struct ListenerInformation: Sendable {
    var states: UInt64 = 0
    var times: UInt64 = 0
    var sizes: UInt64 = 0
    /// Of a listening socket `tcpi_unacked` is the length of its queue.
    var waiting: UInt32 = 0
}

/// `struct sock_fprog` of Linux's filter.h.
///
/// `@unchecked Sendable`: the loop of the listener makes it and hands it to the system, which copies it, in one go.
private struct FilterProgram: @unchecked Sendable {
    let length: UInt16
    let instructions: UnsafeMutablePointer<FilterInstruction>?
}

/// `struct sock_filter` of Linux's filter.h, for its classic packet filter.
private struct FilterInstruction {
    let code: UInt16
    let ifTrue: UInt8
    let ifFalse: UInt8
    let operand: UInt32

    /// Of the segments that reach a listening socket those are dropped that ask for a connection: SYN without ACK
    /// (RFC 9293, section 3.1; the flags are the fourteenth byte). A handshake that has begun goes on to its end.
    static let newcomers = [
        FilterInstruction(code: 0x30, ifTrue: 0, ifFalse: 0, operand: 13),  // load that byte
        FilterInstruction(code: 0x54, ifTrue: 0, ifFalse: 0, operand: 0x12),  // of it SYN and ACK
        FilterInstruction(code: 0x15, ifTrue: 0, ifFalse: 1, operand: 0x02),  // SYN alone?
        FilterInstruction(code: 0x06, ifTrue: 0, ifFalse: 0, operand: 0),  // drop it
        FilterInstruction(code: 0x06, ifTrue: 0, ifFalse: 0, operand: .max),  // take it whole
    ]
}
