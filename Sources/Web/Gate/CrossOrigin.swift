import HTTPTypes
import OAuth

/// Reading by browser apps of other origins (WB5): exact origins from registrations, no reflection of
/// anything else, never with cookies.
struct CrossOrigin: Sendable {
    let registry: any ClientRegistry

    /// The answer to a preflight, or `nil` where no other origin may ask.
    func preflight(_ headers: HTTPFields, cors: Manner.CORS) async throws -> Reply? {
        guard let allowed = try await allowedOrigin(headers, cors: cors) else { return nil }
        var reply = Reply(.noContent)
        reply.headers[.accessControlAllowOrigin] = allowed
        reply.headers[.accessControlAllowMethods] = "GET, POST"
        reply.headers[.accessControlAllowHeaders] = "Authorization, Content-Type"
        reply.headers[.accessControlMaxAge] = "600"
        reply.headers[.vary] = "Origin"
        return reply
    }

    /// Closed when the registry cannot be asked.
    func complete(_ reply: inout Reply, for headers: HTTPFields, cors: Manner.CORS) async {
        guard cors != .none else { return }
        if cors == .registered { reply.headers[.vary] = "Origin" }
        guard let allowed = (try? await allowedOrigin(headers, cors: cors)) ?? nil else { return }
        reply.headers[.accessControlAllowOrigin] = allowed
        reply.headers[.accessControlExposeHeaders] = "WWW-Authenticate, Retry-After, X-Request-Id"
    }

    private func allowedOrigin(_ headers: HTTPFields, cors: Manner.CORS) async throws -> String? {
        switch cors {
        case .none: return nil
        case .open: return "*"
        case .registered:
            guard let origin = headers[.origin], headers[values: .origin].count == 1 else { return nil }
            let isRegistered = try await registry.clients().contains { $0.policy.webOrigins.contains(origin) }
            return isRegistered ? origin : nil
        }
    }
}
