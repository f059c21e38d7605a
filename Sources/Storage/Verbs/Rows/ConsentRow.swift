import OAuth

extension Consent {
    static let query = "SELECT \(columns) FROM consents WHERE subject = $1 AND client_id = $2"
    static let columns = "subject, client_id, scopes, resources, granted_at"

    init(_ row: Row) throws {
        var cursor = RowCursor(row)
        self.init(
            subject: try cursor.text(), clientID: try cursor.text(), scopes: try cursor.scopes(),
            resources: try cursor.strings(), grantedAt: try cursor.instant())
    }

    /// What was allowed before, and this on top.
    func adding(to earlier: Consent) -> Consent {
        Consent(
            subject: subject, clientID: clientID, scopes: earlier.scopes.union(scopes),
            resources: earlier.resources + resources.filter { !earlier.resources.contains($0) }, grantedAt: grantedAt)
    }
}
