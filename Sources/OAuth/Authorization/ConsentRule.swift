/// When a person is asked (OpenID Connect Core §3.1.2.4, OAuth 2.1 §7.3; SE10, SE11).
package enum ConsentRule {
    /// The scopes to ask for; empty when nothing needs asking. When asking, all requested scopes are
    /// shown, so that the person sees the whole.
    static func missing(
        for request: AuthorizationRequest, from situation: AuthorizationStep.Situation, subject: Subject
    ) -> ScopeSet {
        if let given = situation.facts.consentedScopes, situation.facts.consentedSubject == subject.id,
            request.scopes.isSubset(of: given)
        {
            return []
        }
        let mustAsk = request.demands.prompts.contains(.consent) || !request.client.isVerifiable
        if !mustAsk, request.client.policy.skipsConsent || isCovered(request, by: situation.remembered) { return [] }
        return request.scopes
    }

    private static func isCovered(_ request: AuthorizationRequest, by consent: Consent?) -> Bool {
        guard let consent else { return false }
        return request.scopes.isSubset(of: consent.scopes)
            && request.resources.allSatisfy(consent.resources.contains)
    }
}
