import Identity
import OAuth

extension Store {
    /// Everything is asked before anything is written, but for what is spent by its own write: that comes first.
    package func change(_ change: FactorChange, at now: Instant) async throws -> FactorChange.Outcome {
        try await database.write { connection in
            let subject = change.renewed.subject
            guard let asking = try connection.asking(change.old, toBe: change.renewed, at: now),
                asking.isProven(since: change.freshSince), try connection.isOpen(subject), try connection.hold(subject)
            else { return .notFresh }
            let before = try connection.factors(of: subject)
            if let refusal = try connection.refusal(of: change, having: before, at: now) { return refusal }
            try connection.make(change, of: subject, having: before, at: now)
            try connection.complete(change.old, as: change.renewed, was: asking, at: now)
            // Nothing but a first factor can be added or changed where there is none.
            let isUndoable = before.isEmpty && change.undo != nil
            for letter in isUndoable ? change.firstLetters : change.letters { try connection.post(letter) }
            return try connection.begin(change, of: subject, having: before, at: now) ? .doneWithCodes : .done
        }
    }

    fileprivate static func isFull(_ factors: [Factor]) -> Bool {
        factors.count { $0.kind == .passkey } >= Passkeys.most
    }
}

extension SQLConnection {
    /// Why a change is not made. What is to be spent for it is spent here, last: `nil` is its go-ahead.
    fileprivate func refusal(
        of change: FactorChange, having before: [Factor], at now: Instant
    ) throws -> FactorChange.Outcome? {
        let subject = change.renewed.subject
        switch change.kind {
        case .addTOTP(let factor, _):
            return factor.accountID == subject && factor.kind == .totp ? nil : .gone
        case .addMailCode(let factor, let link):
            guard factor.accountID == subject, factor.kind == .mailCode else { return .gone }
            guard !before.contains(where: { $0.kind == .mailCode }) else { return .spent }
            return try spend(link, for: [.secondFactor, .freshness], of: subject, at: now) ? nil : .spent
        case .addPasskey(let factor, let challenge):
            guard factor.accountID == subject, case .passkey(let passkey) = factor.secret else { return .gone }
            guard !Store.isFull(before), try !isTaken(passkey) else { return .spent }
            return try spendUnkept(challenge, at: now) ? nil : .spent
        case .rename(let factor, _), .remove(let factor):
            return before.contains { $0.id == factor } ? nil : .gone
        case .renewCodes:
            return before.isEmpty ? .gone : nil
        }
    }

    private func isTaken(_ passkey: Passkey) throws -> Bool {
        try !rows("SELECT id FROM factors WHERE credential_id = $1", [.bytes(passkey.credentialID)]).isEmpty
    }

    fileprivate func make(_ change: FactorChange, of subject: String, having before: [Factor], at now: Instant) throws {
        switch change.kind {
        case .addTOTP(let factor, let step):
            try execute("DELETE FROM factors WHERE account_id = $1 AND kind = 'totp'", [.text(subject)])
            try insert(factor)
            try execute(
                "UPDATE factors SET last_step = $2 WHERE id = $1 AND last_step < $2",
                [.text(factor.id), .integer(step)])
        case .addMailCode(let factor, _), .addPasskey(let factor, _): try insert(factor)
        case .rename(let factor, let name):
            // Who may skip a factor does not hang from what it is called.
            try execute("UPDATE factors SET name = $2 WHERE id = $1", [.text(factor), .text(name)])
            return
        case .remove(let factor):
            try execute("DELETE FROM factors WHERE id = $1", [.text(factor)])
            if before.count == 1 {
                try execute("DELETE FROM backup_codes WHERE account_id = $1", [.text(subject)])
                // There is nothing left that they could prove.
                try endHalfSessions(of: subject, at: now)
            }
        case .renewCodes(let codes): try replaceCodes(of: subject, by: codes, at: now)
        }
        try forgetRemembered(of: subject)
        try dropFactorRecovery(of: subject)
    }

    /// What follows from a factor that was added: nothing caps the level any more. Since when one was demanded stays
    /// known: taking it away again earns no more time. With the first, every other session of the person ends, for none
    /// was opened by it. `true` when it is the first and backup codes are in force with it.
    fileprivate func begin(
        _ change: FactorChange, of subject: String, having before: [Factor], at now: Instant
    ) throws -> Bool {
        switch change.kind {
        case .rename, .remove, .renewCodes: return false
        case .addTOTP, .addMailCode, .addPasskey: break
        }
        try execute("UPDATE factor_standings SET recovered_at = NULL WHERE account_id = $1", [.text(subject)])
        guard before.isEmpty else { return false }
        if let undo = change.undo { try keepUndo(undo, of: subject) }
        _ = try endSessions(of: subject, except: change.renewed.id, at: now)
        guard !change.firstCodes.isEmpty else { return false }
        try replaceCodes(of: subject, by: change.firstCodes, at: now)
        return true
    }

    private func replaceCodes(of subject: String, by codes: [TokenDigest], at now: Instant) throws {
        try execute("DELETE FROM backup_codes WHERE account_id = $1", [.text(subject)])
        for code in codes {
            try insert(
                into: "backup_codes",
                ["account_id": .text(subject), "digest": .digest(code), "created_at": .instant(now)])
        }
    }
}
