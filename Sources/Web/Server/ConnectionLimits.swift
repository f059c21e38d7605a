import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore

/// How much one connection may cost (IN5). Sizes in bytes, times in seconds.
package struct ConnectionLimits: Sendable, Equatable {
    package var headerBytes = 32_768
    package var headerFields = 100
    package var bodyBytes = 65_536
    package var headerSeconds: Int64 = 10
    package var bodySeconds: Int64 = 20
    package var idleSeconds: Int64 = 60
    package var connections = 10_000

    package init() {}
}

extension HTTPServerBuilder {
    /// HTTP/1.1 with bounded headers and a clock on every request.
    static func guarded(_ limits: ConnectionLimits, isSecure: Bool, meters: ConnectionMeters) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            GuardedChannel(
                inner: HTTP1Channel(
                    responder: responder,
                    configuration: .init(
                        additionalChannelHandlers: [RequestPhases(isSecure: isSecure, meters: meters)],
                        idleTimeout: .seconds(limits.idleSeconds),
                        httpDecoderConfiguration: .init(
                            maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
                            maxHeaderFieldCount: limits.headerFields))),
                limits: limits, meters: meters)
        }
    }
}
