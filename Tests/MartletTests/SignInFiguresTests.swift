import Identity
import OAuth
import Testing

@testable import martlet

@Suite("Figures of sign-ins and of links to sign in with")
struct SignInFiguresTests {
    private let board = MetricsBoard()

    private static let links = [
        "ok", "reused", "expired", "superseded", "no_browser", "wrong_code", "locked", "gate", "unknown",
    ]

    /// The series of a family, as they are told.
    private func lines(_ family: String) -> Set<String> {
        let text = PrometheusText.write(Metric.all, board.samples())
        return Set(text.split(separator: "\n").map(String.init).filter { $0.hasPrefix(family + "{") })
    }

    private func links(counted: [String: Int] = [:]) -> Set<String> {
        Set(Self.links.map { "martlet_magic_links_total{outcome=\"\($0)\"} \(counted[$0] ?? 0)" })
    }

    private func signIns(counted: [String: Int] = [:]) -> Set<String> {
        let passwords = ["success", "refused", "throttled", "busy"].map { ("password", $0) }
        let others = ["magic_link", "staff_link", "upstream", "other"].map { ($0, "success") }
        return Set(
            (passwords + others).map { method, outcome in
                let count = counted["\(method) \(outcome)"] ?? 0
                return "martlet_sign_ins_total{method=\"\(method)\",outcome=\"\(outcome)\"} \(count)"
            })
    }

    @Test("Every outcome there can be stands there at zero before the first, and no other")
    func zeros() {
        _ = CountedAudit(board)
        #expect(lines("martlet_magic_links_total") == links())
        #expect(lines("martlet_sign_ins_total") == signIns())
    }

    @Test("Sign-ins by password are told by outcome; a password asked for again is none")
    func passwords() {
        let audit = CountedAudit(board)
        audit.record(AuditEvent(.signIn, details: ["method": "pwd"]))
        audit.record(AuditEvent(.signInRefused, details: ["purpose": "sign_in"]))
        audit.record(AuditEvent(.signInRefused, details: ["purpose": "password_change"]))
        audit.record(AuditEvent(.signInThrottled, details: ["purpose": "sign_in", "reason": "password-network"]))
        audit.record(AuditEvent(.signInThrottled, details: ["purpose": "sign_in", "reason": "busy"]))
        audit.record(AuditEvent(.signInThrottled, details: ["purpose": "password_change", "reason": "busy"]))
        let all = ["success", "refused", "throttled", "busy"].map { ("password \($0)", 1) }
        #expect(lines("martlet_sign_ins_total") == signIns(counted: Dictionary(uniqueKeysWithValues: all)))
        #expect(lines("martlet_magic_links_total") == links())
    }

    @Test(
        "A sign-in is told by what the person came in by, whatever else an event may hold",
        arguments: [
            ("pwd", "password"), ("email", "magic_link"), ("staff_link", "staff_link"), ("setup_link", "other"),
            ("invitation", "other"), ("sign_up", "other"), ("verification", "other"), ("magic_link", "other"),
            ("password", "other"), ("EMAIL", "other"), ("", "other"), ("\"} 9", "other"),
        ])
    func methods(method: String, label: String) {
        CountedAudit(board).record(AuditEvent(.signIn, details: ["method": method]))
        #expect(lines("martlet_sign_ins_total") == signIns(counted: ["\(label) success": 1]))
        let isLink = ["email", "staff_link"].contains(method)
        #expect(lines("martlet_magic_links_total") == links(counted: isLink ? ["ok": 1] : [:]))
    }

    @Test(
        "B040: whoever came by a provider is told under one method, whichever it was", arguments: ["github", "my-idp"])
    func providers(method: String) {
        CountedAudit(board).record(AuditEvent(.signIn, details: ["method": method]))
        #expect(lines("martlet_sign_ins_total") == signIns(counted: ["upstream success": 1]))
    }

    @Test("A sign-in without a method is one of the others")
    func withoutMethod() {
        CountedAudit(board).record(AuditEvent(.signIn))
        #expect(lines("martlet_sign_ins_total") == signIns(counted: ["other success": 1]))
    }

    @Test(
        "B143: a link or code that signed nobody in is told by its reason", arguments: MagicLinkFault.allCases,
        [MailProof.Purpose.magicLink, .staffLink])
    func faults(fault: MagicLinkFault, purpose: MailProof.Purpose) {
        let details = ["purpose": purpose.rawValue, "reason": fault.rawValue]
        CountedAudit(board).record(AuditEvent(.mailProofRefused, details: details))
        #expect(lines("martlet_magic_links_total") == links(counted: [fault.rawValue: 1]))
        #expect(lines("martlet_sign_ins_total") == signIns())
    }

    @Test(
        "A reason that is none of them is “unknown”, and makes no series of its own", arguments: ["nothing", "ok", ""])
    func strange(reason: String) {
        CountedAudit(board).record(
            AuditEvent(.mailProofRefused, details: ["purpose": "magic_link", "reason": reason]))
        #expect(lines("martlet_magic_links_total") == links(counted: ["unknown": 1]))
    }

    @Test(
        "Links and codes for something else are not among them",
        arguments: MailProof.Purpose.allCases.filter { $0 != .magicLink && $0 != .staffLink })
    func otherPurposes(purpose: MailProof.Purpose) {
        let audit = CountedAudit(board)
        audit.record(AuditEvent(.mailProofRefused, details: ["purpose": purpose.rawValue, "reason": "expired"]))
        audit.record(AuditEvent(.mailProofAsked, details: ["purpose": purpose.rawValue, "result": "mailed"]))
        #expect(lines("martlet_magic_links_total") == links())
        #expect(lines("martlet_sign_ins_total") == signIns())
    }
}
