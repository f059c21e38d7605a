extension AppRecipe {
    static let grafana = AppRecipe(
        name: "grafana", title: "Grafana (generic OAuth)", redirectPaths: ["/login/generic_oauth"],
        postLogoutPaths: ["/login"], grants: [.authorizationCode, .refreshToken],
        scope: "openid profile email roles offline_access",
        note:
            "People with the role “grafana-admin” become administrators of Grafana; change role_attribute_path to taste."
    ) { facts in
        """
        # grafana.ini
        [server]
        root_url = \(facts.url)

        [auth.generic_oauth]
        enabled = true
        name = Martlet
        client_id = \(facts.id)
        client_secret = \(facts.shownSecret)
        scopes = \(facts.scope)
        auth_url = \(facts.issuer)/authorize
        token_url = \(facts.issuer)/token
        api_url = \(facts.issuer)/userinfo
        use_pkce = true
        use_refresh_token = true
        allow_sign_up = true
        login_attribute_path = preferred_username || email
        role_attribute_path = contains(roles[*], 'grafana-admin') && 'Admin' || 'Viewer'
        signout_redirect_url = \(facts.issuer)/logout?client_id=\(facts.id)&post_logout_redirect_uri=\(facts.url)/login
        """
    }
}
