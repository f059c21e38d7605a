extension AppRecipe {
    static let apache = AppRecipe(
        name: "apache", title: "Apache httpd (mod_auth_openidc)", redirectPaths: ["/redirect_uri"],
        postLogoutPaths: ["/"], scope: "openid profile email roles",
        note: "Make the passphrase with: openssl rand -hex 32. /redirect_uri must not be a page of your own."
    ) { facts in
        """
        # in the virtual host of \(facts.host)
        OIDCProviderMetadataURL \(facts.issuer)/.well-known/openid-configuration
        OIDCClientID \(facts.id)
        OIDCClientSecret \(facts.shownSecret)
        OIDCProviderTokenEndpointAuth client_secret_basic
        OIDCIDTokenSignedResponseAlg RS256
        OIDCPKCEMethod S256
        OIDCRedirectURI \(facts.redirectURI)
        OIDCScope "openid profile email roles"
        OIDCRemoteUserClaim sub
        OIDCCryptoPassphrase ""

        <Location "/">
          AuthType openid-connect
          Require valid-user
          # or: Require claim roles:staff
        </Location>
        """
    }
}
