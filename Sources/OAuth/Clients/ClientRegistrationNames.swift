/// The member names of a registration: RFC 7591 §2, OpenID Connect Dynamic Client Registration §2 and
/// RP-Initiated Logout §3.1, and ours.
enum RegistrationNames {
    static let known = standard + ours

    private static let standard = [
        "client_id", "client_name", "client_uri", "logo_uri", "contacts", "tos_uri", "policy_uri", "redirect_uris",
        "post_logout_redirect_uris", "grant_types", "response_types", "response_modes", "scope",
        "token_endpoint_auth_method", "token_endpoint_auth_signing_alg", "jwks", "application_type", "subject_type",
        "id_token_signed_response_alg", "default_max_age", "default_acr_values", "require_auth_time", "software_id",
        "software_version",
    ]

    private static let ours = [
        "martlet_skips_consent", "martlet_required_roles", "martlet_sign_in_methods", "martlet_web_origins",
        "martlet_resources", "martlet_audience", "martlet_introspects_all", "martlet_access_token_format",
        "martlet_access_token_lifetime", "martlet_rotates_refresh_tokens", "martlet_refresh_grace",
        "martlet_may_omit_pkce", "martlet_claims_in_id_token", "martlet_secret_hashes",
    ]

    /// Names that mean something elsewhere, or should never be in a registration: each with what to do instead.
    static func reasonToRefuse(_ name: String) -> String? {
        if let reason = refused[name] { return reason }
        guard let hash = name.firstIndex(of: "#"), known.contains(String(name[..<hash])) else { return nil }
        return "names in further languages are not used; give \(name[..<hash]) alone"
    }

    private static let refused = [
        "client_secret": "a secret is never kept in clear: give its SHA-256 in martlet_secret_hashes, "
            + "or let `martlet client secret ID add` make a new one",
        "client_secret_expires_at": "secrets do not expire by themselves; `martlet client secret ID retire` ends one",
        "client_id_issued_at": "it belongs to the answer of a registration endpoint; leave it out",
        "registration_access_token": "it belongs to the answer of a registration endpoint; leave it out",
        "registration_client_uri": "it belongs to the answer of a registration endpoint; leave it out",
        "jwks_uri": "keys are given inline: put the key set into jwks",
        "request_uris": "request objects are not supported; leave it out",
        "request_object_signing_alg": "request objects are not supported; leave it out",
        "sector_identifier_uri": "subjects are the same for every client; leave it out",
        "id_token_encrypted_response_alg": "encrypted ID tokens are not supported; leave it out",
        "id_token_encrypted_response_enc": "encrypted ID tokens are not supported; leave it out",
        "userinfo_signed_response_alg": "userinfo answers are plain JSON; leave it out",
        "userinfo_encrypted_response_alg": "userinfo answers are plain JSON; leave it out",
        "userinfo_encrypted_response_enc": "userinfo answers are plain JSON; leave it out",
        "software_statement": "software statements are not read; leave it out",
        "initiate_login_uri": "sign-in always starts at the app; leave it out",
        "frontchannel_logout_uri": "front-channel logout is not supported; leave it out",
        "backchannel_logout_uri": "back-channel logout is not supported; leave it out",
        "tls_client_auth_subject_dn": "client certificates are not supported; use private_key_jwt",
    ]
}
