import Identity
import OAuth

extension Store: FactorRecoveryStore {
    package func factorRecovery(of subject: String, at now: Instant) async throws -> FactorRecovery? {
        try await database.read { connection in try connection.factorRecovery(of: subject, at: now) }
    }

    /// Whoever has no factor has nothing to get around.
    package func beginRecovery(
        _ recovery: FactorRecovery, spending link: TokenDigest, cancelling: [TokenDigest], letters: [SealedLetter],
        at now: Instant
    ) async throws -> Bool {
        let subject = recovery.accountID
        return try await database.write { connection in
            guard try connection.factorRecovery(of: subject, at: now) == nil,
                try !connection.factors(of: subject).isEmpty,
                try connection.spend(link, for: [.factorRecovery], of: subject, at: now)
            else { return false }
            // Of one that has run out.
            try connection.dropFactorRecovery(of: subject)
            guard try connection.keep(recovery, cancelling: cancelling) else { return false }
            for letter in letters { try connection.post(letter) }
            return true
        }
    }

    package func recoveryToCancel(_ digest: TokenDigest, at now: Instant) async throws -> FactorRecovery? {
        try await database.read { connection in try connection.recovery(stoppedBy: digest, at: now) }
    }

    package func cancelRecovery(
        _ digest: TokenDigest, letters: [SealedLetter], at now: Instant
    ) async throws -> String? {
        try await database.write { connection in
            guard let subject = try connection.recovery(stoppedBy: digest, at: now)?.accountID,
                try connection.holdRecovery(of: subject, at: now),
                try connection.consume(.factorRecoveryStop, digest, binding: subject, at: now)
            else { return nil }
            try connection.dropFactorRecovery(of: subject)
            for letter in letters { try connection.post(letter) }
            return subject
        }
    }

    package func cancelRecovery(of subject: String, at now: Instant) async throws -> Bool {
        try await database.write { connection in
            guard try connection.factorRecovery(of: subject, at: now) != nil else { return false }
            try connection.dropFactorRecovery(of: subject)
            return true
        }
    }

    /// A request that waits is told of no factor: none was proven.
    package func finishRecovery(
        in renewed: Session, old: TokenDigest, spending link: TokenDigest, authorization: TokenDigest?,
        letters: [SealedLetter], at now: Instant
    ) async throws -> Bool {
        let subject = renewed.subject
        return try await database.write { connection in
            guard let asking = try connection.asking(old, toBe: renewed, at: now),
                try connection.factorRecovery(of: subject, at: now)?.isReady(at: now) == true,
                try connection.holdRecovery(of: subject, at: now),
                try connection.spend(link, for: [.factorRecovery], of: subject, at: now),
                try connection.takeRecovery(of: subject, at: now)
            else { return false }
            try connection.dropFactorRecovery(of: subject)
            _ = try connection.dropFactors(of: subject, at: now)
            try connection.complete(old, as: renewed, was: asking, at: now)
            _ = try connection.endOtherAccess(of: subject, keeping: renewed.id, at: now)
            try connection.dropEntrances(of: subject, at: now)
            for letter in letters { try connection.post(letter) }
            return true
        }
    }

    /// Of somebody without any factor nothing is taken, and nothing ends: there are other verbs for that.
    package func resetFactors(of subject: String, letters: [SealedLetter], at now: Instant) async throws -> Int? {
        try await database.write { connection in
            guard try connection.account(subject) != nil else { return nil }
            guard try !connection.factors(of: subject).isEmpty else { return 0 }
            let dropped = try connection.resetFactors(of: subject, because: .endedByOperator, at: now)
            for letter in letters { try connection.post(letter) }
            return dropped
        }
    }

    package func factorsToUndo(_ digest: TokenDigest, at now: Instant) async throws -> String? {
        try await database.read { connection in try connection.factors(undoneBy: digest, at: now) }
    }

    package func undoFactors(_ digest: TokenDigest, at now: Instant) async throws -> String? {
        try await database.write { connection in
            guard let subject = try connection.factors(undoneBy: digest, at: now),
                try connection.consume(.factorUndo, digest, binding: subject, at: now)
            else { return nil }
            _ = try connection.resetFactors(of: subject, because: .credentialsChanged, at: now)
            return subject
        }
    }
}

extension SQLConnection {
    fileprivate func factorRecovery(of subject: String, at now: Instant) throws -> FactorRecovery? {
        try rows(
            "SELECT \(FactorRecovery.columns) FROM factor_recoveries r WHERE r.account_id = $1 AND r.expires_at > $2",
            [.text(subject), .instant(now)]
        ).first.map(FactorRecovery.init)
    }

    fileprivate func recovery(stoppedBy digest: TokenDigest, at now: Instant) throws -> FactorRecovery? {
        try rows(
            """
            SELECT \(FactorRecovery.columns) FROM factor_recoveries r
            JOIN one_time_artefacts o ON o.binding = r.account_id
            WHERE o.kind = $1 AND o.digest = $2 AND o.spent_at IS NULL AND o.expires_at > $3 AND r.expires_at > $3
            """,
            [.text(OneTimeArtefact.Kind.factorRecoveryStop.rawValue), .digest(digest), .instant(now)]
        ).first.map(FactorRecovery.init)
    }

    /// Of two that begin at once one is kept: the row count is the answer.
    fileprivate func keep(_ recovery: FactorRecovery, cancelling: [TokenDigest]) throws -> Bool {
        let kept = try insert(
            into: "factor_recoveries",
            [
                "account_id": .text(recovery.accountID),
                "asked_at": .instant(recovery.askedAt),
                "ready_at": .instant(recovery.readyAt),
                "expires_at": .instant(recovery.expiresAt),
            ], orElse: "ON CONFLICT DO NOTHING")
        guard kept == 1 else { return false }
        for digest in cancelling {
            try insert(
                into: "one_time_artefacts",
                [
                    "kind": .text(OneTimeArtefact.Kind.factorRecoveryStop.rawValue),
                    "digest": .digest(digest),
                    "binding": .text(recovery.accountID),
                    "expires_at": .instant(recovery.expiresAt),
                ])
        }
        return true
    }

    /// Takes all factors, and ends all access: whoever has them now, or came in by them, may be anybody.
    fileprivate func resetFactors(of subject: String, because ending: Grant.Ending, at now: Instant) throws -> Int {
        try dropFactorRecovery(of: subject)
        let dropped = try dropFactors(of: subject, at: now)
        try endGrants("subject = $3", [.text(subject)], because: ending, at: now)
        _ = try endSessions(of: subject, except: nil, at: now)
        try dropEntrances(of: subject, at: now)
        try execute("DELETE FROM known_browsers WHERE subject = $1", [.text(subject)])
        return dropped
    }

    /// Nobody's where there is no factor left to remove.
    fileprivate func factors(undoneBy digest: TokenDigest, at now: Instant) throws -> String? {
        try rows(
            """
            SELECT o.binding FROM one_time_artefacts o
            WHERE o.kind = $1 AND o.digest = $2 AND o.spent_at IS NULL AND o.expires_at > $3
                AND EXISTS (SELECT 1 FROM factors f WHERE f.account_id = o.binding)
            """,
            [.text(OneTimeArtefact.Kind.factorUndo.rawValue), .digest(digest), .instant(now)]
        ).first?.text(0)
    }

    /// In the place of that of a first factor that is gone.
    func keepUndo(_ undo: OneTimeArtefact, of subject: String) throws {
        try execute(
            "DELETE FROM one_time_artefacts WHERE kind = $1 AND binding = $2",
            [.text(OneTimeArtefact.Kind.factorUndo.rawValue), .text(subject)])
        try insert(
            into: "one_time_artefacts",
            [
                "kind": .text(OneTimeArtefact.Kind.factorUndo.rawValue), "digest": .digest(undo.digest),
                "binding": .text(subject), "expires_at": .instant(undo.expiresAt),
            ])
    }

    /// What ends one, in whichever way, changes its row before any other: a link that somebody has spent, and holds while
    /// they wait for the row, is one that whoever has the row would wait for. Changes nothing but who waits.
    fileprivate func holdRecovery(of subject: String, at now: Instant) throws -> Bool {
        try execute(
            "UPDATE factor_recoveries SET account_id = account_id WHERE account_id = $1 AND expires_at > $2",
            [.text(subject), .instant(now)]) == 1
    }

    /// One conditional write: whoever stops it and whoever carries it out cannot both have done so.
    fileprivate func takeRecovery(of subject: String, at now: Instant) throws -> Bool {
        try execute(
            "DELETE FROM factor_recoveries WHERE account_id = $1 AND ready_at <= $2 AND expires_at > $2",
            [.text(subject), .instant(now)]) == 1
    }

    /// Stops getting back in without any factor, and kills the links that would stop it.
    func dropFactorRecovery(of subject: String) throws {
        try execute("DELETE FROM factor_recoveries WHERE account_id = $1", [.text(subject)])
        try execute(
            "DELETE FROM one_time_artefacts WHERE kind = $1 AND binding = $2",
            [.text(OneTimeArtefact.Kind.factorRecoveryStop.rawValue), .text(subject)])
    }
}
