/// How much one connection may cost (IN5). Sizes in bytes, times in seconds.
package struct ConnectionLimits: Sendable, Equatable {
    package var headerBytes = 32_768
    package var headerFields = 100
    package var bodyBytes = 65_536
    package var headerSeconds: Int64 = 10
    package var bodySeconds: Int64 = 20
    package var replySeconds: Int64 = 20
    package var idleSeconds: Int64 = 60
    package var connections = 10_000

    package init() {}
}
