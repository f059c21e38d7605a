extension Migration {
    /// When this database was last put back from a backup. What was issued before lives on nowhere (OP3).
    static let restores = Migration(
        version: 4, name: "restores",
        statements: [
            // A row for each restore; the latest epoch is the one that counts, and a backup carries them along.
            """
            CREATE TABLE restore_epochs (
                number BIGINT NOT NULL PRIMARY KEY CHECK (number > 0),
                epoch BIGINT NOT NULL,
                restored_at BIGINT NOT NULL,
                backup_made_at BIGINT NOT NULL
            )
            """
        ])
}
