import Cryptography
import HTTPTypes
import OAuth

/// The defence of every form against being sent from elsewhere (WB6): a token bound to the browser, and
/// the origin where the browser tells it.
struct FormGuard: Sendable {
    let key: [UInt8]
    let origin: String

    func token(for browser: OpaqueToken) -> String {
        Base64URL.encode(HMACSHA256.authenticate(Array("form:\(browser.plaintext)".utf8), key: key))
    }

    func isGenuine(_ form: OAuth.Parameters, headers: HTTPFields, browser: OpaqueToken) -> Bool {
        guard let presented = form["csrf"], isFromHere(headers) else { return false }
        return constantTimeEqual(Array(presented.utf8), Array(token(for: browser).utf8))
    }

    /// A page without referrer (a setup link) makes browsers send `Origin: null`; then `Sec-Fetch-Site` decides.
    private func isFromHere(_ headers: HTTPFields) -> Bool {
        if let site = headers[.secFetchSite], site != "same-origin" { return false }
        guard let sent = headers[.origin] else { return true }
        return sent == origin || (sent == "null" && headers[.secFetchSite] == "same-origin")
    }
}

extension HTTPField.Name {
    static let secFetchSite = Self("Sec-Fetch-Site") ?? .origin
    static let forwardedFor = Self("X-Forwarded-For") ?? .origin
    static let referrerPolicy = Self("Referrer-Policy") ?? .origin
    static let openerPolicy = Self("Cross-Origin-Opener-Policy") ?? .origin
    static let resourcePolicy = Self("Cross-Origin-Resource-Policy") ?? .origin
    static let permissionsPolicy = Self("Permissions-Policy") ?? .origin
    static let robots = Self("X-Robots-Tag") ?? .origin
    static let requestID = Self("X-Request-Id") ?? .origin
    static let frameOptions = Self("X-Frame-Options") ?? .origin
}
