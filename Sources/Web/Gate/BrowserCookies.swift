import HTTPTypes
import OAuth

/// The cookies: which browser this is, the session on it, and that it is remembered for second factors (WB1). With https they carry the
/// `__Host-` prefix and `Secure`; over plain http, which is for loopback only, browsers refuse both.
struct BrowserCookies: Sendable {
    let isSecure: Bool

    private var prefix: String { isSecure ? "__Host-martlet-" : "martlet-" }
    private var session: String { prefix + "session" }
    private var browser: String { prefix + "browser" }
    private var remembered: String { prefix + "remembered" }

    func presentedSession(_ headers: HTTPFields) -> String? { value(session, in: headers) }

    func presentedBrowser(_ headers: HTTPFields) -> OpaqueToken? {
        value(browser, in: headers).flatMap { OpaqueToken(.browser, presented: $0) }
    }

    /// By which second factors may be left out on this browser for a while.
    func presentedRemembered(_ headers: HTTPFields) -> OpaqueToken? {
        value(remembered, in: headers).flatMap { OpaqueToken(.rememberedBrowser, presented: $0) }
    }

    /// Kept for 400 days, the most that browsers allow.
    func settingBrowser(_ token: OpaqueToken) -> String {
        "\(browser)=\(token.plaintext); Max-Age=34560000; \(attributes)"
    }

    func settingSession(_ token: OpaqueToken, until seconds: Int64) -> String {
        "\(session)=\(token.plaintext); Max-Age=\(seconds); \(attributes)"
    }

    /// - Parameter lifetime: in seconds.
    func settingRemembered(_ token: OpaqueToken, for lifetime: Int64) -> String {
        "\(remembered)=\(token.plaintext); Max-Age=\(lifetime); \(attributes)"
    }

    var clearingSession: String { "\(session)=; Max-Age=0; \(attributes)" }

    private var attributes: String { "Path=/; HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "") }

    /// The only cookie of that name; with two of them somebody else set one, and neither counts.
    private func value(_ name: String, in headers: HTTPFields) -> String? {
        let pairs = headers[values: .cookie].flatMap { $0.split(separator: ";") }
        let matches = pairs.compactMap { pair -> String? in
            let trimmed = pair.drop { $0 == " " }
            return trimmed.hasPrefix(name + "=") ? String(trimmed.dropFirst(name.count + 1)) : nil
        }
        return matches.count == 1 ? matches.first : nil
    }
}
