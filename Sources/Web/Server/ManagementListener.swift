import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// The private door: health and figures for whoever runs the house. It listens on an address of its own, so
/// that nothing of it can be reached from the street (CF6).
package struct ManagementListener: Sendable {
    let host: String
    let port: Int
    let isReady: @Sendable () async -> Bool
    let metrics: @Sendable () async -> String
    let desk: MailDesk?
    let limits: ConnectionLimits
    let logger: Logger

    /// - Parameters:
    ///   - isReady: whether requests can be served now; asked at each visit (OP6).
    ///   - metrics: the figures in Prometheus' text format; asked at each visit.
    ///   - desk: where mail goes to files, the pages that show it.
    ///   - limits: how long a reply may wait to be read, and how long a connection may be silent.
    package init(
        host: String, port: Int, isReady: @escaping @Sendable () async -> Bool,
        metrics: @escaping @Sendable () async -> String, desk: MailDesk? = nil, limits: ConnectionLimits,
        logger: Logger
    ) {
        self.host = host
        self.port = port
        self.isReady = isReady
        self.metrics = metrics
        self.desk = desk
        self.limits = limits
        self.logger = logger
    }

    package func service() -> any Service {
        Listening(
            host: host, port: port,
            service: Application(
                responder: ManagementResponder(isReady: isReady, metrics: metrics, desk: desk),
                // Nobody from the street comes here. Yet who does not read, or says nothing, is not kept.
                server: .http1(
                    configuration: .init(
                        additionalChannelHandlers: [ReplyClock(seconds: limits.replySeconds) {}],
                        idleTimeout: .seconds(limits.idleSeconds))),
                configuration: ApplicationConfiguration(address: .hostname(host, port: port)), logger: logger))
    }
}

private struct ManagementResponder: HTTPResponder {
    let isReady: @Sendable () async -> Bool
    let metrics: @Sendable () async -> String
    let desk: MailDesk?

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        var answer = try await answer(to: request)
        if request.method == .head { answer.body = ResponseBody() }
        return answer
    }

    private func answer(to request: Request) async throws -> Response {
        guard request.method == .get || request.method == .head else {
            var refusal = Self.answer(.methodNotAllowed, "GET or HEAD\n")
            refusal.headers[.allow] = "GET, HEAD"
            return refusal
        }
        switch request.uri.path {
        case "/health/live": return Self.answer(.ok, "live\n")
        case "/health/ready":
            return await isReady() ? Self.answer(.ok, "ready\n") : Self.answer(.serviceUnavailable, "not ready\n")
        // The version tells the format: https://prometheus.io/docs/instrumenting/exposition_formats/
        case "/metrics": return Self.answer(.ok, await metrics(), type: "text/plain; version=0.0.4; charset=utf-8")
        default:
            if let reply = try desk?.reply(request.uri.path, host: request.head.authority) { return Self.answer(reply) }
            return Self.answer(.notFound, "unknown: ask /health/live, /health/ready or /metrics\n")
        }
    }

    private static func answer(_ reply: Reply) -> Response {
        var headers = reply.headers
        headers[.cacheControl] = "no-store"
        headers[.xContentTypeOptions] = "nosniff"
        return Response(
            status: reply.status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
    }

    private static func answer(
        _ status: HTTPResponse.Status, _ text: String, type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status,
            headers: [.contentType: type, .cacheControl: "no-store", .xContentTypeOptions: "nosniff"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
