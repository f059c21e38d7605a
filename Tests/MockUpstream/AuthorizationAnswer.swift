import Foundation
import JSON
import OAuth

/// What goes back to the client by the browser, RFC 6749 §4.1.2 and RFC 9207, and what a fault makes of it.
struct AuthorizationAnswer: Sendable {
    let request: Authorization
    var pairs: [(name: String, value: String)]
    var fragment = ""

    /// - Parameter issuer: of a company that sends it.
    init(
        to request: Authorization, _ pairs: [(name: String, value: String)], issuer: String?, fault: Fault.Mode?
    ) {
        self.request = request
        self.pairs = pairs
        switch fault {
        case .missingState: break
        case .wrongState: add("state", (request.state ?? "") + "x")
        default: add("state", request.state)
        }
        switch fault {
        case .wrongIssuer: add("iss", "https://mix-up.example")
        case .noIssuer: break
        default: add("iss", issuer)
        }
        if fault == .duplicateCode { add("code", "another-code") }
    }

    private mutating func add(_ name: String, _ value: String?) {
        if let value { pairs.append((name, value)) }
    }

    var reply: Reply {
        guard request.formPost else {
            let separator = request.redirectURI.contains("?") ? "&" : "?"
            return .redirect(to: request.redirectURI + separator + FormEncoding.encode(pairs) + fragment)
        }
        let fields = pairs.map { pair in
            "<input type=\"hidden\" name=\"\(Reply.escaped(pair.name))\" value=\"\(Reply.escaped(pair.value))\">"
        }
        return .page(
            "Back to the app",
            """
            <form method="post" action="\(Reply.escaped(request.redirectURI))">
            \(fields.joined(separator: "\n"))
            <button>Continue</button></form>
            """)
    }
}
