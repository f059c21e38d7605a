import Identity
import OAuth

/// What somebody must do about their second factor before a page of ours that no app asked for.
enum MissingFactor: Sendable {
    /// One that they have reaches what their roles demand.
    case proof
    case enrolment
}

extension Rooms {
    /// As the dispatcher asks on behalf of apps (MF6): a factor that is due, and the levels of the person's roles. Whoever
    /// got back in without a factor sets one up at once where one is asked of them.
    func missingFactor(in session: Session, of account: Account, at now: Instant) async throws -> MissingFactor? {
        let person = session.authentication(factors.policy.levels)
        let standing = try await factors.standings.standing(of: person, for: "", at: now)
        let isLacking = !standing.isReached(by: person.reached)
        let isProvable = !session.isCapped && standing.isEnrolled && standing.isReached(by: standing.reachable)
        if isLacking, isProvable { return .proof }
        let isDue = standing.mustEnrol || (session.isCapped && factors.policy.requires(account))
        return isLacking || isDue ? .enrolment : nil
    }
}

extension FactorStanding {
    /// Whether every level that the person's roles demand is among these.
    func isReached(by levels: [String]) -> Bool {
        demanded.allSatisfy { level in levels.contains(where: level.isExactly) }
    }
}

extension FactorPolicy {
    /// Whether a role of theirs demands a factor, by now or after the grace period.
    fileprivate func requires(_ account: Account) -> Bool {
        isOn && requiredRoles.contains { role in role == "*" || account.roles.contains { $0.name == role } }
    }
}
