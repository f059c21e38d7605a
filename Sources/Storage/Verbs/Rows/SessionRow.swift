import Identity
import JSON
import OAuth

extension Session {
    /// What is asked beside the session's own columns is one look into an index each: whoever sets up a factor, or gets
    /// back in without, is known by it at the next request of every session.
    static let columns = """
        s.secret, s.id, s.subject, s.browser, s.authenticated_at, s.methods, s.level, s.created_at, s.last_seen_at, \
        s.idle_until, s.expires_at, s.device, s.address, s.proofs, s.is_half, s.waiver, \
        CASE WHEN EXISTS (SELECT f.id FROM factors f WHERE f.account_id = s.subject) THEN 1 ELSE 0 END, \
        CASE WHEN EXISTS (SELECT c.account_id FROM factor_standings c
            WHERE c.account_id = s.subject AND c.recovered_at IS NOT NULL) THEN 1 ELSE 0 END
        """

    init(_ row: Row) throws {
        var cursor = RowCursor(row)
        let (secret, id) = (try cursor.digest(), try cursor.text())
        let (subject, browser) = (try cursor.text(), try cursor.digest())
        let authenticatedAt = try cursor.instant()
        let methods = try cursor.strings()
        let level = try cursor.text()
        let (createdAt, lastSeenAt) = (try cursor.instant(), try cursor.instant())
        let (idleUntil, expiresAt) = (try cursor.instant(), try cursor.instant())
        let (device, address) = (try cursor.text(), try cursor.text())
        // Sessions from before the ledger have none.
        let kept = try cursor.optionalText().map(Proof.ledger)
        self.init(
            secret: secret, id: id, subject: subject, browser: browser, authenticatedAt: authenticatedAt,
            proofs: kept ?? methods.map { Proof($0, at: authenticatedAt) }, level: level, createdAt: createdAt,
            lastSeenAt: lastSeenAt, idleUntil: idleUntil, expiresAt: expiresAt, device: device, address: address)
        isHalf = try cursor.integer() != 0
        waiver = try cursor.optionalText()
        hasFactors = try cursor.integer() != 0
        isCapped = try cursor.integer() != 0
    }
}

extension Proof {
    /// `[["pwd",1700000000],…]`, in the order of the proofs.
    static func ledger(_ text: String) throws -> [Proof] {
        guard let entries = try? JSONValue(parsing: text).arrayValue else {
            throw StorageError.corrupt("a ledger of proofs")
        }
        return try entries.map { entry in
            guard let pair = entry.arrayValue, pair.count == 2, let method = pair[0].stringValue,
                let seconds = pair[1].integerValue
            else { throw StorageError.corrupt("a ledger of proofs") }
            return Proof(method, at: Instant(seconds: seconds))
        }
    }

    static func ledger(_ proofs: [Proof]) -> String {
        let entries = proofs.map { JSONValue.array([.string($0.method), .integer($0.time.seconds)]) }
        return String(decoding: JSONValue.array(entries).bytes(), as: UTF8.self)
    }
}

extension SQLConnection {
    func insert(_ session: Session) throws {
        try insert(
            into: "sessions",
            [
                "secret": .digest(session.secret),
                "id": .text(session.id),
                "subject": .text(session.subject),
                "browser": .digest(session.browser),
                "authenticated_at": .instant(session.authenticatedAt),
                "methods": .strings(session.methods),
                "level": .text(session.level),
                "created_at": .instant(session.createdAt),
                "last_seen_at": .instant(session.lastSeenAt),
                "idle_until": .instant(session.idleUntil),
                "expires_at": .instant(session.expiresAt),
                "device": .text(session.device),
                "address": .text(session.address),
                "proofs": .text(Proof.ledger(session.proofs)),
                "is_half": .integer(session.isHalf ? 1 : 0),
                "factor_at": session.proofs.factorTime.map(SQLValue.instant) ?? .null,
                "waiver": session.waiver.map(SQLValue.text) ?? .null,
            ])
    }
}
