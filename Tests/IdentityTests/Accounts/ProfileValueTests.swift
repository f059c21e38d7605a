import Identity
import Testing

@Suite("OpenID Connect Core §5.1: what people may write of themselves")
struct ProfileValueTests {
    @Test(
        "A username is letters, digits and @.+-_, and one however it is written",
        arguments: [
            ("Ann", "ann"), (" ann ", "ann"), ("ann.lee+x@home-1_", "ann.lee+x@home-1_"), ("Ａｎｎ", "ann"),
            ("Łukasz", "łukasz"), ("अनु", "अनु"),
            (String(repeating: "a", count: 150), String(repeating: "a", count: 150)),
        ])
    func usernames(typed: String, canonical: String) {
        #expect(Username(typed)?.canonical == canonical)
    }

    @Test(
        "What is no username is none",
        arguments: [
            "", " ", "ann lee", "ann\n", "ann\0", "ann/", "a;b", "<ann>", "\u{202E}ann", "ann\u{200D}", "🦅", "ann%",
            String(repeating: "a", count: 151), String(repeating: "ﷺ", count: 60),
        ])
    func noUsernames(typed: String) {
        #expect(Username(typed) == nil)
    }

    @Test(
        "PW10: an e-mail address is no username, in whatever case or width, since a taken username is said to be taken",
        arguments: [
            "ann@example.org", "ANN@Example.org", " ann@example.org ", "ann＠example.org", "ａｎｎ@example.org",
            "ann+tag@mail.example.org", "a_b@xn--bcher-kva.example", "ann@localhost", "ann@example．org",
        ])
    func addresses(typed: String) {
        #expect(Username(typed) == nil)
    }

    @Test("With an @ a username still may be", arguments: ["@ann", "ann@", "ann@home", "a@b@example.org", "ann@-"])
    func atSigns(typed: String) {
        #expect(Username(typed) != nil)
    }

    @Test(
        "A day of birth may hide its year", arguments: ["1990-02-28", "2000-02-29", "0000-02-29", "0000-12-31", "1990"])
    func birthdates(text: String) {
        #expect(Birthdate(text)?.description == text)
    }

    @Test(
        "A day that never was is no birthdate",
        arguments: [
            "", "0000", "90", "1990-2-3", "1990-02-29", "1900-02-29", "1990-13-01", "1990-00-10", "1990-04-31",
            "1990-04-00", "1990-04", "1990-04-01-01", "-990-04-01", "+990-04-01", "1990/04/01", "１９９０-04-01",
            "1990-04-1é",
        ])
    func noBirthdates(text: String) {
        #expect(Birthdate(text) == nil)
    }
}
