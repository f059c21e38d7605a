/// One step of the schema. A step that has been released is never changed: databases out there have run it.
struct Migration: Sendable {
    let version: Int64
    let name: String
    /// One statement each, for engines that run one at a time. `{bytes}` stands for the engine's byte type.
    let statements: [String]
    /// Whether a program that does not know this step may go on beside it, so that an upgrade can be rolled out process by
    /// process, and back (OP2): it adds tables, indexes, or columns with a default; what was there means what it meant; and
    /// nothing goes wrong where a program without it writes.
    var isAdditive = false
}

extension Migration {
    /// Every step, in the order of versions. There is none of 16, 18 and 20; steps came to databases out of order, so
    /// what a database has run is a set, and never a height alone.
    static let all: [Migration] = [
        people,
        grants,
        keys,
        restores,
        audit,
        explanations,
        clients,
        refreshAnswers,
        heartbeat,
        grantEndings,
        accountLife,
        outbox,
        mailProofs,
        accountPages,
        administration,
        importedHashes,
        addressUndos,
        invitationInviters,
        unprovenEndings,
        arrivals,
        mailProofEndings,
        upstreams,
        factors,
        additiveSteps,
    ]

    /// The highest version this program knows, for people to read.
    static var latest: Int64 { all.map(\.version).max() ?? 0 }
}
