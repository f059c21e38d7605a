import HTTPTypes
import OAuth

/// Makes replies of pages: the context that every page has, and the error pages.
package struct PageWriter: Sendable {
    let pages: Pages
    let settings: WebSettings

    var catalogue: Catalogue { pages.catalogue }

    /// - Parameters:
    ///   - formTargets: origins that a form on this page may lead to by way of redirects.
    ///   - sources: what this page alone may load from elsewhere.
    func reply(
        _ name: String, title: String, _ context: [String: Any], status: HTTPResponse.Status = .ok,
        manner: Manner = .page, formTargets: [String] = [], sources: ContentSources = .none
    ) throws -> Reply {
        var whole = common
        whole["title"] = title
        whole.merge(context) { $1 }
        var reply = Reply(status, body: try pages.render(name, whole))
        reply.headers[.contentType] = "text/html; charset=utf-8"
        reply.headers[.contentSecurityPolicy] = ResponseHeaders.policy(
            manner, formTargets: formTargets, sources: sources)
        return reply
    }

    func reply(_ problem: PageProblem, reference: String) throws -> Reply {
        let names = ["issuer": settings.serviceName]
        let heading = catalogue.text("error.heading.\(problem.text)", names)
        var context: [String: Any] = [
            "heading": heading, "sentence": catalogue.text("error.sentence.\(problem.text)", names),
            "advice": catalogue.text("error.advice.\(problem.text)", names), "reference": reference,
        ]
        if let detail = problem.detail { context["detail"] = detail }
        var reply = try reply("error", title: heading, context, status: problem.status)
        if let seconds = problem.retryAfter { reply.headers[.retryAfter] = String(seconds) }
        return reply
    }

    private var common: [String: Any] {
        var context: [String: Any] = [
            "lang": "en", "dir": "ltr", "css": pages.assets.path("martlet.css"),
            "script": pages.assets.path("enhance.js"), "favicon": pages.assets.path("favicon.svg"),
            "formPostScript": pages.assets.path("form-post.js"),
            "passkeyScript": pages.assets.path("passkeys.js"), "issuerName": settings.serviceName,
        ]
        context["helpURL"] = settings.helpURL
        context["privacyURL"] = settings.privacyURL
        return context
    }
}

/// What the rooms of this wing need to know of the settings.
package struct WebSettings: Sendable {
    package let issuer: String
    package let serviceName: String
    package let helpURL: String?
    package let privacyURL: String?
    /// Sentences for scopes an administrator defines, by name.
    package let scopeTexts: [String: String]
    package let lifetimes: TokenLifetimes
    package let minimumPasswordLength: Int
    /// How long clients may cache the key set, in seconds (JW8).
    package let keyCacheTime: Int64
    /// How people can sign in, in the order of the page; what `martlet_sign_in_methods` of a client chooses from.
    package let signInMethods: [SignInMethod]
    /// What people call the providers, by their ids.
    package var providerNames: [String: String] = [:]

    package init(
        issuer: String, serviceName: String, helpURL: String?, privacyURL: String?, scopeTexts: [String: String],
        lifetimes: TokenLifetimes, minimumPasswordLength: Int, keyCacheTime: Int64,
        signInMethods: [SignInMethod] = SignInMethod.own
    ) {
        self.issuer = issuer
        self.serviceName = serviceName
        self.helpURL = helpURL
        self.privacyURL = privacyURL
        self.scopeTexts = scopeTexts
        self.lifetimes = lifetimes
        self.minimumPasswordLength = minimumPasswordLength
        self.keyCacheTime = keyCacheTime
        self.signInMethods = signInMethods
    }

    var isSecure: Bool { issuer.hasPrefix("https://") }

    /// Whether this server is for its own machine alone: only then may the issuer be plain http.
    var isLoopback: Bool { !isSecure }

    /// `scheme://host[:port]`: what browsers send as `Origin`.
    var origin: String { Origin.of(issuer) ?? issuer }
}

/// The origin of an address, RFC 6454 §4; for a private scheme the scheme itself, which is how CSP names it.
enum Origin {
    static func of(_ uri: String) -> String? {
        guard let colon = uri.firstIndex(of: ":") else { return nil }
        let scheme = uri[..<colon]
        guard scheme == "https" || scheme == "http" else { return "\(scheme):" }
        let rest = uri[colon...].dropFirst(3)
        return "\(scheme)://\(rest.prefix { $0 != "/" && $0 != "?" })"
    }

    /// The origin as a content security policy names it. The grammar there has no IPv6 addresses: browsers ignore
    /// such a source and would stop the way back to an app on `[::1]`, so for one of those the scheme alone must do.
    static func source(of uri: String) -> String? {
        of(uri).map { $0.contains("[") ? $0.prefix { $0 != ":" } + ":" : $0 }
    }
}
