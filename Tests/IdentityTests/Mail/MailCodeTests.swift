import Cryptography
import OAuth
import Testing

@testable import Identity

@Suite("ML8: codes in mails")
struct MailCodeTests {
    private let browser = TokenDigest(bytes: Array(repeating: 7, count: 32))
    private let key = [UInt8](0..<32)

    @Test("What was made is read again, with small letters, spaces and dashes")
    func typed() throws {
        for _ in 0..<200 {
            let code = try MailCode(from: SystemRandom())
            #expect(MailCode(typed: code.grouped) == code)
            #expect(MailCode(typed: " " + code.grouped.lowercased().map { "\($0) " }.joined()) == code)
            #expect(!code.grouped.contains { "IL01O".contains($0) })
            #expect(code.description == "[redacted]")
        }
    }

    @Test(
        "What cannot be a code is none",
        arguments: [
            "", "ABCD-234", "ABCD-23456", "ABCD-2340", "ABCD-234I", "ÄBCD-2345", "ABCD_2345", "ABCD\n2345", "ABCD–2345",
            "ＡBCD2345", String(repeating: "A", count: 65), String(repeating: " ", count: 65) + "ABCD2345",
        ])
    func refused(text: String) {
        #expect(MailCode(typed: text) == nil)
    }

    @Test("A digest is worth nothing for another purpose, another browser, or under another key")
    func bound() throws {
        let code = try #require(MailCode(typed: "ABCD2345"))
        let digest = code.digest(for: .recovery, browser: browser, key: key)
        #expect(digest == code.digest(for: .recovery, browser: browser, key: key))
        #expect(digest != code.digest(for: .signUp, browser: browser, key: key))
        #expect(digest != code.digest(for: .recovery, browser: TokenDigest(bytes: key), key: key))
        #expect(digest != code.digest(for: .recovery, browser: browser, key: browser.bytes))
        #expect(
            digest != (try #require(MailCode(typed: "ABCD2346"))).digest(for: .recovery, browser: browser, key: key))
    }
}
