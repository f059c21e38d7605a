import Cryptography
import OAuth

/// What there is to a code that was typed. Every kind does its whole work whatever is wrong with the code, so that how
/// long it takes does not tell what that was.
extension SecondFactor {
    enum Verdict {
        /// As far as can be said before it is spent.
        case right(FactorProving.Evidence)
        /// For the record alone.
        case wrong(because: String)
    }

    func check(_ code: String, as kind: CodeKind, _ attempt: Attempt, at now: Instant) async throws -> Verdict {
        let holdings = try await store.holdings(of: attempt.session.subject)
        switch kind {
        case .totp: return try checkTOTP(code, holdings, at: now)
        case .mailCode: return try await checkMailCode(code, holdings, attempt, at: now)
        case .backupCode: return try checkBackupCode(code, attempt)
        }
    }

    private func checkTOTP(_ code: String, _ holdings: FactorHoldings, at now: Instant) throws -> Verdict {
        guard isAsked(.totp, of: holdings), let factor = holdings.factors(of: .totp).first,
            case .totp(let sealed, let lastStep) = factor.secret
        else {
            _ = try TOTP.check(code, seed: random.bytes(TOTP.seedByteCount), after: 0, at: now)
            return .wrong(because: "not_offered")
        }
        let seed = try seeds.open(sealed, of: factor.accountID, factor: factor.id)
        switch try TOTP.check(code, seed: seed, after: lastStep, at: now) {
        case .right(let step): return .right(.totp(factor: factor.id, step: step))
        case .used: return .wrong(because: "used")
        case .wrong: return .wrong(because: "wrong")
        }
    }

    /// Good in the session that asked for it, and for the address that it went to, as long as that is the account's.
    private func checkMailCode(
        _ code: String, _ holdings: FactorHoldings, _ attempt: Attempt, at now: Instant
    ) async throws -> Verdict {
        let session = attempt.session
        let account = try await accounts.account(id: session.subject)
        let browser = attempt.visitor.browser
        let (outcome, _) = try await proofs.compare(code, for: .secondFactor, browser: browser, at: now)
        guard takesMailCode(in: session, of: account, having: holdings) else { return .wrong(because: "not_offered") }
        switch outcome {
        case .right(let proof):
            guard proof.accountID == session.subject, proof.detail["session"]?.stringValue == session.id,
                account?.email.canonical == proof.address.canonical
            else { return .wrong(because: "of_another") }
            return .right(.mailCode(link: proof.link))
        case .wrong: return .wrong(because: "wrong")
        case .locked: return .wrong(because: "too_many_tries")
        case .nothing: return .wrong(because: "nothing_awaited")
        }
    }

    /// Only by spending it storage tells whether it is one. What cannot be one is tried all the same.
    private func checkBackupCode(_ code: String, _ attempt: Attempt) throws -> Verdict {
        let nobodys = TokenDigest(bytes: try random.bytes(HMACSHA256.byteCount))
        return .right(.backupCode(codes.digest(typed: code, of: attempt.session.subject) ?? nobodys))
    }
}
