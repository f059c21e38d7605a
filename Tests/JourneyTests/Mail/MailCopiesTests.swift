import Foundation
import Identity
import OAuth
import Testing

@testable import martlet

@Suite("Who gets a mail twice: nobody, where its fate is known or can be waited for")
struct MailCopiesTests {
    private static func house() async throws -> TestHouse {
        let house = try await TestHouse()
        _ = try await house.person()
        try await house.post(.welcome, lasting: 86_400)
        try await house.endPauses()
        return house
    }

    private func waiting(_ house: TestHouse) async throws -> Int64 {
        try await house.store.outboxFigures(at: house.clock.now).waiting
    }

    @Test(
        "RFC 5321 §4.5.3.2.6: a server that has all of a mail and says nothing is given it once more, and then no more")
    func unanswered() async throws {
        let house = try await Self.house()
        house.post.refuse(with: MailFault(.unreachable))
        for pause in [0, 10, 60] as [Int64] {
            house.clock.advance(pause)
            try await house.sendMail()
        }
        house.post.refuse(with: MailFault(.unanswered, detail: "at the end of the mail"))
        house.clock.advance(3600)
        try await house.sendMail()
        #expect(try await waiting(house) == 1, "what failed before the last byte left no copy, and does not count")
        #expect(house.audit.count(.mailNotSent) == 0)
        house.clock.advance(3600)
        try await house.sendMail()
        #expect(try await waiting(house) == 0)
        let event = try #require(house.audit.events.last { $0.kind == .mailNotSent })
        #expect(event.details == ["mail": "welcome", "reason": "unanswered", "fault": "unanswered"])
        #expect(house.log.lines.count { $0.contains("mail not taken") && $0.contains("unanswered") } == 2)
        house.post.refuse(with: nil)
        house.clock.advance(3600)
        #expect(try await house.mail().isEmpty)
    }

    @Test("As long as a mail is with the server its lease is renewed: nobody else takes it, however slow the answer")
    func held() async throws {
        let house = try await Self.house()
        let room = try #require(house.house.mail.room)
        let slow = SlowPost {
            house.clock.advance(10_000)
            let deadline = ContinuousClock.now + .seconds(20)
            while try await house.store.outboxFigures(at: house.clock.now).due > 0 {
                try #require(.now < deadline, "the lease ran out")
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(try await room.claim(10).isEmpty)
        }
        let patient = room.with(mailer: slow, lease: 1)
        let claimed = try #require(try await patient.claim(1).first)
        #expect(try await patient.deliver(claimed) == .sent)
        #expect(try await waiting(house) == 0)
    }
}

/// Answers after something else has happened.
private struct SlowPost: Mailer {
    let before: @Sendable () async throws -> Void

    func send(_ mail: OutgoingMail) async throws(MailFault) {
        do { try await before() } catch { throw MailFault(.timedOut, detail: "\(error)") }
    }
}

extension MailRoom {
    /// Another one at the same outbox, which knows nothing of what the first has seen.
    fileprivate func with(outbox: (any OutboxStore)? = nil, mailer: (any Mailer)? = nil, lease: Int64? = nil)
        -> MailRoom
    {
        MailRoom(
            outbox: outbox ?? self.outbox, postbox: postbox, correspondence: correspondence,
            mailer: mailer ?? self.mailer, lease: lease ?? self.lease, clock: clock, record: record)
    }
}
