import Foundation
import Cryptography
import JSON
import OAuth
import Storage
import Synchronization
import Testing

@testable import martlet

@Suite("Security events on their way into the database and out of it")
struct AuditTests {
    private func record(_ event: AuditEvent, at now: Int64 = 1_800_000_000_000_000) -> AuditRecord {
        AuditDesk(random: SystemRandom(), clock: { now }).record(event)
    }

    @Test("CF3: what looks like a secret, or is called one, does not become part of a row")
    func secrets() {
        let token = "mrt_" + String(repeating: "aB3-_", count: 9).prefix(43)
        let row = record(
            AuditEvent(
                .tokenRefused, subject: "s-\(token)", details: ["password": "hunter2", "reason": "got \(token)"]))
        #expect(!"\(row)".contains(token.dropFirst(4)) && !"\(row)".contains("hunter2"))
    }

    @Test("CF4: control characters, NUL and endless texts do not reach a column")
    func texts() {
        let nasty = LogTests.nasty + "\0" + String(repeating: "x", count: 10_000)
        let row = record(AuditEvent(.tokenRefused, clientID: nasty, details: [nasty: nasty]))
        let texts = [row.clientID ?? ""] + row.details.keys + row.details.values
        #expect(texts.count == 3)
        for text in texts {
            #expect(text.unicodeScalars.allSatisfy { !PlainText.isTreacherous($0) } && text.count <= 1000)
        }
    }

    @Test("Ids grow with every event, also while the clock stands still or is set back, and no two are alike")
    func ids() {
        let clock = BackwardClock()
        let desk = AuditDesk(random: SystemRandom(), clock: clock.next)
        let rows = (0..<100).map { _ in desk.record(AuditEvent(.signIn)) }
        #expect(rows.map(\.id) == rows.map(\.id).sorted() && Set(rows.map(\.id)).count == 100)
        #expect(rows.allSatisfy { $0.id.count == 30 } && Set(rows.map(\.process)).count == 1)
        #expect(rows[50].at < rows[49].at, "the time told is the clock's")
    }

    @Test("CF4: neither list nor JSON can be commanded by what stands in an event; no detail passes for a column")
    func listing() throws {
        let row = AuditRecord(
            id: "1", at: 1_800_000_000_123_456, kind: "sign_in\u{1B}[2J", outcome: "refused", actor: "a b=c",
            subject: LogTests.nasty, clientID: nil, network: nil, reference: nil, process: "p",
            details: ["actor": "forged", "reason": "x\ny", "kind": "forged", "a\u{1B}": "\u{9B}"])
        for json in [true, false] {
            let line = AuditListing(json: json, terminal: Terminal(isTerminal: false, environment: [:])).line(row)
            #expect(line.unicodeScalars.allSatisfy { !PlainText.isTreacherous($0) } && !line.contains("forged"))
            #expect(line.contains("2027-01-15T08:00:00.123Z"))
        }
        let json = AuditListing(json: true, terminal: Terminal(isTerminal: false, environment: [:])).line(row)
        let object = try #require(try JSONValue(parsing: Array(json.utf8)).objectValue)
        #expect(object["actor"] == "a b=c" && object["subject"] != nil && object["client_id"] == nil)
    }

    @Test(
        "Since when is a span, a date or an instant",
        arguments: [
            ("2h", 1_800_000_000 - 7200), ("0", 1_800_000_000), ("2027-01-15", 1_799_971_200),
            ("2027-01-15T08:00:00Z", 1_800_000_000), ("1970-01-01", 0), ("99999999999999999", 0),
        ] as [(String, Int64)])
    func since(text: String, seconds: Int64) throws {
        let since = try #require(AuditSince(argument: text))
        #expect(since.microseconds(at: 1_800_000_000_000_000) == seconds * 1_000_000)
    }

    @Test(
        "Anything else is refused",
        arguments: ["", "yesterday", "-2h", "2027-02-30", "2027-13-01", "2027-01-15T08:00:00", "1969-12-31"])
    func noSince(text: String) {
        #expect(AuditSince(argument: text) == nil)
    }

    @Test("Who follows sees each event once, a late one of another process too")
    func feed() {
        func row(_ id: String, at: Int64) -> AuditRecord {
            AuditRecord(
                id: id, at: at, kind: "k", outcome: "done", actor: "server", subject: nil, clientID: nil, network: nil,
                reference: nil, process: "p", details: [:])
        }
        var feed = AuditFeed(shown: [row("a", at: 100_000_000)], now: 100_000_000)
        #expect(feed.since == 90_000_000)
        #expect(feed.take([row("a", at: 100_000_000), row("c", at: 105_000_000)]).map(\.id) == ["c"])
        let late = [row("a", at: 100_000_000), row("b", at: 99_000_000), row("c", at: 105_000_000)]
        #expect(feed.take(late).map(\.id) == ["b"] && feed.take(late).isEmpty && feed.since == 95_000_000)
    }

    @Test("A flood of refusals fills no database: what is over the budget is counted; what is done is always kept")
    func budget() {
        let budget = RefusalBudget(most: 2)
        let start = ContinuousClock.now
        let verdicts = (0..<5).map { _ in budget.take(.formRefused, at: start) }
        #expect(verdicts == [.kept, .kept, .exhausted, .exhausted, .exhausted])
        for kind in [AuditEvent.Kind.signIn, .reuseDetected, .tokenRefused] {
            #expect(budget.take(kind, at: start) == .kept)
        }
        #expect(budget.take(.formRefused, at: start + .seconds(59)) == .exhausted)
        #expect(budget.take(.signIn, at: start + .seconds(61)) == .first(omitted: ["form_refused": 4]))
        #expect(budget.take(.formRefused, at: start + .seconds(62)) == .kept && budget.settle().isEmpty)
    }

    @Test("CF1: the page on events tells every kind there is, and no other")
    func inventory() throws {
        #expect(AuditInventory.all.map(\.kind) == AuditEvent.Kind.allCases)
        let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/martlet/martlet.docc/SecurityEvents.md")
        #expect(try String(contentsOf: page, encoding: .utf8).contains(AuditInventory.markdown))
        #expect(AuditCommand.helpMessage(columns: 200).contains("reuse_detected"))
    }
}

/// Forward, standing, and back again.
private final class BackwardClock: Sendable {
    private let count = Counter()

    @Sendable func next() -> Int64 {
        let number = count.next()
        return 1_800_000_000_000_000 + (number < 40 ? Int64(number) : number < 50 ? 40 : Int64(number) - 50)
    }
}

private final class Counter: Sendable {
    private let value = Mutex(0)

    func next() -> Int {
        value.withLock { value in
            defer { value += 1 }
            return value
        }
    }
}
