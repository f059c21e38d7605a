import HTTPTypes
import OAuth

@testable import Web

/// `Cookie`, RFC 6265 §4.2, a header a line: of a name that comes twice, neither counts.
struct CookiesTarget: FuzzTarget {
    static let name = "cookies"

    private static let field = HTTPField.Name.cookie

    func check(_ bytes: [UInt8]) {
        var headers = HTTPFields()
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n").prefix(8) {
            headers.append(HTTPField(name: Self.field, value: String(line)))
        }
        for isSecure in [true, false] { check(headers, BrowserCookies(isSecure: isSecure), isSecure ? "__Host-" : "") }
    }

    private func check(_ headers: HTTPFields, _ cookies: BrowserCookies, _ prefix: String) {
        let name = "\(prefix)martlet-session="
        let sent = headers[values: Self.field].flatMap { $0.split(separator: ";") }
            .map { $0.drop { $0 == " " } }.filter { $0.utf8.starts(with: name.utf8) }
        let session = cookies.presentedSession(headers)
        demand((session != nil) == (sent.count == 1), "a cookie counts when there is one of its name")
        if let session {
            demand(sent.allSatisfy { Array($0.utf8) == Array((name + session).utf8) }, "a cookie is what was sent")
            if let token = OpaqueToken(.session, presented: session) { checkAgain(token, cookies, name) }
        }
        for token in [cookies.presentedBrowser(headers), cookies.presentedRemembered(headers)].compactMap({ $0 }) {
            demand(token.plaintext.utf8.count == 47, "a token has its length")
        }
    }

    /// What is set comes back.
    private func checkAgain(_ token: OpaqueToken, _ cookies: BrowserCookies, _ name: String) {
        let set = cookies.settingSession(token, until: 60)
        demand(set.hasPrefix(name) && !set.contains { $0.isNewline }, "a cookie is one line")
        let pair = String(set.prefix { $0 != ";" })
        demand(cookies.presentedSession([Self.field: pair]) == token.plaintext, "a cookie that is set comes back")
        demand(cookies.presentedSession([Self.field: "\(pair); \(pair)"]) == nil, "two of a name are none")
    }
}
