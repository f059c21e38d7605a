import JOSE

/// Registered clients, looked up by `client_id`.
package protocol ClientRegistry: Sendable {
    func client(_ id: String) async throws -> Client?
    /// Every client, for questions about all of them (CORS origins).
    func clients() async throws -> [Client]
}

/// People, as far as the rules need them.
package protocol SubjectDirectory: Sendable {
    func subject(_ id: String) async throws -> Subject?

    /// The person of the grant from which an access token hangs, if the token is alive by what is stored, as
    /// `GrantStore.standing` says. One look-up.
    func subject(
        ofAccessToken id: String, grantID: String, issuedAt: Instant, at now: Instant
    ) async throws -> Subject?
}

/// The current keys; a value, swapped whole when they rotate.
package protocol KeyRingSource: Sendable {
    var keyRing: KeyRing { get }

    /// The same, with what another process may have added since, for a token by a key that is not known here. Names of
    /// keys are anybody's to make up: it costs one look-up a second at most, whoever asks.
    func newestKeyRing(at now: Instant) async throws -> KeyRing
}

/// Client assertions already seen, RFC 7523 §3 (7).
package protocol AssertionMemory: Sendable {
    /// Remembers a `jti` of a client until it would be refused by age anyway. Atomic: of simultaneous calls one gets
    /// `fresh`.
    /// - Parameter usableSince: the earliest time at which the assertion can have been accepted.
    func remember(
        assertionID: String, of clientID: String, usableSince: Instant, until expiry: Instant
    ) async throws -> AssertionMemoryAnswer
}

/// What is remembered of an assertion; only one that is `fresh` is good.
package enum AssertionMemoryAnswer: Sendable, Equatable {
    case fresh
    case seenBefore
    /// It may have been seen: memory reaches back no further than to the last restore of a backup (OP3).
    case olderThanMemory
}

/// A page fetched over HTTPS (or loopback HTTP) on the server's own behalf: bounded in time and size, no redirects.
package protocol HTTPFetcher: Sendable {
    func fetch(_ request: OutboundRequest) async throws -> OutboundResponse
}

package struct OutboundRequest: Sendable {
    package let method: String
    package let url: String
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]?

    package init(method: String, url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

package struct OutboundResponse: Sendable {
    package let status: Int
    package let contentType: String?
    package let body: [UInt8]

    package init(status: Int, contentType: String?, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }
}
