import Metrics
import OAuth
import Testing

@testable import martlet

@Suite("Figures for Prometheus")
struct MetricsTests {
    private let board = MetricsBoard()

    private func text() -> String { PrometheusText.write(Metric.all, board.samples()) }

    @Test("Every family has a proper name, an ending that fits its kind, and a sentence")
    func catalogue() {
        #expect(Set(Metric.all.map(\.name)).count == Metric.all.count)
        for metric in Metric.all {
            #expect(metric.name.wholeMatch(of: /(martlet|process)_[a-z][a-z0-9_]*/) != nil, "\(metric.name)")
            #expect((metric.kind == .counter) == metric.name.hasSuffix("_total"), "\(metric.name)")
            #expect((metric.kind == .histogram) == !metric.bounds.isEmpty, "\(metric.name)")
            #expect(metric.bounds == metric.bounds.sorted() && metric.help.hasSuffix("."), "\(metric.name)")
        }
    }

    @Test("A label cannot end its line or its quotes")
    func escaping() {
        Counter(
            label: "martlet_events_total", dimensions: [("event", "a\"b\\c\nd 0\u{2028}")], factory: board
        ).increment(by: 3)
        #expect(text().hasSuffix("martlet_events_total{event=\"a\\\"b\\\\c\\nd 0\u{2028}\"} 3\n"))
        #expect(text().split(separator: "\n").count == 3)
    }

    @Test("A histogram's classes add up, its bounds belong to the class below")
    func histogram() {
        let commits = Recorder(label: "martlet_database_commit_writes", factory: board)
        for size in [1, 1, 2, 3, 256, 257, 100_000] { commits.record(size) }
        let lines = text().split(separator: "\n")
        for (bound, count) in [("1", 2), ("2", 3), ("4", 4), ("128", 4), ("256", 5), ("+Inf", 7)] {
            #expect(lines.contains("martlet_database_commit_writes_bucket{le=\"\(bound)\"} \(count)"), "\(bound)")
        }
        #expect(lines.contains("martlet_database_commit_writes_count 7"))
        #expect(lines.contains("martlet_database_commit_writes_sum 100520"))
    }

    @Test("Times are told in seconds")
    func seconds() {
        let commit = Timer(label: "martlet_database_commit_duration_seconds", factory: board)
        commit.record(duration: .microseconds(500))
        commit.record(duration: .seconds(60))
        #expect(text().contains("_bucket{le=\"0.0005\"} 1\n") && text().contains("_bucket{le=\"10\"} 1\n"))
        #expect(text().contains("_sum 60.0005\n"))
    }

    @Test("Whoever asks for the same series counts in the same place")
    func same() {
        for _ in 0..<3 { Counter(label: "martlet_swept_rows_total", factory: board).increment(by: 2) }
        #expect(text().hasSuffix("\nmartlet_swept_rows_total 6\n"))
    }

    @Test("What is not in the catalogue is not told")
    func unknown() {
        Counter(label: "stranger_total", factory: board).increment()
        #expect(text().isEmpty)
    }

    @Test("No increment is lost between threads")
    func atOnce() async {
        let counter = Counter(label: "martlet_swept_rows_total", factory: board)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { for _ in 0..<1000 { counter.increment() } } }
        }
        #expect(text().hasSuffix(" 8000\n"))
    }

    @Test("CF2: every kind of event stands there at zero before the first, and is counted")
    func events() {
        let audit = CountedAudit(board)
        for kind in AuditEvent.Kind.allCases {
            #expect(text().contains("martlet_events_total{event=\"\(kind.rawValue)\"} 0\n"))
            audit.record(AuditEvent(kind, subject: "s1", clientID: "wiki"))
            #expect(text().contains("martlet_events_total{event=\"\(kind.rawValue)\"} 1\n"))
        }
        #expect(!text().contains("s1") && !text().contains("wiki"))
    }

    @Test("Changes of passwords and addresses are counted by outcome, each from zero (CF2)")
    func accountChanges() {
        let audit = CountedAudit(board)
        let series = { (change: String, outcome: String) in
            "martlet_account_changes_total{change=\"\(change)\",outcome=\"\(outcome)\"}"
        }
        let all = [
            ("password", "changed"), ("password", "first"), ("password", "reset"), ("address", "changed"),
            ("address", "stopped"), ("address", "undone"), ("address", "refused"),
        ]
        for (change, outcome) in all { #expect(text().contains(series(change, outcome) + " 0\n"), "\(outcome)") }
        audit.record(AuditEvent(.passwordChanged, details: ["how": "changed"]))
        audit.record(AuditEvent(.passwordChanged, details: ["how": "first"]))
        audit.record(AuditEvent(.passwordReset))
        audit.record(AuditEvent(.addressChanged))
        for reason in ["stopped", "undone"] { audit.record(AuditEvent(.addressRestored, details: ["reason": reason])) }
        audit.record(AuditEvent(.addressUndoRefused, details: ["reason": "address_taken"]))
        for (change, outcome) in all { #expect(text().contains(series(change, outcome) + " 1\n"), "\(outcome)") }
    }

    @Test("B143: what comes of mailed links is told by purpose and outcome, each at zero from the start")
    func mailProofs() {
        let audit = CountedAudit(board)
        let series = { (outcome: String) in
            "martlet_mail_proofs_total{purpose=\"sign_up\",outcome=\"\(outcome)\"}"
        }
        for outcome in ["asked", "held", "refused", "proven"] { #expect(text().contains(series(outcome) + " 0\n")) }
        for result in ["mailed", "not_mailed", "mail-address"] {
            audit.record(AuditEvent(.mailProofAsked, details: ["purpose": "sign_up", "result": result]))
        }
        audit.record(AuditEvent(.mailProofRefused, details: ["purpose": "sign_up", "reason": "wrong_code"]))
        audit.record(AuditEvent(.addressVerified, details: ["purpose": "sign_up"]))
        audit.record(AuditEvent(.addressVerified, details: ["purpose": "made up"]))
        for (outcome, count) in [("asked", 2), ("held", 1), ("refused", 1), ("proven", 1)] {
            #expect(text().contains(series(outcome) + " \(count)\n"), "\(outcome)")
        }
        #expect(!text().contains("made up"))
    }

    @Test("Who asks cannot make a series of their own, whatever an event holds")
    func bounded() {
        let audit = CountedAudit(board)
        let before = board.samples().values.map(\.count).reduce(0, +)
        for number in 0..<100 {
            for kind in AuditEvent.Kind.allCases {
                audit.record(
                    AuditEvent(
                        kind, subject: "s\(number)", clientID: "c\(number)",
                        details: ["error": "e\(number)", "grant_type": "g\(number)", "reason": "r\(number)"]))
            }
        }
        #expect(board.samples().values.map(\.count).reduce(0, +) <= before + 3)
    }
}
