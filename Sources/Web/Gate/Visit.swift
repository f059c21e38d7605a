import HTTPTypes
import Identity
import Logging
import OAuth

/// One request after the gate has bounded and read it, before anything in it is believed.
package struct Visit: Sendable {
    package let method: HTTPRequest.Method
    package let path: String
    /// The ids in it.
    package var places: [String: String] = [:]
    /// The query as sent, without `?`.
    package let query: String?
    package let headers: HTTPFields
    package let body: [UInt8]
    /// Where it came from: the peer, or what a listed proxy says (IN7).
    package let network: ClientNetwork
    /// The short reference that a page shows and the log holds.
    package let reference: String
    package let now: Instant
    package let logger: Logger

    /// The parameters of the query.
    func queryParameters() throws(OAuthError) -> OAuth.Parameters {
        try OAuth.Parameters(FormDecoding.pairs(Array((query ?? "").utf8)))
    }

    /// The parameters of a form body.
    func formParameters() throws(OAuthError) -> OAuth.Parameters {
        try OAuth.Parameters(FormDecoding.pairs(body))
    }

    /// The body of a POST, the query of anything else.
    func parameters() throws(OAuthError) -> OAuth.Parameters {
        method == .post ? try formParameters() : try queryParameters()
    }

    /// Which form was sent, by the part of its address that is never a secret (CF3).
    var form: String { String(path.split(separator: "/").first ?? "") }

    var isForm: Bool { brings(.form) }
}

/// What goes back. The gate adds the headers that every response carries.
package struct Reply: Sendable {
    package var status: HTTPResponse.Status
    package var headers: HTTPFields
    package var body: [UInt8]
    /// For a refusal: what was checked, and what the failed check saw. It is written down, never sent.
    package var examination: Examination?

    package init(_ status: HTTPResponse.Status, headers: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    static func json(_ body: [UInt8], status: HTTPResponse.Status = .ok) -> Reply {
        Reply(status, headers: [.contentType: "application/json"], body: body)
    }

    /// 303, so that a POST is never repeated at the next address (AZ13).
    static func seeOther(_ location: String) -> Reply {
        Reply(.seeOther, headers: [.location: location])
    }
}
