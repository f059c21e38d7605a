import Foundation
import Identity
import OAuth
import Synchronization
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
                try #require(ContinuousClock.now < deadline, "the lease ran out")
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(try await room.claim(10).isEmpty)
        }
        let patient = room.with(mailer: slow, lease: 1)
        let claimed = try #require(try await patient.claim(1).first)
        #expect(try await patient.deliver(claimed) == .sent)
        #expect(try await waiting(house) == 0)
    }

    @Test("A mail known to be taken is not sent again by who knows it, however often it could not be taken out")
    func known() async throws {
        let house = try await Self.house()
        let outbox = StuckOutbox(house.store, failures: 3)
        let room = try #require(house.house.mail.room).with(outbox: outbox)
        let first = try #require(try await room.claim(1).first)
        await #expect(throws: StuckOutbox.Stuck.self) { try await room.deliver(first) }
        for _ in 1...2 {
            house.clock.advance(room.lease)
            let again = try #require(try await room.claim(1).first)
            await #expect(throws: StuckOutbox.Stuck.self) { try await room.deliver(again) }
        }
        #expect(try await waiting(house) == 1 && house.post.taken.count == 1)
        house.clock.advance(room.lease)
        let last = try #require(try await room.claim(1).first)
        #expect(try await room.deliver(last) == .endedBefore)
        #expect(try await waiting(house) == 0 && house.post.taken.count == 1)
        #expect(room.fates.leftOver.isEmpty && !room.fates.hasEnded(last.letter))
    }

    @Test("What was refused for good and could not be taken out is told once, and not offered again")
    func knownRefused() async throws {
        let house = try await Self.house()
        let room = try #require(house.house.mail.room).with(outbox: StuckOutbox(house.store, failures: 1))
        house.post.refuse(with: MailFault(.refused, code: 550))
        let first = try #require(try await room.claim(1).first)
        await #expect(throws: StuckOutbox.Stuck.self) { try await room.deliver(first) }
        house.post.refuse(with: nil)
        house.clock.advance(room.lease)
        let again = try #require(try await room.claim(1).first)
        #expect(try await room.deliver(again) == .endedBefore)
        #expect(try await waiting(house) == 0 && house.post.taken.isEmpty)
        #expect(house.audit.count(.mailNotSent) == 1)
    }

    @Test("A lease that another process has is left to it; given back, the mail is still known here")
    func lost() async throws {
        let house = try await Self.house()
        let outbox = StuckOutbox(house.store, failures: 1)
        let room = try #require(house.house.mail.room).with(outbox: outbox)
        let first = try #require(try await room.claim(1).first)
        await #expect(throws: StuckOutbox.Stuck.self) { try await room.deliver(first) }
        house.clock.advance(room.lease)
        let other = try #require(try await house.store.claimLetters(1, leasing: 100, at: house.clock.now).first)
        for _ in 1...3 { await room.clearUp() }
        #expect(outbox.removals.withLock { $0 } == 2, "once for the mail, once more to find the lease lost")
        #expect(try await waiting(house) == 1)
        _ = try await house.store.postpone(other, until: house.clock.now)
        let again = try #require(try await room.claim(1).first)
        #expect(try await room.deliver(again) == .endedBefore)
        #expect(try await waiting(house) == 0 && house.post.taken.count == 1)
    }

    @Test("Delivery takes it out as soon as that can be done, long before the lease has run out")
    func clearedUp() async throws {
        let house = try await Self.house()
        let outbox = StuckOutbox(house.store, failures: 2)
        let room = try #require(house.house.mail.room).with(outbox: outbox)
        let base = house.house.groundwork
        let delivery = Delivery(
            room: room, store: house.store, clock: house.clock, record: room.record, random: base.random,
            logger: base.logger)
        let running = Task { try await delivery.run() }
        let deadline = ContinuousClock.now + .seconds(20)
        while try await waiting(house) > 0, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
        running.cancel()
        _ = await running.result
        #expect(try await waiting(house) == 0 && house.post.taken.count == 1)
        #expect(outbox.removals.withLock { $0 } == 3)
    }
}

/// An outbox out of which nothing can be taken for a while.
private final class StuckOutbox: OutboxStore {
    struct Stuck: Error {}

    private let store: any OutboxStore
    private let failures: Mutex<Int>
    let removals = Mutex(0)

    init(_ store: any OutboxStore, failures: Int) {
        self.store = store
        self.failures = Mutex(failures)
    }

    func remove(_ letter: ClaimedLetter) async throws -> Bool {
        removals.withLock { $0 += 1 }
        let fails = failures.withLock { left in
            left -= 1
            return left >= 0
        }
        if fails { throw Stuck() }
        return try await store.remove(letter)
    }

    func claimLetters(_ limit: Int, leasing seconds: Int64, at now: Instant) async throws -> [ClaimedLetter] {
        try await store.claimLetters(limit, leasing: seconds, at: now)
    }

    func postpone(_ letter: ClaimedLetter, until time: Instant) async throws -> Bool {
        try await store.postpone(letter, until: time)
    }

    func removeExpiredLetters(_ limit: Int, at now: Instant) async throws -> [ExpiredLetter] {
        try await store.removeExpiredLetters(limit, at: now)
    }

    func outboxFigures(at now: Instant) async throws -> OutboxFigures { try await store.outboxFigures(at: now) }
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
