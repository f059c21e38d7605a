import Outbound
import Testing

@Suite("What a mail server's no is about: this mail, which ends, or us, and then none does (B036, RFC 3463)")
struct SMTPRefusalTests {
    @Test(
        "The recipient, their mailbox and the content end a mail",
        arguments: [
            "550 5.1.1 nobody of that name", "550 5.1.2 no such host", "553 5.1.3 bad syntax", "556 5.1.10 null MX",
            "551 5.1.6 moved", "554 5.2.1 mailbox disabled", "552 5.2.2 mailbox full", "554 5.6.0 not wanted",
            "554 5.2.0 relay of this mailbox is off", "550-5.1.1 nobody", "550 nobody of that name", "551 not here",
            "552 too big", "553 no such name", "550 5.0.0 nobody", "550 sorry, no mailbox here by that name. (#5.1.1)",
        ])
    func mail(reply: String) {
        #expect(SMTPRefusal(reply).isAboutThisMail)
    }

    @Test(
        "Whatever is about us, or may be, ends none: a setting that is wrong for an hour costs no mail",
        arguments: [
            "554 5.7.1 <a@example.org>: Relay access denied", "550 5.7.1 not authorized", "530 5.7.0 sign in first",
            "535 5.7.8 wrong password", "550 5.1.0 <noreply@example.org>: Sender address rejected",
            "553 5.1.7 bad sender", "550 5.1.8 no such domain", "554 Relay access denied", "530 sign in first",
            "535 wrong", "554 no", "550 relay not permitted", "550 Sender verify failed", "550 Relaying denied",
            "550 Authentication required", "553 that domain isn't in my list of allowed rcpthosts (#5.7.1)",
            "553 sorry, not in my list of allowed rcpthosts", "554 5.3.2 not now", "550 5.4.1 no way there",
            "503 5.5.1 bad order", "500 5.5.2 what?", "550 5.71.1 no such subject", "554 5.0.0 no", "500", "5", "",
        ])
    func us(reply: String) {
        #expect(!SMTPRefusal(reply).isAboutThisMail)
    }
}
