/// What a fault of the wire makes of an answer that was right.
extension Reply {
    func broken(by fault: Fault, origin: String) -> Self {
        var reply = self
        switch fault.mode {
        case .hang: reply.delivery = .hang
        case .reset: reply.delivery = .reset
        case .drip: reply.delivery = .drip
        case .internalError: reply = .text("Internal Server Error", status: 500)
        case .badGateway: reply = Self.badGateway
        case .redirect: reply = .redirect(to: origin + "/elsewhere")
        case .truncated: reply.body = Array(body.prefix(body.count / 2))
        case .notJSON: reply.body = Array("<!DOCTYPE html><title>Sorry</title><h1>Back soon".utf8)
        case .huge: reply.body = swollen
        case .wrongType:
            reply.headers.removeAll { $0.name == "Content-Type" }
            reply.headers.append(("Content-Type", "text/html; charset=utf-8"))
        case .forbidden: reply = .json(["message": "Resource not accessible by integration"], status: 403)
        case .notFound: reply = .json(["message": "Not Found"], status: 404)
        case .tooMany:
            reply = .json(
                ["message": "You are being rate limited.", "retry_after": 1.5, "global": false], status: 429,
                headers: [("Retry-After", "2")])
        case .literalFalse: reply.body = Array("false".utf8)
        case .slow, .deny, .customError, .missingState, .wrongState, .wrongIssuer, .noIssuer, .duplicateCode,
            .emptyEmail, .unverified, .emailChanged, .idChanged, .scopeReduced, .otherApp:
            break
        }
        return reply
    }

    /// Ten megabytes, and still what was meant: only its length is against it.
    private var swollen: [UInt8] {
        let padding = [UInt8](repeating: UInt8(ascii: "x"), count: 10 << 20)
        guard body.last == UInt8(ascii: "}") else { return body + padding }
        return body.dropLast() + Array(",\"padding\":\"".utf8) + padding + Array("\"}".utf8)
    }

    private static let badGateway = Self(
        status: 502, headers: [("Content-Type", "text/html")],
        body: Array("<html><h1>502 Bad Gateway</h1><script>alert('upstream')</script></html>".utf8))
}
