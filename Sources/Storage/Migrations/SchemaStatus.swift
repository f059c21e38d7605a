/// Which schema a database has, and which this program brings.
package struct SchemaStatus: Sendable, Equatable {
    /// The highest step that was run; 0 for an empty database.
    package let found: Int64
    package let known: Int64
    /// The highest step that a newer version has run, and beside which this program cannot go on.
    package let unknown: Int64?
    /// Whether every step has been run that this program knows.
    package let isComplete: Bool

    init(ran: Set<Int64>, additive: Set<Int64> = [], of steps: [Migration] = Migration.all) {
        let versions = Set(steps.map(\.version))
        found = ran.max() ?? 0
        known = versions.max() ?? 0
        unknown = ran.subtracting(versions).subtracting(additive).max()
        isComplete = versions.isSubset(of: ran)
    }
}
