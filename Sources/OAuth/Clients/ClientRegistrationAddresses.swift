import JSON

/// Where answers may be sent, and from where browser apps may ask (AZ2).
extension ClientRegistrationReader {
    mutating func readAddresses(into client: inout Client) {
        let type = choice("application_type", of: ApplicationType.allCases)
        client.redirectURIs = redirectURIs("redirect_uris", isWebApp: type == .web)
        client.postLogoutRedirectURIs = redirectURIs("post_logout_redirect_uris", isWebApp: type == .web)
        client.policy.webOrigins = webOrigins()
    }

    /// OpenID Connect Dynamic Client Registration §2, `application_type`.
    private enum ApplicationType: String, CaseIterable {
        case web
        case native
    }

    /// A registration that says it is a web app must not be reachable by whatever app claims a private scheme.
    private mutating func redirectURIs(_ name: String, isWebApp: Bool) -> [String] {
        var uris: [String] = []
        for (uri, path) in texts(name, maximum: 2048) ?? [] {
            if let reason = RedirectURI.fault(registering: uri) {
                fault(path, "this address \(reason.rawValue)")
            } else if isWebApp, !uri.hasPrefix("http") {
                fault(path, "this address has a private scheme, which belongs to application_type native")
            } else {
                uris.append(uri)
            }
        }
        return uris
    }

    private mutating func webOrigins() -> [String] {
        var origins: [String] = []
        for (text, path) in texts("martlet_web_origins") ?? [] {
            guard WebOrigin.isExact(text) else {
                fault(
                    path,
                    "a web origin is written exactly as browsers send it: scheme, host and, unless it is "
                        + "the default, port; https, or http on this machine",
                    suggestion: WebOrigin.nearest(to: text))
                continue
            }
            origins.append(text)
        }
        return origins
    }
}
