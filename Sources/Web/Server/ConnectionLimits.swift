/// How much one connection may cost (IN5). Sizes in bytes, times in seconds.
package struct ConnectionLimits: Sendable, Equatable {
    package var headerBytes = 32_768
    package var headerFields = 100
    package var bodyBytes = 65_536
    package var headerSeconds: Int64 = 10
    package var bodySeconds: Int64 = 20
    package var replySeconds: Int64 = 20
    package var idleSeconds: Int64 = 60
    /// So long a connection has been silent that is closed when the listener stops. A client that asks once a second asks
    /// within this time with 95 % (OP4).
    package var leavingSeconds: Int64 = 3
    package var connections = 10_000

    package init() {}
}
