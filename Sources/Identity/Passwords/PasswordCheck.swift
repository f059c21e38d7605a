import OAuth

/// The one place where a password is compared with an account, for sign-in and for every change that asks for
/// it again (PW7, PW10).
///
/// Every attempt takes the same path: two look-ups, counting, one hash. Whether the address is known, malformed,
/// disabled or has no password is neither said nor to be measured. The attempt is counted before it is checked,
/// so that any number of simultaneous ones get no more guesses than one after the other.
package struct PasswordCheck: Sendable {
    package enum Outcome: Sendable, Equatable {
        case right(Account)
        case refused(PasswordRefusal)
    }

    /// What the password is asked for; told to the audit log.
    package enum Purpose: String, Sendable {
        case signIn = "sign_in"
        case passwordChange = "password_change"
        case confirmation
    }

    private let accounts: any AccountStore
    private let browsers: any KnownBrowserStore
    private let lanes: PasswordLanes
    private let hasher: PasswordHasher
    private let audit: any AuditLog
    private let grace: Int64

    /// - Parameter grace: seconds for which somebody who deleted their account may sign in to come back.
    package init(
        accounts: any AccountStore, browsers: any KnownBrowserStore, lanes: PasswordLanes, hasher: PasswordHasher,
        audit: any AuditLog, grace: Int64 = 0
    ) {
        self.accounts = accounts
        self.browsers = browsers
        self.lanes = lanes
        self.hasher = hasher
        self.audit = audit
        self.grace = grace
    }

    package func check(_ attempt: PasswordAttempt, for purpose: Purpose, at now: Instant) async throws -> Outcome {
        // Refused before it is counted: in a flood, nobody's attempts are used up by attempts never checked.
        guard !hasher.isFull else { return busy(PasswordHasher.Busy(), attempt, purpose) }

        let account = try await accounts.account(canonicalEmail: EmailAddress(attempt.email)?.canonical ?? "")
        let isKnown = try await browsers.isKnown(browser: attempt.browser, of: account?.id ?? "")
        let lanes = lanes.lanes(of: attempt, knownBrowser: isKnown)
        if case .refused(let lane, let retryAfter) = try await self.lanes.admit(lanes, at: now) {
            record(.signInThrottled, attempt, purpose, subject: account?.id, reason: lane)
            let finding = Finding.lane(lane, retryAfter: retryAfter)
            return .refused(PasswordRefusal(.throttled(retryAfter: retryAfter), finding, subject: account?.id))
        }

        let candidate = account.flatMap { mayEnter($0, purpose, at: now) ? $0 : nil }
        do {
            let isRight = try await hasher.isValid(attempt.password, hash: candidate?.passwordHash)
            guard isRight, let candidate,
                let current = try await stillRight(candidate, attempt.password, for: purpose, at: now)
            else {
                record(.signInRefused, attempt, purpose, subject: account?.id, reason: Self.reason(account))
                return .refused(PasswordRefusal(.wrong, .credentials(account), subject: account?.id))
            }
            try await self.lanes.succeed(in: lanes, at: now)
            return .right(current)
        } catch let refusal as PasswordHasher.Busy {
            return busy(refusal, attempt, purpose)
        }
    }

    /// Whoever deleted their account may sign in while they can come back, to be asked whether they want to.
    private func mayEnter(_ account: Account, _ purpose: Purpose, at now: Instant) -> Bool {
        account.status == .active || (purpose == .signIn && account.canReturn(within: grace, at: now))
    }

    /// The account as it stands after the hash, which may have waited: one that was disabled meanwhile, or whose
    /// password was changed, is not entered with what was right a moment ago (SE6).
    private func stillRight(
        _ account: Account, _ password: String, for purpose: Purpose, at now: Instant
    ) async throws -> Account? {
        guard let current = try await accounts.account(id: account.id), mayEnter(current, purpose, at: now) else {
            return nil
        }
        if current.passwordHash == account.passwordHash { return current }
        return try await hasher.isValid(password, hash: current.passwordHash) ? current : nil
    }

    private func busy(_ refusal: PasswordHasher.Busy, _ attempt: PasswordAttempt, _ purpose: Purpose) -> Outcome {
        record(.signInThrottled, attempt, purpose, subject: nil, reason: "busy")
        return .refused(PasswordRefusal(.busy(retryAfter: refusal.retryAfter), .hashingBusy))
    }

    private static func reason(_ account: Account?) -> String {
        guard let account else { return "unknown_account" }
        if account.status == .disabled { return "disabled_account" }
        return account.passwordHash == nil ? "no_password" : "wrong_password"
    }

    /// Never the address as typed: people type passwords there (CF3).
    private func record(
        _ kind: AuditEvent.Kind, _ attempt: PasswordAttempt, _ purpose: Purpose, subject: String?, reason: String
    ) {
        let details = ["reason": reason, "purpose": purpose.rawValue, "network": attempt.network.prefix]
        audit.record(AuditEvent(kind, subject: subject, details: details))
    }
}
