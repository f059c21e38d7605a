import OAuth
import Testing

@testable import martlet

@Suite("Figures of second factors")
struct SecondFactorFiguresTests {
    private let board = MetricsBoard()

    private func told(_ factor: String, _ outcome: String) -> String? {
        let series = "martlet_second_factors_total{factor=\"\(factor)\",outcome=\"\(outcome)\"} "
        let text = PrometheusText.write(Metric.all, board.samples())
        return text.split(separator: "\n").first { $0.hasPrefix(series) }.map { String($0.dropFirst(series.count)) }
    }

    @Test(
        "MF4, MF9: what comes of second factors is told by factor and outcome, each from zero",
        arguments: [
            (AuditEvent.Kind.factorProven, "totp", "totp", "proven"),
            (.factorRefused, "mail_code", "mail_code", "refused"),
            (.factorProven, "backup_code", "backup_code", "proven"), (.factorAdded, "passkey", "passkey", "added"),
            (.factorProven, "passkey_uv", "passkey", "proven"), (.factorRemoved, "totp", "totp", "removed"),
            (.factorLocked, "totp", "any", "locked"), (.factorWaived, "", "any", "waived"),
            (.factorRecoveryFinished, "", "any", "recovered"), (.factorsReset, "", "any", "reset"),
        ])
    func counted(kind: AuditEvent.Kind, word: String, factor: String, outcome: String) {
        let audit = CountedAudit(board)
        #expect(told(factor, outcome) == "0")
        audit.record(AuditEvent(kind, subject: "s1", details: word.isEmpty ? [:] : ["factor": word]))
        #expect(told(factor, outcome) == "1")
    }

    @Test("A word that is no factor makes no series of its own", arguments: ["TOTP", "totp ", "\"} 9", "pwd", ""])
    func strange(word: String) {
        let audit = CountedAudit(board)
        audit.record(AuditEvent(.factorRefused, details: ["factor": word]))
        #expect(told("any", "refused") == "1")
        #expect(told(word, "refused") == nil)
    }

    @Test("What only begins or stops a wait is an event, and no figure here")
    func others() {
        let audit = CountedAudit(board)
        for kind in [AuditEvent.Kind.factorRecoveryAsked, .factorRecoveryCancelled, .factorRenamed, .signIn] {
            audit.record(AuditEvent(kind))
        }
        #expect(told("any", "recovered") == "0" && told("any", "reset") == "0" && told("any", "waived") == "0")
    }
}
