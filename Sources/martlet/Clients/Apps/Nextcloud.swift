extension AppRecipe {
    static let nextcloud = AppRecipe(
        name: "nextcloud", title: "Nextcloud (app user_oidc)",
        redirectPaths: ["/apps/user_oidc/code", "/index.php/apps/user_oidc/code"], postLogoutPaths: ["", "/"],
        scope: "openid profile email roles"
    ) { facts in
        """
        # config/config.php
        'user_oidc' => ['use_pkce' => true],

        # once, as the user the web server runs as
        php occ app:install user_oidc
        php occ user_oidc:provider Martlet \\
          --clientid='\(facts.id)' --clientsecret='\(facts.shownSecret)' \\
          --discoveryuri='\(facts.issuer)/.well-known/openid-configuration' \\
          --scope='openid profile email roles' \\
          --mapping-uid=sub --mapping-display-name=name --mapping-email=email --mapping-groups=roles
        """
    }
}
