import OAuth

extension StoredRegistration {
    static let columns = "client_id, registration, version, created_at, updated_at"

    init(_ row: Row) throws {
        var cursor = RowCursor(row)
        self.init(
            clientID: try cursor.text(), document: try cursor.text(), version: try cursor.integer(),
            createdAt: try cursor.instant(), updatedAt: try cursor.instant())
    }
}
