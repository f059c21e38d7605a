import Cryptography
import Foundation
import Logging
import OAuth
import Storage
import Synchronization

/// Security events as rows (CF2), written behind: recording waits for nobody, and a database that is away stops
/// nothing (CF5). The log tells of each event as well, so that neither of the two is the only witness.
final class StoredAudit: AuditLog {
    private let line: WriteBehind<AuditRecord>
    private let desk: AuditDesk
    private let logged: LoggedAudit
    private let budget: RefusalBudget

    init(
        store: Store, random: any RandomSource = SystemRandom(), logger: Logger, limits: WriteBehindLimits = .init(),
        budget: RefusalBudget = RefusalBudget()
    ) {
        let desk = AuditDesk(random: random)
        self.desk = desk
        logged = LoggedAudit(logger)
        self.budget = budget
        line = WriteBehind(
            limits: limits,
            noteOfLoss: { desk.record(AuditEvent(.eventsOmitted, by: .server, details: ["lost": String($0)])) },
            report: { Self.tell($0, logger) }, write: store.append)
    }

    func record(_ event: AuditEvent) {
        switch budget.take(event.kind) {
        case .kept: break
        case .first(let omitted): note(omitted)
        case .exhausted: return
        }
        line.record(desk.record(event), isExpendable: event.outcome == .refused && event.kind != .reuseDetected)
    }

    /// One event of a command, logged and written before it goes on.
    static func witness(_ event: AuditEvent, in store: Store, logger: Logger) async {
        let stored = StoredAudit(store: store, logger: logger)
        AuditLogs(all: [LoggedAudit(logger), stored]).record(event)
        await stored.close()
    }

    /// One event without which a command does not go on.
    static func insist(on event: AuditEvent, in store: Store, logger: Logger) async throws {
        LoggedAudit(logger).record(event)
        do {
            try await store.append([AuditDesk(random: SystemRandom()).record(event)])
        } catch {
            throw CommandRefusal("this cannot be put on record, so it was not done: \(error)")
        }
    }

    /// How many wait to be written, and how many will never be.
    var counts: (waiting: Int, lost: Int) { line.counts }

    func flush() async { await line.flush() }

    /// After the doors have closed, and before the database does.
    func close(within limit: Duration = .seconds(5)) async {
        note(budget.settle())
        await line.close(within: limit)
    }

    private func note(_ omitted: [String: Int]) {
        guard !omitted.isEmpty else { return }
        let event = AuditEvent(.eventsOmitted, by: .server, details: omitted.mapValues(String.init))
        logged.record(event)
        line.record(desk.record(event))
    }

    private static func tell(_ report: WriteBehindReport, _ logger: Logger) {
        switch report {
        case .failing(let reason):
            logger.error(
                "security events cannot be written to the database; they wait, and stand in the log",
                metadata: ["error": .string(reason)])
        case .writing(let failures):
            logger.notice("security events are written again", metadata: ["failures": "\(failures)"])
        case .lost(let count):
            logger.error(
                "security events were lost to the database; they stand in the log alone",
                metadata: ["count": "\(count)"])
        }
    }
}
