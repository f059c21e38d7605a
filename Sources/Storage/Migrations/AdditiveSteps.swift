extension Migration {
    /// Where a step says that programs without it may go on beside it (OP2).
    static let additiveSteps = Migration(
        version: 28, name: "additive_steps",
        statements: ["CREATE TABLE additive_steps (version BIGINT NOT NULL PRIMARY KEY)"], isAdditive: true)
}

extension SQLConnection {
    /// Says of steps that older programs may go on beside them: last of all, when every step has run, for the next could be
    /// one that they must not write beside.
    func note(_ additions: [Migration]) throws {
        for addition in additions {
            try insert(
                into: "additive_steps", ["version": .integer(addition.version)],
                orElse: "ON CONFLICT (version) DO NOTHING")
        }
    }

    /// The steps beside which a program may go on that does not know them. Of what ran before steps said so, none.
    func additiveSteps(among ran: Set<Int64>) throws -> Set<Int64> {
        guard ran.contains(Migration.additiveSteps.version) else { return [] }
        return try Set(rows("SELECT version FROM additive_steps", []).map { try $0.integer(0) })
    }
}
