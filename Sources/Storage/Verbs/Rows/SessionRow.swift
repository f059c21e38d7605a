import Identity
import OAuth

extension Session {
    static let columns = """
        s.secret, s.id, s.subject, s.browser, s.authenticated_at, s.methods, s.level, s.created_at, s.last_seen_at, \
        s.idle_until, s.expires_at, s.device, s.address
        """

    init(_ row: Row) throws {
        var cursor = RowCursor(row)
        self.init(
            secret: try cursor.digest(), id: try cursor.text(), subject: try cursor.text(),
            browser: try cursor.digest(), authenticatedAt: try cursor.instant(), methods: try cursor.strings(),
            level: try cursor.text(), createdAt: try cursor.instant(), lastSeenAt: try cursor.instant(),
            idleUntil: try cursor.instant(), expiresAt: try cursor.instant(), device: try cursor.text(),
            address: try cursor.text())
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
            ])
    }
}
