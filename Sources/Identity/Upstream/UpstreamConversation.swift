import OAuth

/// Speaks to one provider, in its way.
package protocol UpstreamConversation: Sendable {
    var provider: UpstreamProvider { get }

    /// Where the browser is sent.
    ///
    /// - Parameter hint: an address to fill in there, where it takes one.
    func authorizationURL(
        _ secrets: UpstreamSecrets, returnTo: String, hint: String?, at now: Instant
    ) async throws(UpstreamFault) -> String

    /// What comes back is checked, exchanged and read; never longer than five seconds in all (SO9).
    func identity(
        by answer: UpstreamAnswer, _ secrets: UpstreamSecrets, returnTo: String, at now: Instant
    ) async throws(UpstreamFault) -> UpstreamIdentity

    /// What is wrong with its settings or its answers, for `martlet check`; empty when it would do.
    func faults(returnTo: String, at now: Instant) async -> [String]
}

/// What the browser brought back: the parameters of RFC 6749 §4.1.2, as they were sent.
package struct UpstreamAnswer: Sendable {
    package let code: String?
    package let error: String?
    /// RFC 9207.
    package let issuer: String?
    /// Apple: JSON of the person's name, unsigned, at the first consent alone.
    package let user: String?

    package init(code: String?, error: String?, issuer: String?, user: String? = nil) {
        self.code = code
        self.error = error
        self.issuer = issuer
        self.user = user
    }
}
