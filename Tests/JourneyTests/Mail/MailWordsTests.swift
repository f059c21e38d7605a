import Foundation
import Identity
import OAuth
import Testing
import Web

@testable import martlet

@Suite("What mails say, and what they never say")
struct MailWordsTests {
    private func written(
        _ letter: Letter, settings change: (inout Settings) -> Void = { _ in }
    ) async throws -> WrittenMail {
        let house = try await TestHouse(settings: change)
        return try #require(house.house.mail.room).correspondence.writer.write(letter)
    }

    private func letter(
        _ kind: Letter.Kind = .passwordChanged, name: String? = nil, path: String? = nil, code: String? = nil,
        facts: [(fact: Letter.Fact, value: String)] = []
    ) throws -> Letter {
        Letter(
            kind, to: try #require(EmailAddress("ada@example.org")), name: name, path: path, code: code, facts: facts,
            expiresAt: SampleLetters.now)
    }

    @Test("B078, B080: neither a code nor a link is in a subject", arguments: Letter.Kind.allCases)
    func subject(kind: Letter.Kind) async throws {
        let letter = try SampleLetters.letter(kind)
        let subject = try await written(letter).subject
        #expect(!subject.contains("mvl_") && !subject.contains("482") && !subject.contains("://"))
        #expect(!subject.contains("mail.") && !subject.contains("{{"), "a sentence is missing: \(subject)")
    }

    @Test("Each sentence of each mail is there, in text and in HTML alike", arguments: Letter.Kind.allCases)
    func sentences(kind: Letter.Kind) async throws {
        let letter = try SampleLetters.letter(kind)
        let mail = try await written(letter)
        let html = TestPage.unescaped(mail.html)
        #expect(!mail.text.contains("mail.\(kind.rawValue)") && !mail.text.contains("{{"))
        for line in mail.text.split(separator: "\n") where line != "-- " {
            for piece in line.split(separator: ": ", maxSplits: 1) {
                #expect(html.contains(piece.trimmingCharacters(in: CharacterSet(charactersIn: " :"))), "\(piece)")
            }
        }
        #expect(mail.text.hasPrefix(mail.subject + "\n"), "the first line repeats the subject")
    }

    @Test("B002, ML5: whatever is asked for, links begin with the configured issuer", arguments: Letter.Kind.allCases)
    func issuer(kind: Letter.Kind) async throws {
        let letter = try SampleLetters.letter(kind)
        let mail = try await written(letter)
        let addresses = (mail.text + mail.html).matches(of: /https?:\/\/[^\s"<)]+/).map { String($0.0) }
        #expect(addresses.allSatisfy { $0 == "http://localhost:8080" || $0.hasPrefix("http://localhost:8080/") })
        for path in [letter.path, letter.secondPath].compactMap({ $0 }) {
            #expect(mail.text.contains("\nhttp://localhost:8080\(path)\n"))
            #expect(mail.html.contains("href=\"http://localhost:8080\(path)\""))
        }
    }

    @Test(
        "ML5: what is no path of this server is not written",
        arguments: [
            "https://evil.example/", "//evil.example/", "account", "", "/a b", "/a\r\nBcc: x@y.z", "/\"onclick=\"x",
            "/ä",
            "/a\u{0}", ".evil.example", "@evil.example",
        ])
    func paths(path: String) async throws {
        let letter = try letter(path: path)
        await #expect(throws: MailWriter.Fault.path) { try await written(letter) }
    }

    @Test("No picture, no script, nothing fetched: opening a mail tells nobody", arguments: Letter.Kind.allCases)
    func tracking(kind: Letter.Kind) async throws {
        let html = try await written(SampleLetters.letter(kind)).html
        for word in ["<img", "src=", "url(", "<script", "<link", "@import", "background=", "<form", "<iframe"] {
            #expect(!html.contains(word), "\(word)")
        }
    }

    @Test("B081: every mail names the service, its address and whom it was sent to", arguments: Letter.Kind.allCases)
    func footer(kind: Letter.Kind) async throws {
        let mail = try await written(SampleLetters.letter(kind)) { $0.page.name = "Example" }
        for text in [mail.text, mail.html] {
            #expect(text.contains("Example (http://localhost:8080) sent this mail to ada@example.org."))
        }
    }

    @Test(
        "A name that mail programs would make a link of is not repeated",
        arguments: [
            "evil.example", "Win at evil.example now", "https://evil.example", "http:evil", "a@evil.example", "//evil",
            "evil\\x", "<b>Ada</b>",
        ])
    func linkedNames(name: String) async throws {
        let mail = try await written(letter(name: name))
        #expect(!mail.text.contains("Hello") && !mail.text.contains(name) && !mail.html.contains(name))
    }

    @Test(
        "Other names are greeted by", arguments: ["Ada Lovelace", "Jr. Ada", "Ada L.", "Ólafur Þór", "張偉", "O'Neill"])
    func names(name: String) async throws {
        let mail = try await written(letter(name: name))
        #expect(mail.text.contains("\nHello \(name),\n"))
        #expect(TestPage.unescaped(mail.html).contains("Hello \(name),"))
    }

    @Test(
        "Nobody is greeted at an address that is not proven to be theirs: a stranger's words stay out of our mail",
        arguments: [
            Letter.Kind.signUp, .alreadyRegistered, .invitation, .verification, .recovery, .addressChange, .magicLink,
        ])
    func strangers(kind: Letter.Kind) async throws {
        #expect(try await !written(SampleLetters.letter(kind)).text.contains("Ada"))
    }

    @Test("IN12: what stands in a mail is text: no markup, no template, no line of its own")
    func injection() async throws {
        let evil = "<script>alert(1)</script> {{code}} {{{issuerName}}} \"'\r\nWhen: never\u{2028}x"
        let mail = try await written(letter(code: "123", facts: [(.reason, evil)]))
        #expect(!mail.html.contains("<script"))
        #expect(mail.text.contains("{{code}} {{{issuerName}}}") && mail.text.contains("When: never"))
        #expect(!mail.text.contains("\nWhen: never") && !mail.text.contains("\u{2028}"))
    }

    private struct OnePlace: PlaceDirectory {
        func place(of address: String) -> String? { address == "192.0.2.7" ? "Zürich, Switzerland" : nil }
    }

    @Test("B077, B095: the place comes from the database of places, and is unknown without one")
    func place() async throws {
        let house = try await TestHouse()
        let letter = try SampleLetters.letter(.signInNotice)
        #expect(try await written(letter).text.contains("\nPlace: Unknown\nNetwork address: 192.0.2.7\n"))
        let writer = MailWriter(
            pages: house.house.rooms.pages, settings: house.house.rooms.settings, places: OnePlace())
        #expect(try writer.write(letter).text.contains("\nPlace: Zürich, Switzerland\nNetwork address: 192.0.2.7\n"))
    }

    @Test("A code is on a line of its own, and large")
    func code() async throws {
        let mail = try await written(letter(.signUp, code: "482 913"))
        #expect(mail.text.contains("\n    482 913\n"))
        #expect(mail.html.contains("font-size: 28px") && mail.html.contains(">482 913</p>"))
    }

    @Test("A mail whose only way is “this was not me” has it as its button")
    func onlyAction() async throws {
        let mail = try await written(SampleLetters.letter(.signInNotice))
        #expect(mail.html.contains(">This was not me</a>"))
        #expect(mail.html.components(separatedBy: "class=\"button\"").count == 2)
    }
}
