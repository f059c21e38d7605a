extension AppRecipe {
    static let gitea = AppRecipe(
        name: "gitea", title: "Gitea, Forgejo", redirectPaths: ["/user/oauth2/martlet/callback"],
        scope: "openid profile email roles",
        note:
            "Gitea must send a PKCE challenge (go-gitea/gitea#38202). Releases without it send neither that nor a nonce, "
            + "and Martlet refuses them: their codes could be used by whoever gets hold of one."
    ) { facts in
        """
        # as the user Gitea runs as; the name of the source is part of the redirect address
        gitea admin auth add-oauth \\
          --name martlet --provider openidConnect \\
          --key '\(facts.id)' --secret '\(facts.shownSecret)' \\
          --auto-discover-url '\(facts.issuer)/.well-known/openid-configuration' \\
          --scopes openid --scopes profile --scopes email --scopes roles \\
          --group-claim-name roles --admin-group gitea-admin
        """
    }
}
