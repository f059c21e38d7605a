/// Authorization requests that wait for a person, and the codes they end in.
package protocol AuthorizationStore: Sendable {
    func keep(_ pending: PendingAuthorization) async throws

    /// The request with this handle if it has not expired. Who may see it is the caller's check.
    func pending(_ handle: TokenDigest, at now: Instant) async throws -> PendingAuthorization?

    /// Writes a fact on the row. `false` when the request is gone or expired.
    func record(_ fact: PendingAuthorization.Fact, on handle: TokenDigest, at now: Instant) async throws -> Bool

    /// Swaps the pending request, if it was kept, for a grant and its code. Atomic: of two simultaneous
    /// calls for one handle exactly one gets `true`. Fails with `false` and writes nothing when the handle
    /// is gone or when the session of the grant has ended meanwhile.
    func finish(_ handle: TokenDigest?, with code: AuthorizationCode, at now: Instant) async throws -> Bool

    /// Drops a request that ends in a refusal. `false` when it was already gone.
    func abandon(_ handle: TokenDigest) async throws -> Bool
}

/// A request on its way through sign-in and consent, bound to the browser that started it (AZ21).
package struct PendingAuthorization: Sendable, Equatable {
    /// What happened since it started; the dispatcher reads these, steps write them.
    package struct Facts: Sendable, Equatable {
        /// Public id of the session a person opened, or proved afresh, for this very request.
        package var signedInSession: String?
        /// Public id of the session in which a second factor was proven for this very request.
        package var factorSession: String?
        /// The account chosen on the account page.
        package var chosenSubject: String?
        /// Scopes the person allowed on the consent page of this request, and who did.
        package var consentedScopes: ScopeSet?
        package var consentedSubject: String?

        package init() {}
    }

    package enum Fact: Sendable, Equatable {
        case signedIn(session: String)
        case provedFactor(session: String)
        case chose(subject: String)
        case consented(ScopeSet, subject: String)
    }

    package let handle: TokenDigest
    package let browser: TokenDigest
    /// The request as received. Validated again each time it is read, so that a registration that
    /// changed meanwhile counts at once.
    package let parameters: Parameters
    package let facts: Facts
    package let createdAt: Instant
    package let expiresAt: Instant

    package init(
        handle: TokenDigest, browser: TokenDigest, parameters: Parameters, facts: Facts = Facts(),
        createdAt: Instant, expiresAt: Instant
    ) {
        self.handle = handle
        self.browser = browser
        self.parameters = parameters
        self.facts = facts
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

/// An authorization code as it is kept, RFC 6749 §4.1.2.
package struct AuthorizationCode: Sendable, Equatable {
    package let digest: TokenDigest
    package let grant: Grant
    /// The redirect address it was sent to; compared when the client names one.
    package let redirectURI: String
    /// Whether the request named the address; then the exchange must name it too.
    package let redirectURIWasSent: Bool
    /// S256 code challenge, RFC 7636 §4.2; `nil` only for clients that may go without (D4).
    package let codeChallenge: String?
    package let expiresAt: Instant
    package let spentAt: Instant?

    package init(
        digest: TokenDigest, grant: Grant, redirectURI: String, redirectURIWasSent: Bool, codeChallenge: String?,
        expiresAt: Instant, spentAt: Instant? = nil
    ) {
        self.digest = digest
        self.grant = grant
        self.redirectURI = redirectURI
        self.redirectURIWasSent = redirectURIWasSent
        self.codeChallenge = codeChallenge
        self.expiresAt = expiresAt
        self.spentAt = spentAt
    }
}
