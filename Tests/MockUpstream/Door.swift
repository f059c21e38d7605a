import Foundation
import Hummingbird
import NIOCore

/// Between Hummingbird and the stand-in: requests become calls, replies become bytes, late bytes, or none.
struct Door: HTTPResponder {
    let standIn: StandIn
    let host: String

    func respond(to request: Request, context: DoorContext) async throws -> Response {
        let body = try await request.body.collect(upTo: 1 << 20)
        let headers = request.headers.map { (name: $0.name.rawName, value: $0.value) }
        let authority = request.head.authority.map { [(name: "Host", value: $0)] } ?? []
        let call = Call(
            method: request.method.rawValue, path: request.uri.path, query: request.uri.query ?? "",
            headers: authority + headers, body: Array(buffer: body),
            origin: "http://\(host):\(context.channel.localAddress?.port ?? 0)")
        let reply = try await standIn.answer(call)
        switch reply.delivery {
        case .whole: break
        case .drip: return Self.response(reply, Self.dripping(reply.body))
        case .hang: try await Task.sleep(for: .seconds(600))
        case .reset: await tearDown(context.channel)
        }
        return Self.response(reply, ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
    }

    private static func response(_ reply: Reply, _ body: ResponseBody) -> Response {
        var fields = HTTPFields()
        for header in reply.headers {
            guard let name = HTTPFields.Element.Name(header.name) else { continue }
            fields.append(HTTPFields.Element(name: name, value: header.value))
        }
        return Response(status: .init(code: reply.status), headers: fields, body: body)
    }

    private static func dripping(_ bytes: [UInt8]) -> ResponseBody {
        ResponseBody(contentLength: bytes.count) { writer in
            for byte in bytes {
                try await Task.sleep(for: .seconds(1))
                try await writer.write(ByteBuffer(bytes: [byte]))
            }
            try await writer.finish(nil)
        }
    }

    /// Closing without lingering sends RST: what a caller sees as "connection reset".
    private func tearDown(_ channel: any Channel) async {
        try? await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try? await channel.close()
    }
}

struct DoorContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}
