import Identity

/// Pages of ours that the operator shows to people whose second factor is still missing (B106).
struct ExemptPaths: Sendable {
    /// Nothing of these, whatever the operator writes: the pages that guard the account. Nor is anything that is not of
    /// the account: apps have an exemption of their own, and administration has none (B105).
    private static let guarded = [
        "/account/security", "/account/factors", "/account/password", "/account/address", "/account/confirm",
        "/account/delete", "/account/export", "/account/data", "/account/sessions", "/account/browsers",
    ].map(segments)

    private let listed: [[Substring]]

    init(_ policy: FactorPolicy) {
        listed = policy.exemptPaths.map(Self.segments)
    }

    /// By whole segments: `/accountX` is not below `/account`.
    func contains(_ path: String) -> Bool {
        let path = Self.segments(path)
        guard path.first == "account", !Self.guarded.contains(where: path.starts) else { return false }
        return listed.contains(where: path.starts)
    }

    private static func segments(_ path: String) -> [Substring] { path.split(separator: "/") }
}
