import Foundation
import Identity
import OAuth
import Outbound
import Testing

@testable import martlet

/// How each mail reads, kept as files that people can look at. `MARTLET_WRITE_GOLDEN=1` writes them anew.
@Suite("Mails as they are read")
struct MailGoldenTests {
    private static let folder = HousePlanTests.sources.deletingLastPathComponent().appending(path: "Tests/Mails")

    @Test("B003, B072-B081: every mail reads as it was agreed", arguments: Letter.Kind.allCases)
    func golden(kind: Letter.Kind) async throws {
        let house = try await TestHouse {
            $0.page.name = "Example"
            $0.page.helpURL = "https://example.org/help"
        }
        let room = try #require(house.house.mail.room)
        let mail = try room.correspondence.mail(
            SampleLetters.letter(kind), id: "golden", createdAt: SampleLetters.now)
        let kept = try #require(KeptMail(mail.message))
        let text = "From: \(kept.from)\nTo: \(kept.to)\nSubject: \(kept.subject)\nDate: \(kept.date)\n\n\(kept.text)"
        try compare(text, "\(kind.rawValue).txt")
        try compare(kept.html, "\(kind.rawValue).html")
    }

    private func compare(_ text: String, _ name: String) throws {
        let file = Self.folder.appending(path: name)
        if ProcessInfo.processInfo.environment["MARTLET_WRITE_GOLDEN"] != nil {
            try Data(text.utf8).write(to: file)
        }
        let agreed = try String(contentsOf: file, encoding: .utf8)
        #expect(text == agreed, "Tests/Mails/\(name) reads otherwise")
    }

    @Test("No file is left of a mail that is no longer sent")
    func leftovers() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path())
        #expect(Set(names.map { $0.prefix { $0 != "." } }) == Set(Letter.Kind.allCases.map { $0.rawValue[...] }))
    }
}
