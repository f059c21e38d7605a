extension Migration {
    /// What the imported password hashes among the accounts cost, so that all sign-ins that fail take as long (PW10).
    /// The index holds only accounts that have such a hash still.
    static let importedHashes = Migration(
        version: 17, name: "imported_hashes",
        statements: [
            "CREATE TABLE imported_hash_costs (blank TEXT NOT NULL PRIMARY KEY)",
            "CREATE INDEX accounts_with_imported_hash ON accounts (id) WHERE password_hash LIKE '%:%'",
        ])
}
