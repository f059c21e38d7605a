import Cryptography

/// Registrations for the journeys.
enum TestClients {
    static let secret = "mcs_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"

    static var secretHash: String { Hex.encode(SHA256.digest(Array(secret.utf8))) }

    static var secretMember: String {
        "\"martlet_secret_hashes\": [{\"sha256\": \"\(secretHash)\", \"created\": \"2026-01-01\"}]"
    }

    /// Confidential, asks for consent, may introspect what is meant for it.
    static var shop: String {
        """
        {"client_id": "shop", "client_name": "Shop", "redirect_uris": ["https://shop.example/callback"],
         "post_logout_redirect_uris": ["https://shop.example/bye"],
         "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
         "scope": "openid profile email roles offline_access", "id_token_signed_response_alg": "ES256",
         \(secretMember),
         "martlet_audience": ["https://api.shop.example/"], "martlet_resources": ["https://other.example/"]}
        """
    }

    /// Public, first-party, in a browser: rotates refresh tokens.
    static var app: String {
        """
        {"client_id": "app", "client_name": "App", "redirect_uris": ["https://app.example/callback"],
         "grant_types": ["authorization_code", "refresh_token"], "token_endpoint_auth_method": "none",
         "scope": "openid profile email offline_access", "id_token_signed_response_alg": "EdDSA",
         "martlet_skips_consent": true, "martlet_web_origins": ["https://app.example"]}
        """
    }

    /// Only for people with a role.
    static var office: String {
        """
        {"client_id": "office", "client_name": "Office", "redirect_uris": ["https://office.example/callback"],
         "grant_types": ["authorization_code", "refresh_token"],
         "token_endpoint_auth_method": "none", "scope": "openid offline_access",
         "id_token_signed_response_alg": "ES256", "martlet_skips_consent": true,
         "martlet_required_roles": ["staff"]}
        """
    }

    /// Confidential, first-party, another API: asks nothing, may introspect only what is its own.
    static var bank: String {
        """
        {"client_id": "bank", "client_name": "Bank",
         "redirect_uris": ["https://bank.example/callback", "https://bank.example/callback?kept=1"],
         "grant_types": ["authorization_code", "client_credentials"], "scope": "openid email",
         "id_token_signed_response_alg": "ES256", "token_endpoint_auth_method": "client_secret_post",
         "response_modes": ["query"], \(secretMember), "martlet_skips_consent": true}
        """
    }

    /// On a device, with a private scheme and a loopback address: anybody could pretend to be it.
    static var device: String {
        """
        {"client_id": "device", "client_name": "Device",
         "redirect_uris": ["com.example.device:/callback", "http://127.0.0.1/callback", "http://[::1]/callback"],
         "token_endpoint_auth_method": "none", "scope": "openid", "id_token_signed_response_alg": "ES256",
         "martlet_skips_consent": true}
        """
    }

    /// An API that may ask about every token (D8).
    static var watch: String {
        """
        {"client_id": "watch", "client_name": "Watch", "grant_types": ["client_credentials"], \(secretMember),
         "martlet_introspects_all": true}
        """
    }

    static var all: [String: String] {
        ["shop": shop, "app": app, "office": office, "bank": bank, "device": device, "watch": watch]
    }
}
