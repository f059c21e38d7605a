import OAuth

/// How people stand to second factors, for the dispatcher of requests.
package struct FactorStandingRule: FactorStandings {
    /// There is nobody to say it of: refused, like everything that cannot be found out (MF6).
    package struct NobodyThere: Error {}

    private let policy: FactorPolicy
    private let store: any FactorStore
    private let accounts: any AccountStore
    /// Where passwords are off everybody comes in by a mailbox, and codes by mail prove nothing more.
    private let takesPasswords: Bool

    package init(
        policy: FactorPolicy, store: any FactorStore, accounts: any AccountStore, takesPasswords: Bool = true
    ) {
        self.policy = policy
        self.store = store
        self.accounts = accounts
        self.takesPasswords = takesPasswords
    }

    package func standing(
        of authentication: Authentication, for clientID: String, at now: Instant
    ) async throws -> FactorStanding {
        guard let account = try await accounts.account(id: authentication.subject), account.status == .active else {
            throw NobodyThere()
        }
        let demanded = demanded(of: account)
        guard policy.isOn else { return FactorStanding(demanded: demanded, canEnrol: false) }
        let holdings = try await store.holdings(of: account.id)
        let held = authentication.proofs + provable(holdings, by: account, at: now)
        let isMissing = !holdings.isEnrolled && isRequired(of: account, for: clientID)
        let mustEnrol = isMissing ? try await isGraceOver(for: account, holdings, at: now) : false
        return FactorStanding(
            isEnrolled: holdings.isEnrolled, reachable: holdings.isEnrolled ? policy.levels.reached(by: held) : [],
            enrollable: enrollable(authentication, having: held, by: account, at: now), demanded: demanded,
            mustEnrol: mustEnrol, canEnrol: !kinds(for: account).isEmpty)
    }

    /// In whichever context a role is held: a demand holds wherever there is any doubt.
    private func demanded(of account: Account) -> [String] {
        let levels = Set(account.roles.compactMap { policy.roleLevels[$0.name] })
        return policy.levels.names.filter(levels.contains) + levels.subtracting(policy.levels.names).sorted()
    }

    /// What the person can still prove with what they have. A held factor whose kind is not offered any more cannot be
    /// asked for; backup codes can.
    private func provable(_ holdings: FactorHoldings, by account: Account, at now: Instant) -> [Proof] {
        guard holdings.isEnrolled else { return [] }
        var methods = policy.kinds.filter { !holdings.factors(of: $0).isEmpty }
            .filter { $0 != .mailCode || account.isEmailVerified }.map(\.bestMethod)
        if holdings.codesLeft > 0 { methods.append(Proof.backupCode) }
        return methods.map { Proof($0, at: now) }
    }

    /// Nobody sets up a factor on staff's word for them.
    private func enrollable(
        _ authentication: Authentication, having held: [Proof], by account: Account, at now: Instant
    ) -> [String] {
        guard account.isEmailVerified, FreshAuthentication.isProof(authentication.proofs.map(\.method)) else {
            return []
        }
        let kinds = kinds(for: account)
        guard !kinds.isEmpty else { return [] }
        return policy.levels.reached(by: held + kinds.map { Proof($0.bestMethod, at: now) })
    }

    private func kinds(for account: Account) -> [Factor.Kind] {
        policy.kinds(for: account, takesPasswords: takesPasswords)
    }

    /// Whoever is exempt by a role is spared what is demanded of everybody, and nothing that is demanded of another role
    /// of theirs, or by an app.
    private func isRequired(of account: Account, for clientID: String) -> Bool {
        if policy.requiredClients.contains(clientID) { return true }
        guard !policy.exemptClients.contains(clientID) else { return false }
        if account.roles.contains(where: { policy.requiredRoles.contains($0.name) }) { return true }
        let isExempt = account.roles.contains { $0.context.isEmpty && policy.exemptRoles.contains($0.name) }
        return policy.requiredRoles.contains("*") && !isExempt
    }

    /// The grace period runs from the first time that it matters.
    private func isGraceOver(
        for account: Account, _ holdings: FactorHoldings, at now: Instant
    ) async throws -> Bool {
        let since: Instant
        if let demandedAt = holdings.demandedAt {
            since = demandedAt
        } else {
            since = try await store.noteFactorDemand(of: account.id, at: now)
        }
        return since + policy.grace <= now
    }
}
