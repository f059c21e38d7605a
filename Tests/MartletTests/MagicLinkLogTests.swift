import Identity
import JSON
import OAuth
import Testing

@testable import martlet

@Suite("B148: log lines of links say by their level what is worth a look")
struct MagicLinkLogTests {
    /// The level of the line of a proof that was refused.
    private func level(_ purpose: MailProof.Purpose, _ reason: String?) throws -> String? {
        let capture = LogCapture()
        var details = ["purpose": purpose.rawValue]
        details["reason"] = reason
        LoggedAudit(capture.logger()).record(AuditEvent(.mailProofRefused, details: details))
        return try capture.object()["level"]?.stringValue
    }

    @Test(
        "B148: a link opened in another browser and a mistyped code are everyday",
        arguments: ["no_browser", "wrong_code"])
    func everyday(reason: String) throws {
        for purpose in [MailProof.Purpose.magicLink, .staffLink] {
            #expect(try level(purpose, reason) == "notice")
        }
    }

    @Test(
        "B148: whatever else failed stands out",
        arguments: ["reused", "expired", "superseded", "locked", "gate", "unknown", "something new", nil])
    func striking(reason: String?) throws {
        for purpose in [MailProof.Purpose.magicLink, .staffLink] {
            #expect(try level(purpose, reason) == "warning")
        }
    }

    @Test(
        "Links and codes for something else are told as before",
        arguments: MailProof.Purpose.allCases.filter { $0 != .magicLink && $0 != .staffLink })
    func others(purpose: MailProof.Purpose) throws {
        for reason in ["expired", "wrong_code", "locked"] { #expect(try level(purpose, reason) == "notice") }
    }

    @Test("Every reason there is has its level")
    func complete() {
        let everyday = MagicLinkFault.allCases.filter(\.isOrdinary)
        #expect(everyday == [.noBrowser, .wrongCode] && MagicLinkFault.allCases.count == 8)
    }

    @Test("A sign-in by mail, and a link that staff made, are on record at notice")
    func made() throws {
        let capture = LogCapture()
        let audit = LoggedAudit(capture.logger(level: .notice))
        audit.record(AuditEvent(.signIn, subject: "s1", details: ["method": MagicLinkSignIn.method]))
        audit.record(AuditEvent(.staffLinkMade, subject: "s1", details: ["link_id": "0123456789abcdef"]))
        let (signIn, link) = (try capture.object(0), try capture.object(1))
        #expect(signIn["level"] == "notice" && signIn["method"] == "email")
        #expect(
            link["level"] == "notice" && link["event"] == "staff_link_made" && link["link_id"] == "0123456789abcdef")
    }
}
