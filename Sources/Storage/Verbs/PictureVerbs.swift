import Identity
import OAuth

extension Store: PictureStore {
    package func picture(_ id: String) async throws -> Picture? {
        try await picture(where: "p.id = $1", .text(id))
    }

    package func picture(of accountID: String) async throws -> Picture? {
        try await picture(where: "p.account_id = $1", .text(accountID))
    }

    package func setPicture(_ picture: Picture, at now: Instant) async throws -> Bool {
        try await database.write { connection in
            let changed = try connection.execute(
                "UPDATE accounts SET picture = $2, updated_at = $3 WHERE id = $1 AND status = 'active'",
                [.text(picture.accountID), .text(picture.path), .instant(now)])
            guard changed == 1 else { return false }
            try connection.execute("DELETE FROM pictures WHERE account_id = $1", [.text(picture.accountID)])
            try connection.insert(picture)
            return true
        }
    }

    package func removePicture(of accountID: String, at now: Instant) async throws -> Bool {
        try await database.write { connection in
            try connection.execute("DELETE FROM pictures WHERE account_id = $1", [.text(accountID)])
            return try connection.execute(
                "UPDATE accounts SET picture = NULL, updated_at = $2 WHERE id = $1 AND picture IS NOT NULL",
                [.text(accountID), .instant(now)]) == 1
        }
    }

    private func picture(where condition: String, _ value: SQLValue) async throws -> Picture? {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT \(Picture.columns) FROM pictures p JOIN accounts a ON a.id = p.account_id
                WHERE \(condition) AND a.status = 'active'
                """,
                [value]
            ).first.map(Picture.init)
        }
    }
}

extension Picture {
    fileprivate static let columns = "p.id, p.account_id, p.format, p.width, p.height, p.content, p.created_at"

    fileprivate init(_ row: Row) throws {
        var cursor = RowCursor(row)
        let (id, accountID) = (try cursor.text(), try cursor.text())
        guard let format = PictureFile.Format(rawValue: try cursor.text()) else {
            throw StorageError.corrupt("picture \(id): format")
        }
        let (width, height) = (try cursor.integer(), try cursor.integer())
        let file = PictureFile(
            format: format, width: Int(clamping: width), height: Int(clamping: height), bytes: try cursor.bytes())
        self.init(id: id, accountID: accountID, file: file, createdAt: try cursor.instant())
    }
}

extension SQLConnection {
    fileprivate func insert(_ picture: Picture) throws {
        try insert(
            into: "pictures",
            [
                "id": .text(picture.id),
                "account_id": .text(picture.accountID),
                "format": .text(picture.file.format.rawValue),
                "width": .integer(Int64(picture.file.width)),
                "height": .integer(Int64(picture.file.height)),
                "content": .bytes(picture.file.bytes),
                "created_at": .instant(picture.createdAt),
            ])
    }
}
