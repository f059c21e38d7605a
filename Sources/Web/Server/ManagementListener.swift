import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// The private door: health for whoever runs the house. It listens on an address of its own, so that
/// nothing of it can be reached from the street (CF6).
package struct ManagementListener: Sendable {
    let host: String
    let port: Int
    let isReady: @Sendable () async -> Bool
    let logger: Logger

    /// - Parameter isReady: whether requests can be served now; asked at each visit (OP6).
    package init(host: String, port: Int, isReady: @escaping @Sendable () async -> Bool, logger: Logger) {
        self.host = host
        self.port = port
        self.isReady = isReady
        self.logger = logger
    }

    package func service() -> any Service {
        Listening(
            host: host, port: port,
            service: Application(
                responder: HealthResponder(isReady: isReady),
                configuration: ApplicationConfiguration(address: .hostname(host, port: port)), logger: logger))
    }
}

private struct HealthResponder: HTTPResponder {
    let isReady: @Sendable () async -> Bool

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        switch request.uri.path {
        case "/health/live": Self.answer(.ok, "live")
        case "/health/ready":
            await isReady() ? Self.answer(.ok, "ready") : Self.answer(.serviceUnavailable, "not ready")
        default: Self.answer(.notFound, "unknown: ask /health/live or /health/ready")
        }
    }

    private static func answer(_ status: HTTPResponse.Status, _ word: String) -> Response {
        Response(
            status: status,
            headers: [
                .contentType: "text/plain; charset=utf-8", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: word + "\n")))
    }
}
