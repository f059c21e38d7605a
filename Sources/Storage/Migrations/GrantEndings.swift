extension Migration {
    /// Why a grant was revoked, for whoever asks why a token no longer works. `NULL` where nobody has written it down.
    static let grantEndings = Migration(
        version: 10, name: "grant_endings",
        statements: ["ALTER TABLE grants ADD COLUMN ended_by TEXT"])
}
