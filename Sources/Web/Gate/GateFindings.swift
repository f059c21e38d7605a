import HTTPTypes
import OAuth

/// What the front door finds before any rule is asked.
extension Finding {
    static func nowhere(_ path: String) -> Finding {
        Finding(
            .address, seen: .sent(path), expected: "an address of this server",
            repair: """
                Compare the address with /.well-known/openid-configuration; a proxy in front must pass paths on \
                unchanged.
                """)
    }

    static func method(_ method: HTTPRequest.Method, allowed: [String]) -> Finding {
        Finding(
            .address, seen: .sent(method.rawValue), expected: .known(allowed.joined(separator: " or ")),
            repair: "Let the app use that method; a redirect on the way (http to https, say) turns POST into GET.")
    }

    static func contentType(_ sent: String?) -> Finding {
        Finding(
            .form, seen: .known("content type \(ShownText.sent(sent).text)"),
            expected: "application/x-www-form-urlencoded",
            repair: "Let the app send a form, not JSON (RFC 6749 §4.1.3).")
    }

    static let tooLarge = Finding(
        .form, seen: "a body larger than limits.body_bytes", expected: "a small form",
        repair: "No request of the protocol is that large: look at what the app puts into it.")

    static let queryOnAPI = Finding(
        .form, seen: "parameters in the address (not shown)", expected: "parameters in the body of a POST",
        repair: """
            Let the app send them in the body: addresses end in logs. Secrets that were sent so should be replaced.
            """)

    static let twoBearers = Finding(
        .token, seen: "an access token in the header and another in the form", expected: "one",
        repair: "Let the app send the token in the Authorization header alone.")

    static let twoAuthorizations = Finding(
        .form, seen: "more than one Authorization header", expected: "one",
        repair: "Something between the app and this server adds one: see the proxy's settings.")

    static let beginnings = Finding(
        .throttle, seen: "too many sign-ins begun from one network without anybody signing in",
        expected: "fewer in a quarter of an hour",
        repair: """
            If many people share that address because it is your own proxy's, name it in trusted_proxies. An app \
            that sends people here in a circle does it too.
            """)

    static func outage(path: String) -> Finding {
        Finding(
            .server, seen: .known("\(path): something was away or full"),
            expected: "database and hashing threads at hand",
            repair: """
                It passes by itself when the cause is gone; the log says the cause: look for \"unexpected error\" \
                with this reference.
                """)
    }

    static func bug(path: String) -> Finding {
        Finding(
            .server, seen: .known("\(path): an error that nobody foresaw"), expected: "an answer",
            repair: "Look in the log for \"unexpected error\" with this reference, and report it with that line.")
    }
}
