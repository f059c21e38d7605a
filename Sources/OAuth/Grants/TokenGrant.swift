/// One way to come by tokens, RFC 6749 §1.3. A grant *proves, spends, gives*: it checks possession,
/// consumes what is consumed in one atomic verb, and hands over a filled order. Client authentication
/// before it and signing after it are the same for all.
package protocol TokenGrant: Sendable {
    var type: GrantType { get }
    /// Its checks, in the order in which it makes them.
    var course: [CheckName] { get }

    /// Throws `OAuthError`, or what storage throws.
    func redeem(_ parameters: Parameters, for client: Client, at now: Instant) async throws -> Redemption
}

/// What a grant hands over.
package enum Redemption: Sendable {
    /// Spent and kept, to be signed now.
    case prepared(PreparedTokens)
    /// Signed before it was spent, because the answer itself was kept with the spending.
    case answered(TokenResponse, PreparedTokens)
    /// The very bytes that were answered before (D3); nothing new is issued.
    case repeated(TokenResponse, Grant)
}
