import OAuth

/// News about second factors. Each leads to where they are seen, and to where an account is taken back.
extension Letter {
    static func factorAdded(
        _ kind: Factor.Kind, to account: Account, by visitor: Visitor, at now: Instant
    ) -> Letter {
        news(.factorAdded, of: account, [(.method, kind.rawValue)] + facts(about: visitor, at: now), at: now)
    }

    /// With a link that takes it back: a thief who is signed in as somebody without a second factor could lock them out by
    /// one of their own. Whoever reads the mail of the account can use it. That is meant: until this factor there was, the
    /// mailbox was what the account came back by, and for a few days it still is.
    static func firstFactorAdded(
        _ kind: Factor.Kind, to account: Account, undo: OpaqueToken, until end: Instant, by visitor: Visitor,
        at now: Instant
    ) -> Letter {
        let facts = [(Fact.method, kind.rawValue)] + facts(about: visitor, at: now) + [(.until, String(end.seconds))]
        return Letter(
            .firstFactorAdded, to: account.email, about: account.id, name: account.profile.name,
            path: "/account/security", secondPath: "/factor-recovery/undo/\(undo.plaintext)", facts: facts,
            expiresAt: now + newsLifetime)
    }

    static func factorRemoved(
        _ kind: Factor.Kind, from account: Account, by visitor: Visitor, at now: Instant
    ) -> Letter {
        news(.factorRemoved, of: account, [(.method, kind.rawValue)] + facts(about: visitor, at: now), at: now)
    }

    static func backupCodesRenewed(of account: Account, by visitor: Visitor, at now: Instant) -> Letter {
        news(.backupCodesRenewed, of: account, facts(about: visitor, at: now), at: now)
    }

    /// Tells how many are left, so that nobody finds out by having none (B110).
    static func backupCodeUsed(of account: Account, left: Int, from visitor: Visitor, at now: Instant) -> Letter {
        news(.backupCodeUsed, of: account, [(.codesLeft, String(left))] + facts(about: visitor, at: now), at: now)
    }

    static func factorLocked(of account: Account, until end: Instant, by visitor: Visitor, at now: Instant) -> Letter {
        news(.factorLocked, of: account, facts(about: visitor, at: now) + [(.until, String(end.seconds))], at: now)
    }

    /// By a right second factor: it is not lost.
    static func factorRecoveryCancelled(of account: Account, by visitor: Visitor, at now: Instant) -> Letter {
        news(.factorRecoveryCancelled, of: account, facts(about: visitor, at: now), at: now)
    }

    private static func news(
        _ kind: Kind, of account: Account, _ facts: [(fact: Fact, value: String)], at now: Instant
    ) -> Letter {
        Letter(
            kind, to: account.email, about: account.id, name: account.profile.name, path: "/account/security",
            secondPath: "/recovery", facts: facts, expiresAt: now + newsLifetime)
    }
}
