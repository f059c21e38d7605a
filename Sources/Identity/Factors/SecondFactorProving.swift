import Cryptography
import OAuth

extension SecondFactor {
    package func prove(_ code: String, as kind: CodeKind, _ attempt: Attempt, at now: Instant) async throws -> Outcome {
        guard policy.isOn else {
            refused(kind.rawValue, because: "not_offered", attempt)
            return .wrong
        }
        let isLast: Bool
        switch try await store.countFactorTry(of: attempt.session.subject, under: policy.tries, at: now) {
        case .admitted(let last): isLast = last
        case .locked(let end):
            refused(kind.rawValue, because: "locked", attempt)
            return .locked(retryAfter: max(1, end.seconds(since: now)))
        }
        switch try await check(code, as: kind, attempt, at: now) {
        case .wrong(let reason):
            refused(kind.rawValue, because: reason, attempt)
        case .right(let evidence):
            if let proven = try await complete(evidence, proving: kind.method, attempt, at: now) { return proven }
            guard try await sessions.isLive(attempt.session, at: now) else {
                // The try counted all the same.
                if isLast { try await lock(kind, attempt, at: now) }
                return .ended
            }
            // Somebody was faster with it; or, of a backup code, it never was one.
            refused(kind.rawValue, because: "spent", attempt)
        }
        if isLast { try await lock(kind, attempt, at: now) }
        return .wrong
    }

    /// By a passkey: nobody guesses one, so that it is neither counted nor locked.
    package func prove(passkey answer: PasskeyAnswer, _ attempt: Attempt, at now: Instant) async throws -> Outcome {
        let kind = Factor.Kind.passkey.rawValue
        guard policy.isOn, policy.kinds.contains(.passkey),
            let (evidence, method) = try await passkeys.evidence(answer, in: attempt.session, at: now)
        else {
            refused(kind, because: "wrong", attempt)
            return .wrong
        }
        if let proven = try await complete(evidence, proving: method, attempt, at: now) { return proven }
        guard try await sessions.isLive(attempt.session, at: now) else { return .ended }
        refused(kind, because: "spent", attempt)
        return .wrong
    }

    /// Spends the evidence and makes the session whole in one write; `nil` when nothing was written.
    private func complete(
        _ evidence: FactorProving.Evidence, proving method: String, _ attempt: Attempt, at now: Instant
    ) async throws -> Outcome? {
        let session = attempt.session
        guard let account = try await accounts.account(id: session.subject), account.status == .active else {
            return nil
        }
        let opened = try sessions.complete(session, proving: method, at: now)
        let remembered = try rememberedBrowser(by: evidence, attempt, at: now)
        var proving = FactorProving(evidence, old: session.secret, renewed: opened.session)
        proving.authorization = attempt.authorization
        proving.formerToken = attempt.formerToken
        proving.remembering = remembered?.browser
        if case .backupCode = evidence {
            // As of a moment ago: of two codes used at once one letter tells of one too many.
            let left = max(0, try await store.holdings(of: account.id).codesLeft - 1)
            proving.letters = [
                try postbox.seal(.backupCodeUsed(of: account, left: left, from: attempt.visitor, at: now), at: now)
            ]
        }
        // As of a moment ago, as well.
        let isRecovering = try await recoveries.factorRecovery(of: account.id, at: now) != nil
        if isRecovering {
            proving.letters.append(
                try postbox.seal(.factorRecoveryCancelled(of: account, by: attempt.visitor, at: now), at: now))
        }
        guard try await store.prove(proving, at: now) else { return nil }
        record(.factorProven, ["factor": evidence.word, "session": session.id], attempt)
        if isRecovering { record(.factorRecoveryCancelled, ["how": "factor_proven", "session": session.id], attempt) }
        if remembered != nil { record(.browserRemembered, ["session": session.id], attempt) }
        return .proven(opened, remembered: remembered?.token)
    }

    /// A browser is remembered for a factor: whoever is down to codes on paper is asked again the next time.
    private func rememberedBrowser(
        by evidence: FactorProving.Evidence, _ attempt: Attempt, at now: Instant
    ) throws -> (token: OpaqueToken, browser: RememberedBrowser)? {
        guard attempt.remembers, policy.rememberedFor > 0, evidence.isFactor else { return nil }
        let token = try OpaqueToken(.rememberedBrowser, from: random)
        let browser = RememberedBrowser(
            id: try Identifier.make(from: random), accountID: attempt.session.subject, token: token.digest,
            device: attempt.visitor.device, createdAt: now, lastUsedAt: now, expiresAt: now + policy.rememberedFor)
        return (token, browser)
    }

    /// The try was counted, and the lock fell with it; its person hears of it, for whoever came as far as this knows the
    /// first factor.
    private func lock(_ kind: CodeKind, _ attempt: Attempt, at now: Instant) async throws {
        record(.factorLocked, ["factor": kind.rawValue, "session": attempt.session.id], attempt)
        guard let account = try await accounts.account(id: attempt.session.subject) else { return }
        let letter = Letter.factorLocked(of: account, until: now + policy.tries.lockout, by: attempt.visitor, at: now)
        try await letters.post(postbox.seal(letter, at: now))
    }

    private func refused(_ factor: String, because reason: String, _ attempt: Attempt) {
        record(.factorRefused, ["factor": factor, "reason": reason, "session": attempt.session.id], attempt)
    }

    private func record(_ kind: AuditEvent.Kind, _ details: [String: String], _ attempt: Attempt) {
        let network = ["network": attempt.network.prefix]
        audit.record(
            AuditEvent(kind, subject: attempt.session.subject, details: details.merging(network) { first, _ in first }))
    }
}

extension SecondFactor.CodeKind {
    /// Its word in the ledger.
    var method: String {
        switch self {
        case .totp: Proof.totp
        case .mailCode: Proof.mailCode
        case .backupCode: Proof.backupCode
        }
    }
}

extension FactorProving.Evidence {
    var word: String {
        switch self {
        case .totp: Factor.Kind.totp.rawValue
        case .mailCode: Factor.Kind.mailCode.rawValue
        case .passkey: Factor.Kind.passkey.rawValue
        case .backupCode: SecondFactor.CodeKind.backupCode.rawValue
        }
    }

    var isFactor: Bool {
        if case .backupCode = self { false } else { true }
    }
}
