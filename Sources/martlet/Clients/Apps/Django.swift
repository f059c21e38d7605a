extension AppRecipe {
    static let django = AppRecipe(
        name: "django", title: "Django with mozilla-django-oidc", redirectPaths: ["/oidc/callback/"],
        postLogoutPaths: ["/"],
        note: "PKCE needs mozilla-django-oidc 4 or later. Its default algorithm, HS256, is not spoken here: keep RS256."
    ) { facts in
        """
        # settings.py
        INSTALLED_APPS += ["mozilla_django_oidc"]
        AUTHENTICATION_BACKENDS = ["mozilla_django_oidc.auth.OIDCAuthenticationBackend"]
        OIDC_RP_CLIENT_ID = "\(facts.id)"
        OIDC_RP_CLIENT_SECRET = "\(facts.shownSecret)"
        OIDC_RP_SIGN_ALGO = "RS256"
        OIDC_RP_SCOPES = "openid profile email"
        OIDC_USE_PKCE = True
        OIDC_TOKEN_USE_BASIC_AUTH = True
        OIDC_OP_AUTHORIZATION_ENDPOINT = "\(facts.issuer)/authorize"
        OIDC_OP_TOKEN_ENDPOINT = "\(facts.issuer)/token"
        OIDC_OP_USER_ENDPOINT = "\(facts.issuer)/userinfo"
        OIDC_OP_JWKS_ENDPOINT = "\(facts.issuer)/jwks.json"
        LOGIN_URL = "oidc_authentication_init"

        # urls.py
        path("oidc/", include("mozilla_django_oidc.urls")),
        """
    }

    static let djangoAllauth = AppRecipe(
        name: "django-allauth", title: "Django with django-allauth",
        redirectPaths: ["/accounts/oidc/martlet/login/callback/"], postLogoutPaths: ["/"]
    ) { facts in
        """
        # settings.py
        INSTALLED_APPS += ["allauth.socialaccount", "allauth.socialaccount.providers.openid_connect"]
        SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {
                "OAUTH_PKCE_ENABLED": True,
                "APPS": [
                    {
                        "provider_id": "martlet",
                        "name": "Martlet",
                        "client_id": "\(facts.id)",
                        "secret": "\(facts.shownSecret)",
                        "settings": {
                            "server_url": "\(facts.issuer)",
                            "token_auth_method": "client_secret_basic",
                        },
                    }
                ],
            }
        }
        """
    }

    static let djangoSocialAuth = AppRecipe(
        name: "django-social-auth", title: "Django with social-auth-app-django", redirectPaths: ["/complete/oidc/"],
        postLogoutPaths: ["/"],
        note: "A social-auth-core without PKCE for OpenID Connect sends a nonce only: let it update, or add "
            + "\"martlet_may_omit_pkce\": true to the client's file."
    ) { facts in
        """
        # settings.py
        INSTALLED_APPS += ["social_django"]
        AUTHENTICATION_BACKENDS = ["social_core.backends.open_id_connect.OpenIdConnectAuth"]
        SOCIAL_AUTH_OIDC_OIDC_ENDPOINT = "\(facts.issuer)"
        SOCIAL_AUTH_OIDC_KEY = "\(facts.id)"
        SOCIAL_AUTH_OIDC_SECRET = "\(facts.shownSecret)"
        SOCIAL_AUTH_OIDC_SCOPE = ["openid", "profile", "email"]
        SOCIAL_AUTH_OIDC_USE_PKCE = True
        SOCIAL_AUTH_OIDC_JWT_ALGORITHMS = ["RS256"]
        SOCIAL_AUTH_OIDC_TOKEN_ENDPOINT_AUTH_METHOD = "client_secret_basic"

        # urls.py
        path("", include("social_django.urls")),
        """
    }
}
