import Cryptography
import Foundation
import Testing

@testable import Identity

@Suite("PW3: passwords that were leaked, and an operator's own list")
struct PasswordBlocklistTests {
    private func rule(_ lines: String? = nil, minimum: Int = 8) throws -> PasswordRule {
        PasswordRule(minimum: minimum, blocklist: try lines.map { try PasswordBlocklist(Array($0.utf8)) })
    }

    @Test(
        "PW3: leaked passwords are refused, however long, and in whatever case",
        arguments: [
            "001jebenalozinka", "***aa9lvGD/LQsu6", "1020064evaandalways", "0726164222f26c1e!", "!bloodshed1337!",
            "#1982_und_1978#", "!!SONNENSTEGPROFI!!", "070809kol4ik070809",
        ])
    func leaked(_ password: String) throws {
        #expect(try rule(minimum: 15).problem(with: password) == .breached)
    }

    @Test("PW3: the most common ones of eight characters are refused where those may be set")
    func short() throws {
        for password in ["jordan23", "liverpoo1", "snowball", "trustno1", "arsenal1"] {
            let problem = try rule().problem(with: password)
            #expect(problem == .breached || problem == .common, "\(password)")
        }
    }

    @Test(
        "PW2: what nobody leaked passes",
        arguments: ["vexing grumbles", "correct mole battery hymn", "зелёный чайник поёт", "84629175308264719"])
    func fine(_ password: String) throws {
        #expect(try rule().problem(with: password) == nil)
    }

    @Test("PW3: words of an operator's list are refused, in whatever case, and nothing else")
    func words() throws {
        let rule = try rule("# ours\r\nHarbour Lamps 9\n\nzwölf boxkämpfer jagen\r\n")
        for password in ["harbour lamps 9", "HARBOUR LAMPS 9", "zwo\u{308}lf boxka\u{308}mpfer jagen"] {
            #expect(rule.problem(with: password) == .breached, "\(password)")
        }
        for password in ["harbour lamps 8", "# ours and more", "harbour lamps 9!"] {
            #expect(rule.problem(with: password) == nil, "\(password)")
        }
    }

    @Test("PW3: a list of SHA-1 digests is read as Have I Been Pwned writes it")
    func digests() throws {
        let words = ["harbour lamps 9", "seven grey otters", "Otters In Grey 7"]
        let lines = try words.enumerated().map { number, word in
            let digest = Hex.encode(try LegacyDigest.sha1.digest(Array(word.utf8)))
            return number == 0 ? digest.uppercased() + ":37" : digest
        }
        let rule = try rule(lines.joined(separator: "\n"))
        for word in words { #expect(rule.problem(with: word) == .breached, "\(word)") }
        // A digest tells nothing of the same in other letters.
        #expect(rule.problem(with: "otters in grey 7") == nil)
    }

    struct Broken: Sendable {
        let text: String
        let fault: PasswordBlocklist.Fault
    }

    private static let digest = String(repeating: "a", count: 40)
    private static let notLikeBefore = "no SHA-1 digest of 40 hexadecimal digits, as the lines before it are"

    static let broken: [Broken] = [
        Broken(text: "", fault: .init(line: 0, reason: "it holds no password")),
        Broken(text: "# nothing\n\n", fault: .init(line: 0, reason: "it holds no password")),
        Broken(
            text: "ok word\n" + String(repeating: "x", count: 1025),
            fault: .init(line: 2, reason: "longer than any password may be")),
        Broken(text: digest + ":1\nword", fault: .init(line: 2, reason: notLikeBefore)),
        Broken(text: digest + "\n" + digest.dropLast(), fault: .init(line: 2, reason: notLikeBefore)),
        Broken(text: digest + "\n" + digest + ":x", fault: .init(line: 2, reason: notLikeBefore)),
    ]

    @Test("A line that cannot be used is told with its number", arguments: broken)
    func faults(_ broken: Broken) {
        #expect(throws: broken.fault) { try PasswordBlocklist(Array(broken.text.utf8)) }
    }

    @Test("A line that is no text is told with its number")
    func bytes() {
        #expect(throws: PasswordBlocklist.Fault(line: 2, reason: "no UTF-8 text")) {
            try PasswordBlocklist([0x6F, 0x6B, 0x0A, 0xFF, 0xFE, 0x0A])
        }
    }

    @Test("Each password of a long list is found in it")
    func search() throws {
        let words = (0..<1000).map { "number \($0 * 7919) of many" }
        let list = try PasswordBlocklist(Array(words.joined(separator: "\n").utf8))
        #expect(list.count == 1000)
        for word in words { #expect(list.contains(try #require(PasswordText(word)))) }
        for word in words.map({ $0 + "x" }) { #expect(!list.contains(try #require(PasswordText(word)))) }
    }
}
