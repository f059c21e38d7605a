import OAuth
import Testing

@Suite("Error codes: RFC 6749 §4.1.2.1 and §5.2, and the registry (TK20)")
struct OAuthErrorTests {
    @Test("TK20: only registered codes, in the characters that RFC 6749 allows")
    func codes() {
        let registered: Set = [
            "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type",
            "unsupported_response_type", "invalid_scope", "access_denied", "server_error", "temporarily_unavailable",
            "interaction_required", "login_required", "account_selection_required", "consent_required",
            "request_not_supported", "request_uri_not_supported", "registration_not_supported",
            "unmet_authentication_requirements", "invalid_target", "invalid_token", "insufficient_scope",
            "unsupported_token_type", "insufficient_user_authentication",
        ]
        #expect(Set(OAuthError.Code.allCases.map(\.rawValue)).isSubset(of: registered))
    }

    @Test("A refusal prints as code and sentence")
    func description() {
        #expect("\(OAuthError.invalidGrant("code is unknown"))" == "invalid_grant: code is unknown")
        #expect(OAuthError(.temporarilyUnavailable, "later", retryAfter: 5).retryAfter == 5)
    }
}
