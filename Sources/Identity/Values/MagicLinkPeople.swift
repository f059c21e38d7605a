/// Whom links to sign in with are for.
package enum MagicLinkPeople: Sendable, Equatable {
    /// Those who have switched them on (B086).
    case optIn
    /// Those who hold one of these roles, in whichever context (B138).
    case roles([String])
    case anybody
}
