import OAuth

/// Something a person can be asked for beside what they came in with.
package struct Factor: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case totp
        case mailCode = "mail_code"
        case passkey

        /// Its word in the ledger, at its best: a passkey that knows its person.
        package var bestMethod: String {
            switch self {
            case .totp: Proof.totp
            case .mailCode: Proof.mailCode
            case .passkey: Proof.verifiedPasskey
            }
        }
    }

    package enum Secret: Sendable, Equatable {
        /// RFC 6238. The seed is sealed (MF1); of the steps up to `lastStep` none is accepted again (MF2).
        case totp(sealedSeed: [UInt8], lastStep: Int64)
        /// A code to the address of the account.
        case mailbox
        case passkey(Passkey)
    }

    /// Opaque; 128 random bits.
    package let id: String
    package let accountID: String
    /// What its person calls it.
    package let name: String
    package let secret: Secret
    package let createdAt: Instant
    package let lastUsedAt: Instant?

    package init(
        id: String, accountID: String, name: String, secret: Secret, createdAt: Instant, lastUsedAt: Instant? = nil
    ) {
        self.id = id
        self.accountID = accountID
        self.name = name
        self.secret = secret
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
    }

    package var kind: Kind {
        switch secret {
        case .totp: .totp
        case .mailbox: .mailCode
        case .passkey: .passkey
        }
    }
}

/// A credential as its registration told of it (WebAuthn §7.1).
package struct Passkey: Sendable, Equatable {
    /// At most 1023 bytes (WebAuthn §4); unique here.
    package let credentialID: [UInt8]
    /// COSE_Key (RFC 9052 §7), as it came.
    package let publicKey: [UInt8]
    /// 0 where the authenticator does not count.
    package let signCount: Int64
    package let isBackupEligible: Bool
    package let isBackedUp: Bool
    /// How it can be reached, in WebAuthn's words.
    package let transports: [String]

    package init(
        credentialID: [UInt8], publicKey: [UInt8], signCount: Int64, isBackupEligible: Bool, isBackedUp: Bool,
        transports: [String]
    ) {
        self.credentialID = credentialID
        self.publicKey = publicKey
        self.signCount = signCount
        self.isBackupEligible = isBackupEligible
        self.isBackedUp = isBackedUp
        self.transports = transports
    }
}

/// What a person has set up.
package struct FactorHoldings: Sendable, Equatable {
    /// In the order they were set up.
    package let factors: [Factor]
    /// Backup codes that are still good.
    package let codesLeft: Int
    package let codesMadeAt: Instant?
    /// When the person got back in without a factor; until one is set up again the level stays at the lowest (MF9).
    package let recoveredAt: Instant?
    /// When a factor was first demanded of the person by a role or a client; the grace period runs from there.
    package let demandedAt: Instant?

    package init(
        factors: [Factor] = [], codesLeft: Int = 0, codesMadeAt: Instant? = nil, recoveredAt: Instant? = nil,
        demandedAt: Instant? = nil
    ) {
        self.factors = factors
        self.codesLeft = codesLeft
        self.codesMadeAt = codesMadeAt
        self.recoveredAt = recoveredAt
        self.demandedAt = demandedAt
    }

    package var isEnrolled: Bool { !factors.isEmpty }

    package func factors(of kind: Factor.Kind) -> [Factor] { factors.filter { $0.kind == kind } }
}

/// A browser on which a person need not be asked for the second factor for a while. It never satisfies a demanded level or
/// age (B100).
package struct RememberedBrowser: Sendable, Equatable {
    /// For the list of them; opaque.
    package let id: String
    package let accountID: String
    /// Digest of the cookie's secret.
    package let token: TokenDigest
    package let device: String
    package let createdAt: Instant
    package let lastUsedAt: Instant
    package let expiresAt: Instant

    package init(
        id: String, accountID: String, token: TokenDigest, device: String, createdAt: Instant, lastUsedAt: Instant,
        expiresAt: Instant
    ) {
        self.id = id
        self.accountID = accountID
        self.token = token
        self.device = device
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
    }
}
