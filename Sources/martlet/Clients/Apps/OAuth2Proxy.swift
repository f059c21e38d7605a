extension AppRecipe {
    /// It reads e-mail address and groups from the ID token.
    static let oauth2Proxy = AppRecipe(
        name: "oauth2-proxy", title: "oauth2-proxy, in front of any web app", redirectPaths: ["/oauth2/callback"],
        postLogoutPaths: ["/"], grants: [.authorizationCode, .refreshToken],
        scope: "openid profile email roles offline_access", further: [("martlet_claims_in_id_token", true)],
        note: "Make the cookie secret with: openssl rand -base64 32 | tr -- '+/' '-_'"
    ) { facts in
        """
        # oauth2-proxy.cfg
        provider = "oidc"
        provider_display_name = "Martlet"
        oidc_issuer_url = "\(facts.issuer)"
        client_id = "\(facts.id)"
        client_secret = "\(facts.shownSecret)"
        redirect_url = "\(facts.redirectURI)"
        scope = "\(facts.scope)"
        code_challenge_method = "S256"
        oidc_groups_claim = "roles"
        email_domains = ["*"]
        cookie_secret = ""
        cookie_refresh = "9m"
        """
    }
}
