import HTTPTypes

/// The headers that every response carries, errors included (WB2-WB4, WB10, TK5).
struct ResponseHeaders: Sendable {
    let isSecure: Bool

    /// - Parameter reference: goes out in `X-Request-Id`, for developers whose client shows no page; not with
    ///   what is kept by caches, which would hand it to others.
    func complete(_ reply: inout Reply, manner: Manner, reference: String? = nil) {
        var headers = reply.headers
        for field in Self.always { headers.append(field) }
        headers.append(manner == .secretPage ? Self.noReferrer : Self.ownReferrer)
        headers.append(Self.resourcePolicy(manner))
        if isSecure { headers.append(Self.strictTransport) }
        if !headers.contains(.contentSecurityPolicy) {
            headers[.contentSecurityPolicy] = Self.policy(manner, formTargets: [])
        }
        let caching = headers.line(.cacheControl)
        if caching == nil { headers[.cacheControl] = "no-store" }
        if let reference, caching == nil || caching == "no-store" { headers[.requestID] = reference }
        switch manner {
        case .page, .secretPage, .picture: headers.append(Self.noIndex)
        case .api, .administration, .asset: break
        }
        reply.headers = headers
    }

    // Nobody else sets these. Made once, since each is looked through for what a header may not hold.
    private static let always = [
        HTTPField(name: .xContentTypeOptions, value: "nosniff"),
        HTTPField(name: .frameOptions, value: "DENY"),
        HTTPField(name: .openerPolicy, value: "same-origin"),
        HTTPField(name: .permissionsPolicy, value: "camera=(), microphone=(), geolocation=(), browsing-topics=()"),
    ]
    private static let noReferrer = HTTPField(name: .referrerPolicy, value: "no-referrer")
    private static let ownReferrer = HTTPField(name: .referrerPolicy, value: "same-origin")
    private static let strictTransport = HTTPField(
        name: .strictTransportSecurity, value: "max-age=31536000; includeSubDomains")
    private static let noIndex = HTTPField(name: .robots, value: "noindex")
    private static let forAll = HTTPField(name: .resourcePolicy, value: "cross-origin")
    private static let forUs = HTTPField(name: .resourcePolicy, value: "same-origin")

    /// `formTargets`: where a form may lead besides here. Browsers apply `form-action` to the redirects
    /// after a form too, so a page in the middle of an authorization names the client's origin.
    /// `sources`: what this page alone may load from elsewhere.
    static func policy(_ manner: Manner, formTargets: [String], sources: ContentSources = .none) -> String {
        guard manner == .page || manner == .secretPage else {
            return "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        }
        let targets = (["'self'"] + formTargets).joined(separator: " ")
        let further = [("frame-src", sources.frames), ("connect-src", sources.connections)]
            .filter { !$1.isEmpty }.map { "; \($0) \($1.joined(separator: " "))" }.joined()
        return "default-src 'none'; style-src \(own(sources.styles)); script-src \(own(sources.scripts)); "
            + "img-src 'self' data:; object-src 'none'; "
            + "base-uri 'none'; frame-ancestors 'none'; form-action \(targets)\(further)"
    }

    private static func own(_ others: [String]) -> String {
        (["'self'"] + others).joined(separator: " ")
    }

    private static func resourcePolicy(_ manner: Manner) -> HTTPField {
        if manner == .picture { return forAll }
        if case .api(let cors) = manner, cors != .none { return forAll }
        return forUs
    }
}
