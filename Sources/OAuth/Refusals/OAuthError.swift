/// A registered error code and a sentence that is safe to send to the client. No HTTP status: one table
/// at the edge maps codes to statuses. The sentence never repeats what the client sent (TK20).
///
/// Beside what the client is told it carries what the operator may ask for: the checks behind it. None is made
/// without the finding of the check that failed.
package struct OAuthError: Error, Sendable, CustomStringConvertible {
    /// The codes of the IANA "OAuth Extensions Error" registry that Martlet speaks.
    package enum Code: String, Sendable, CaseIterable {
        // RFC 6749 §4.1.2.1 and §5.2
        case invalidRequest = "invalid_request"
        case invalidClient = "invalid_client"
        case invalidGrant = "invalid_grant"
        case unauthorizedClient = "unauthorized_client"
        case unsupportedGrantType = "unsupported_grant_type"
        case unsupportedResponseType = "unsupported_response_type"
        case invalidScope = "invalid_scope"
        case accessDenied = "access_denied"
        case serverError = "server_error"
        case temporarilyUnavailable = "temporarily_unavailable"
        // OpenID Connect Core §3.1.2.6
        case interactionRequired = "interaction_required"
        case loginRequired = "login_required"
        case accountSelectionRequired = "account_selection_required"
        case consentRequired = "consent_required"
        case requestNotSupported = "request_not_supported"
        case requestURINotSupported = "request_uri_not_supported"
        case registrationNotSupported = "registration_not_supported"
        /// OpenID Connect Core Error Code unmet_authentication_requirements 1.0
        case unmetAuthenticationRequirements = "unmet_authentication_requirements"
        /// RFC 8707 §2
        case invalidTarget = "invalid_target"
        // RFC 6750 §3.1
        case invalidToken = "invalid_token"
        case insufficientScope = "insufficient_scope"
        /// RFC 9470 §3
        case insufficientUserAuthentication = "insufficient_user_authentication"
        /// RFC 7009 §2.2.1
        case unsupportedTokenType = "unsupported_token_type"
    }

    package let code: Code
    package let sentence: String
    /// For temporary refusals: seconds until trying again makes sense.
    package let retryAfter: Int64?

    /// For the operator alone; nothing of it goes to the client.
    package let examination: Examination

    /// Levels of which one would be enough; told with `insufficient_user_authentication` (RFC 9470 §3).
    package let acrValues: [String]

    package init(
        _ code: Code, _ sentence: String, _ finding: Finding, retryAfter: Int64? = nil, acrValues: [String] = []
    ) {
        self.init(code, sentence, Examination(finding, in: []), retryAfter: retryAfter, acrValues: acrValues)
    }

    private init(
        _ code: Code, _ sentence: String, _ examination: Examination, retryAfter: Int64?, acrValues: [String]
    ) {
        self.code = code
        self.sentence = sentence
        self.examination = examination
        self.retryAfter = retryAfter
        self.acrValues = acrValues
    }

    package static func invalidRequest(_ sentence: String, _ finding: Finding) -> Self {
        Self(.invalidRequest, sentence, finding)
    }
    package static func invalidClient(_ sentence: String, _ finding: Finding) -> Self {
        Self(.invalidClient, sentence, finding)
    }
    package static func invalidGrant(_ sentence: String, _ finding: Finding) -> Self {
        Self(.invalidGrant, sentence, finding)
    }
    package static func invalidScope(_ sentence: String, _ finding: Finding) -> Self {
        Self(.invalidScope, sentence, finding)
    }
    package static func invalidTarget(_ sentence: String, _ finding: Finding) -> Self {
        Self(.invalidTarget, sentence, finding)
    }
    package static func invalidToken(_ sentence: String, _ finding: Finding) -> Self {
        Self(.invalidToken, sentence, finding)
    }

    /// The same refusal with the checks around the one that failed: said by whoever knows their order. An error
    /// that has them already keeps them.
    package func examined(in course: [CheckName], established: Established) -> Self {
        guard examination.checks.count == 1, let finding = examination.failed else { return self }
        let whole = Examination(finding, in: course, established: established)
        return Self(code, sentence, whole, retryAfter: retryAfter, acrValues: acrValues)
    }

    /// What the client is told: the sentence, and by which reference its operator can be asked.
    package func sentence(referringTo reference: String) -> String { "\(sentence) (reference \(reference))" }

    package var description: String { "\(code.rawValue): \(sentence)" }
}

extension OAuthError: Equatable {
    /// Two refusals are the same when the client is told the same.
    package static func == (left: Self, right: Self) -> Bool {
        left.code == right.code && left.sentence == right.sentence && left.retryAfter == right.retryAfter
    }
}
