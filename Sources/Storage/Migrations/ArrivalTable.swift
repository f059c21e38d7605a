extension Migration {
    /// By what people from other systems are known (`ArrivalMark`). A mark outlives its account: then it says that
    /// somebody was here and is gone.
    static let arrivals = Migration(
        version: 24, name: "arrivals",
        statements: [
            """
            CREATE TABLE arrivals (
                mark {bytes} NOT NULL PRIMARY KEY CHECK (length(mark) = 32),
                account_id TEXT REFERENCES accounts (id) ON DELETE SET NULL
            )
            """,
            "CREATE INDEX arrivals_by_account ON arrivals (account_id)",
        ])
}
