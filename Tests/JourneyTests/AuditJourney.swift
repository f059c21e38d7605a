import Foundation
import OAuth
import Storage
import Testing

@testable import martlet

@Suite("Security events")
struct AuditJourney {
    @Test(
        "Each deed leaves its event in the database and in the log: who, what, when, from where (CF1, CF2)",
        arguments: AuditCase.all)
    func deed(_ expected: AuditCase) async throws {
        let house = try await expected.house()
        let ada = try await house.person()
        let begun = AuditDesk.microseconds()
        try await expected.deed(house)
        let rows = try await house.storedEvents(expected.kind)
        try #require(rows.count == expected.count, "\(rows)")
        for row in rows {
            #expect(row.outcome == expected.kind.outcome.rawValue && row.actor.hasPrefix(expected.actor), "\(row)")
            #expect(row.network == expected.network && row.process.count == 8)
            #expect((row.reference != nil) == (expected.network != nil))
            #expect(row.at > begun - 60_000_000 && row.at <= AuditDesk.microseconds())
            if expected.actor == "person:" { #expect(row.actor == "person:\(row.subject ?? "")") }
            let told = house.log.lines.filter { line in
                line.contains("\"event\": \(row.kind)") && line.contains("\"actor\": \(row.actor)")
                    && (row.reference.map(line.contains) ?? true)
            }
            #expect(told.count == (row.reference == nil ? expected.count : 1), "\(told)")
            #expect(told.allSatisfy { $0.contains("\"outcome\": \(row.outcome)") })
        }
        let texts = try await house.storedEvents().map { "\($0)" }
        for personal in ["ada@", "Ada", "Lovelace", "grace@", "192.0.2.1"] {
            #expect(!texts.contains { $0.contains(personal) }, "\(personal), an event outlives \(ada.id)")
        }
    }

    @Test("No kind of event is without its deed: here, or by a real process in Tests/Clients (CF2)")
    func complete() throws {
        let file = HousePlanTests.sources.deletingLastPathComponent().appending(path: "Tests/Clients/test_audit.py")
        let outside = try String(contentsOf: file, encoding: .utf8)
        let shown = Set(AuditCase.all.map(\.kind))
        for kind in AuditEvent.Kind.allCases where !shown.contains(kind) {
            #expect(outside.contains("\"\(kind.rawValue)\""), "\(kind.rawValue)")
        }
    }

    @Test("People, apps and processes go on while events cannot be written, and nothing of it is told outside (CF5)")
    func blocked() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        _ = try await house.store.database.change { try $0.execute("ALTER TABLE audit_events RENAME TO gone", []) }
        let tokens = try await house.tokens(for: .shop, in: house.browser())
        #expect(await TestApp.userInfo(tokens.access, at: house.reception).status == 200)
        await house.house.groundwork.storedAudit?.flush()
        #expect(house.log.lines.contains { $0.contains("security events cannot be written") })
        #expect(house.audit.count(.tokenIssued) == 1)
    }
}
