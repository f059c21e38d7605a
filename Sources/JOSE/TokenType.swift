/// The kinds of token this house signs, told apart by `typ` so that none passes for another (RFC 8725 §3.11).
package enum TokenType: String, Sendable, Hashable, CaseIterable {
    /// RFC 9068 §2.1.
    case accessToken = "at+jwt"
    /// OpenID Connect Core §2 leaves the type of an ID token open.
    case idToken = "JWT"
    /// OpenID Connect Back-Channel Logout §2.4.
    case logoutToken = "logout+jwt"
}
