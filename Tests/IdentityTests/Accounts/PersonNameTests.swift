import Identity
import Testing

@Suite("IN12: a name is one line of visible text")
struct PersonNameTests {
    @Test(
        "IN12: what would end a header line or turn the text around it is refused",
        arguments: [
            "Ann\r\nBcc: b@example.org", "Ann\nLee", "Ann\0", "Ann\u{1B}[31m", "Ann\u{2028}Lee", "Ann\u{202E}eeL",
            "Ann\u{2066}Lee", "Ann\u{85}Lee", "\u{E000}", "...", "\u{200D}", "\u{1F600}",
        ])
    func malformed(_ typed: String) {
        #expect(throws: PersonName.Fault.malformed) { try PersonName(typed) }
    }

    @Test("IN1: a name has 1 to 100 characters", arguments: ["", "   ", "\t"])
    func missing(_ typed: String) {
        #expect(throws: PersonName.Fault.missing) { try PersonName(typed) }
        #expect(throws: PersonName.Fault.tooLong) { try PersonName(String(repeating: "a", count: 101)) }
        #expect(throws: PersonName.Fault.tooLong) { try PersonName(String(repeating: "\u{301}", count: 100_000)) }
    }

    @Test(
        "Names of people are taken as they are",
        arguments: [
            "Ann", "Ann Lee", "O'Brien, Jr.", "Jürgen Groß", "李小龍", "عبد الله", "नरेन्द्र", "علی\u{200C}رضا", "X Æ A-12",
            "Martin <script>",
        ])
    func accepted(_ typed: String) throws {
        #expect(try PersonName("  \(typed) ").text == typed)
        #expect(try PersonName(String(repeating: "ü", count: 100)).text.count == 100)
    }
}
