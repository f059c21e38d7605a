import Foundation
import Identity
import OAuth
import Outbound
import Synchronization
import Testing

@testable import martlet

/// A mail as the person it went to sees it.
struct TestMail: Sendable {
    let kept: KeptMail
    /// As it travelled.
    let message: String

    var to: String { kept.to }
    var subject: String { kept.subject }
    var text: String { kept.text }
    var html: String { kept.html }

    /// Where the links of the text lead, in their order: paths of this server, ready for a browser. The action comes first,
    /// "this was not me" second.
    var paths: [String] {
        text.matches(of: /(?m)^http:\/\/localhost:8080(\/\S*)$/).map { String($0.1) }
    }

    /// To be typed.
    var code: String? { text.firstMatch(of: /(?m)^ {4}(\S.*)$/).map { String($0.1) } }
}

/// Takes mail, or refuses it as it is told to.
final class TestPost: Mailer {
    private let state = Mutex<(taken: [OutgoingMail], fault: MailFault?)>(([], nil))

    var taken: [OutgoingMail] { state.withLock { $0.taken } }

    /// From now on; `nil` takes everything.
    func refuse(with fault: MailFault?) { state.withLock { $0.fault = fault } }

    func send(_ mail: OutgoingMail) async throws(MailFault) {
        let fault = state.withLock { state in
            if state.fault == nil { state.taken.append(mail) }
            return state.fault
        }
        if let fault { throw fault }
    }
}

extension TestHouse {
    /// Every mail so far, the oldest first, after what is due in the outbox has been sent.
    func mail(to address: String? = nil) async throws -> [TestMail] {
        try await sendMail()
        return try post.taken.map { mail in
            TestMail(kept: try #require(KeptMail(mail.message)), message: String(decoding: mail.message, as: UTF8.self))
        }.filter { address == nil || $0.to == address }
    }

    /// The latest mail to somebody.
    func latestMail(to address: String) async throws -> TestMail {
        try #require(await mail(to: address).last, "no mail to \(address)")
    }

    /// The latest that leads to such a path; others, of a sign-in say, may have come beside it.
    func latestMail(to address: String, leading path: String) async throws -> TestMail {
        let found = try await mail(to: address).last { $0.paths.contains { $0.hasPrefix(path) } }
        return try #require(found, "no mail to \(address) that leads to \(path)")
    }

    /// Letters that were just written lie for a moment before they are due; here that moment is over.
    func endPauses() async throws {
        try await store.database.write { connection in
            _ = try connection.execute("UPDATE outbox SET due_at = created_at WHERE attempts = 0", [])
        }
    }

    /// Sends what is due, one after the other.
    func sendMail() async throws {
        let room = try #require(house.mail.room)
        try await endPauses()
        while true {
            let claimed = try await room.claim(100)
            guard !claimed.isEmpty else { return }
            for letter in claimed { try await room.deliver(letter) }
        }
    }
}

extension TestHouse {
    /// Puts a letter about a person into the outbox, as a verb would.
    func post(
        _ kind: Letter.Kind, to address: String = "ada@example.org", lasting: Int64 = 3600, path: String? = nil,
        isBlank: Bool = false
    ) async throws {
        let sample = try SampleLetters.letter(kind, to: address)
        let email = try #require(EmailAddress(address))
        let account = try #require(try await store.account(canonicalEmail: email.canonical))
        let letter = Letter(
            kind, to: email, about: account.id, path: path ?? sample.path, secondPath: sample.secondPath,
            code: sample.code,
            facts: sample.facts, expiresAt: clock.now + lasting)
        let postbox = try Postbox(masterKey: house.groundwork.masterKey, random: house.groundwork.random)
        let sealed = try isBlank ? postbox.blank(letter, at: clock.now) : postbox.seal(letter, at: clock.now)
        try await store.post([sealed])
    }
}
