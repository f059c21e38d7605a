import Metrics
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// The door to the street: HTTP/1.1 on one address, bounded in everything (IN5).
package struct PublicListener: Sendable {
    let reception: Reception
    let limits: ConnectionLimits
    let host: String
    let port: Int
    let tls: (any TLSDoor)?
    let doorway: Doorway
    let logger: Logger
    let metrics: any MetricsFactory

    /// - Parameters:
    ///   - tls: `nil` when a proxy has TLS.
    ///   - doorway: once it is shut connections end with the reply that is being written (OP4).
    package init(
        reception: Reception, limits: ConnectionLimits, host: String, port: Int, tls: (any TLSDoor)? = nil,
        doorway: Doorway = Doorway(), logger: Logger, metrics: any MetricsFactory
    ) {
        self.reception = reception
        self.limits = limits
        self.host = host
        self.port = port
        self.tls = tls
        self.doorway = doorway
        self.logger = logger
        self.metrics = metrics
    }

    /// A service that listens until it is told to stop, and then lets open requests finish.
    package func service(onRunning: @escaping @Sendable () async -> Void = {}) -> any Service {
        let meters = ConnectionMeters(metrics, limit: limits.connections)
        let application = Application(
            responder: ReceptionResponder(
                reception: reception, maximumBody: limits.bodyBytes, doorway: doorway, meters: meters),
            server: server(meters),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                availableConnectionsDelegate: CountedConnections(limit: limits.connections, meters: meters)),
            onServerRunning: { [doorway] listener in
                doorway.opens(listener)
                await onRunning()
            }, logger: logger)
        return Listening(host: host, port: port, service: application)
    }

    private func server(_ meters: ConnectionMeters) -> HTTPServerBuilder {
        HTTPServerBuilder { [limits, tls, doorway, isSecure = reception.rooms.settings.isSecure] responder in
            let channel = GuardedChannel(
                responder: responder, limits: limits, isSecure: isSecure, meters: meters, doorway: doorway)
            return tls?.encrypted(channel) ?? channel
        }
    }
}

/// From the server's types to ours and back.
struct ReceptionResponder: HTTPResponder {
    let reception: Reception
    let maximumBody: Int
    let doorway: Doorway
    let meters: ConnectionMeters

    func respond(to request: Request, context: ListenerContext) async throws -> Response {
        let maximumBody = reception.mostBody(of: request.head.path ?? "/", otherwise: maximumBody)
        let body: [UInt8]
        do {
            // Too long by its own account: not a byte of it is waited for.
            if let length = request.headers.line(.contentLength).flatMap(Int.init), length > maximumBody {
                throw NIOTooManyBytesError(maxBytes: maximumBody)
            }
            body = try await Array(buffer: request.body.collect(upTo: maximumBody))
        } catch is NIOTooManyBytesError {
            meters.refuse(.bodySize)
            return Self.tooLarge(reception, request, context)
        }
        let reply = await reception.answer(
            IncomingRequest(
                method: request.method, target: request.head.path ?? "/", headers: request.headers, body: body,
                peer: context.peer))
        var headers = reply.headers
        if doorway.isShut { headers[.connection] = "close" }
        return Response(
            status: reply.status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
    }

    /// 413, and the connection ends with it: the rest of such a body is not worth reading.
    private static func tooLarge(_ reception: Reception, _ request: Request, _ context: ListenerContext) -> Response {
        let reply = reception.tooLarge(target: request.head.path ?? "/", headers: request.headers, peer: context.peer)
        var headers = reply.headers
        headers[.connection] = "close"
        return Response(
            status: reply.status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
    }
}

struct ListenerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let peer: String?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        peer = source.channel.remoteAddress?.ipAddress
    }
}
