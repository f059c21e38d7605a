import Identity
import JSON
import OAuth

extension Factor {
    static let columns = """
        f.id, f.account_id, f.kind, f.name, f.created_at, f.last_used_at, f.seed, f.last_step, f.credential_id, \
        f.public_key, f.sign_count, f.backup_eligible, f.backed_up, f.transports
        """
    /// Where the columns begin that a statement adds behind them.
    static let columnCount = columns.split(separator: ",").count

    init(_ row: Row) throws {
        var cursor = RowCursor(row)
        let (id, accountID, kind) = (try cursor.text(), try cursor.text(), try cursor.text())
        let (name, createdAt) = (try cursor.text(), try cursor.instant())
        let lastUsedAt = try cursor.optionalInstant()
        let secret: Secret
        switch Kind(rawValue: kind) {
        case .totp: secret = .totp(sealedSeed: try row.bytes(6), lastStep: try row.integer(7))
        case .mailCode: secret = .mailbox
        case .passkey: secret = .passkey(try Passkey(row))
        case nil: throw StorageError.corrupt("factor \(id): kind")
        }
        self.init(
            id: id, accountID: accountID, name: name, secret: secret, createdAt: createdAt, lastUsedAt: lastUsedAt)
    }
}

extension Passkey {
    fileprivate init(_ row: Row) throws {
        guard let transports = try? JSONValue(parsing: row.text(13)).stringsValue else {
            throw StorageError.corrupt("a passkey's transports")
        }
        self.init(
            credentialID: try row.bytes(8), publicKey: try row.bytes(9), signCount: try row.integer(10),
            isBackupEligible: try row.integer(11) != 0, isBackedUp: try row.integer(12) != 0, transports: transports)
    }
}

extension RememberedBrowser {
    static let columns = "id, account_id, token, device, created_at, last_used_at, expires_at"

    init(_ row: Row) throws {
        var cursor = RowCursor(row)
        self.init(
            id: try cursor.text(), accountID: try cursor.text(), token: try cursor.digest(),
            device: try cursor.text(), createdAt: try cursor.instant(), lastUsedAt: try cursor.instant(),
            expiresAt: try cursor.instant())
    }
}

extension FactorRecovery {
    static let columns = "r.account_id, r.asked_at, r.ready_at, r.expires_at"

    init(_ row: Row) throws {
        var cursor = RowCursor(row)
        self.init(
            accountID: try cursor.text(), askedAt: try cursor.instant(), readyAt: try cursor.instant(),
            expiresAt: try cursor.instant())
    }
}

extension SQLConnection {
    /// Two that are set up at once wait for each other here, and the later one looks again.
    func insert(_ factor: Factor) throws {
        var (seed, lastStep, passkey) = (SQLValue.null, SQLValue.null, Passkey?.none)
        switch factor.secret {
        case .totp(let sealedSeed, let step): (seed, lastStep) = (.bytes(sealedSeed), .integer(step))
        case .mailbox: break
        case .passkey(let registered): passkey = registered
        }
        let inserted = try insert(
            into: "factors",
            [
                "id": .text(factor.id),
                "account_id": .text(factor.accountID),
                "kind": .text(factor.kind.rawValue),
                "name": .text(factor.name),
                "seed": seed,
                "last_step": lastStep,
                "credential_id": passkey.map { .bytes($0.credentialID) } ?? .null,
                "public_key": passkey.map { .bytes($0.publicKey) } ?? .null,
                "sign_count": passkey.map { .integer($0.signCount) } ?? .null,
                "backup_eligible": passkey.map { .flag($0.isBackupEligible) } ?? .null,
                "backed_up": passkey.map { .flag($0.isBackedUp) } ?? .null,
                "transports": passkey.map { .strings($0.transports) } ?? .null,
                "created_at": .instant(factor.createdAt),
                "last_used_at": .instant(factor.lastUsedAt),
            ], orElse: "ON CONFLICT DO NOTHING")
        guard inserted == 1 else { throw StorageError.corrupt("a factor that was free is taken within one write") }
    }

    func insert(_ browser: RememberedBrowser) throws {
        try insert(
            into: "remembered_browsers",
            [
                "id": .text(browser.id),
                "account_id": .text(browser.accountID),
                "token": .digest(browser.token),
                "device": .text(browser.device),
                "created_at": .instant(browser.createdAt),
                "last_used_at": .instant(browser.lastUsedAt),
                "expires_at": .instant(browser.expiresAt),
            ])
    }
}
