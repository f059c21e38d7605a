import OAuth

/// Refusals to compare with: what the client is told, without a finding.
extension OAuthError {
    init(_ code: Code, _ sentence: String, retryAfter: Int64? = nil) {
        self.init(
            code, sentence, Finding(.request, seen: "", expected: "", repair: ""), retryAfter: retryAfter)
    }

    static func invalidRequest(_ sentence: String) -> Self { Self(.invalidRequest, sentence) }
    static func invalidClient(_ sentence: String) -> Self { Self(.invalidClient, sentence) }
    static func invalidGrant(_ sentence: String) -> Self { Self(.invalidGrant, sentence) }
    static func invalidTarget(_ sentence: String) -> Self { Self(.invalidTarget, sentence) }
}
