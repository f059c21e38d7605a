extension AppRecipe {
    /// `kubectl` signs in through kubelogin on the person's machine, a public client; the API server reads the claims
    /// from the ID token and asks nobody.
    static let kubernetes = AppRecipe(
        name: "kubernetes", title: "Kubernetes: kubectl with kubelogin",
        redirectURIs: ["http://localhost:8000", "http://localhost:18000"], isPublic: true, isLocal: true,
        grants: [.authorizationCode, .refreshToken], scope: "openid profile email roles offline_access",
        further: [("martlet_claims_in_id_token", true)],
        note:
            "The API server takes an https issuer only. Before Kubernetes 1.34 the apiVersion of its file ends in v1beta1."
    ) { facts in
        """
        # authentication.yaml, for kube-apiserver --authentication-config
        apiVersion: apiserver.config.k8s.io/v1
        kind: AuthenticationConfiguration
        jwt:
          - issuer:
              url: \(facts.issuer)
              audiences: ["\(facts.id)"]
            claimMappings:
              username: {claim: sub, prefix: "martlet:"}
              groups: {claim: roles, prefix: "martlet:"}

        # on each person's machine
        kubectl krew install oidc-login
        kubectl config set-credentials martlet \\
          --exec-api-version=client.authentication.k8s.io/v1 --exec-interactive-mode=Never \\
          --exec-command=kubectl --exec-arg=oidc-login --exec-arg=get-token \\
          --exec-arg=--oidc-issuer-url=\(facts.issuer) --exec-arg=--oidc-client-id=\(facts.id) \\
          --exec-arg=--oidc-pkce-method=S256 \\
          --exec-arg=--oidc-extra-scope=email --exec-arg=--oidc-extra-scope=roles \\
          --exec-arg=--oidc-extra-scope=offline_access
        """
    }
}
