import Foundation
import Identity
import OAuth
import Testing

@testable import martlet

@Suite("From the outbox to the mail server")
struct MailRoomTests {
    private static func house() async throws -> TestHouse {
        let house = try await TestHouse()
        _ = try await house.person()
        return house
    }

    private func waiting(_ house: TestHouse) async throws -> Int64 {
        try await house.store.outboxFigures(at: house.clock.now).waiting
    }

    @Test("A mail goes out once, to whom it is for, and is gone from the outbox")
    func sent() async throws {
        let house = try await Self.house()
        try await house.post(.welcome)
        let mail = try await house.mail()
        #expect(mail.map(\.to) == ["ada@example.org"] && mail.map(\.paths) == [["/account"]])
        #expect(try await waiting(house) == 0)
        #expect(try await house.mail().count == 1)
    }

    @Test("CR3, CF3: neither the database nor the log says who gets which link")
    func sealed() async throws {
        let house = try await Self.house()
        try await house.post(.recovery)
        let bytes = try await house.database.bytes()
        #expect(bytes.range(of: Data("mvl_0123".utf8)) == nil)
        #expect(bytes.range(of: Data("192.0.2.7".utf8)) == nil)
        house.post.refuse(with: MailFault(.deferred, code: 450, reply: "450 <ada@example.org> later"))
        try await house.sendMail()
        house.clock.advance(10)
        house.post.refuse(with: MailFault(.refused, code: 550, reply: "550 <ada@example.org> no"))
        try await house.sendMail()
        #expect(!house.log.lines.contains { $0.contains("mvl_") || $0.contains("ada@") || $0.contains("192.0.2.7") })
        #expect(house.log.lines.contains { $0.contains("mail not taken") })
    }

    @Test("What is not taken is tried again after 10 s, 1, 5, 15 minutes and then each hour, always as the same mail")
    func retries() async throws {
        let house = try await Self.house()
        try await house.post(.welcome, lasting: 86_400)
        house.post.refuse(with: MailFault(.unreachable))
        var pauses: [Int64] = []
        try await house.sendMail()
        for _ in 1...7 {
            let before = house.clock.now
            while try await house.store.outboxFigures(at: house.clock.now).due == 0 { house.clock.advance(1) }
            pauses.append(house.clock.now.seconds(since: before))
            try await house.sendMail()
        }
        #expect(pauses == [10, 60, 300, 900, 3600, 3600, 3600])
        house.post.refuse(with: nil)
        house.clock.advance(3600)
        let mail = try #require(try await house.mail().first)
        #expect(mail.kept.date == "Fri, 15 Jan 2027 08:00:00 +0000")
        #expect(house.post.taken.count == 1)
    }

    @Test("A mail is never sent late: with its last chance past it is given up, and an event says so")
    func expiry() async throws {
        let house = try await Self.house()
        try await house.post(.recovery, lasting: 600)
        house.post.refuse(with: MailFault(.unreachable))
        for pause in [0, 10, 60, 300] as [Int64] {
            house.clock.advance(pause)
            try await house.sendMail()
        }
        #expect(try await waiting(house) == 0, "the fourth attempt was the last within ten minutes")
        house.post.refuse(with: nil)
        house.clock.advance(3600)
        #expect(try await house.mail().isEmpty)
        let event = try #require(house.audit.events.last { $0.kind == .mailNotSent })
        #expect(event.details == ["mail": "recovery", "reason": "expired", "fault": "unreachable"])
    }

    @Test("A mail that expired while nobody sent is never sent")
    func expiredInBox() async throws {
        let house = try await Self.house()
        try await house.post(.recovery, lasting: 600)
        house.clock.advance(600)
        #expect(try await house.mail().isEmpty)
    }

    @Test("What the server will never take ends at once, told without address")
    func refused() async throws {
        let house = try await Self.house()
        try await house.post(.welcome)
        house.post.refuse(with: MailFault(.refused, code: 550, detail: "at the recipient's address", reply: "550 ada@"))
        try await house.sendMail()
        #expect(try await waiting(house) == 0)
        let event = try #require(house.audit.events.last { $0.kind == .mailNotSent })
        #expect(event.details == ["mail": "welcome", "reason": "refused", "fault": "refused", "status": "550"])
        #expect(event.subject != nil)
        #expect(!house.log.lines.contains { $0.contains("ada@") })
    }

    @Test(
        "B036: a server we may not use, or that does not encrypt, ends no mail: it waits until that is set right",
        arguments: [
            MailFault.Cause.unreachable, .notSecure, .notAdmitted, .timedOut, .unanswered, .deferred, .unwritable,
            .interrupted,
        ])
    func kept(cause: MailFault.Cause) async throws {
        let house = try await Self.house()
        try await house.post(.welcome)
        house.post.refuse(with: MailFault(cause, code: 535))
        let room = try #require(house.house.mail.room)
        try await house.endPauses()
        for letter in try await room.claim(10) { try await room.deliver(letter) }
        #expect(try await waiting(house) == 1)
        house.post.refuse(with: nil)
        house.clock.advance(10)
        #expect(try await house.mail().count == 1)
    }

    @Test("PW10: a blank letter is thrown away, and nothing tells of it")
    func blank() async throws {
        let house = try await Self.house()
        try await house.post(.recovery, isBlank: true)
        #expect(try await house.mail().isEmpty)
        #expect(try await waiting(house) == 0)
        #expect(house.audit.count(.mailNotSent) == 0)
    }

    @Test(
        "PW10: no letter goes out at the commit that wrote it, and each does within two seconds",
        arguments: [true, false])
    func pause(isBlank: Bool) async throws {
        let house = try await Self.house()
        let room = try #require(house.house.mail.room)
        try await house.post(.recovery, isBlank: isBlank)
        #expect(try await room.claim(10).isEmpty)
        #expect(try await room.claim(10, ahead: Postbox.longestPause).count == 1, "as at a stop")
        try await house.post(.recovery, isBlank: isBlank)
        house.clock.advance(Postbox.longestPause)
        #expect(try await room.claim(10).count == 1)
    }

    @Test("PW10: a blank letter is put into words, and parts from a real one where that would be handed over")
    func blankWork() async throws {
        let house = try await Self.house()
        let room = try #require(house.house.mail.room)
        house.post.refuse(with: MailFault(.unreachable))
        for (path, isBlank) in [("/recovery/mvl_1", true), ("/recovery/mvl_1", false), ("//", true), ("//", false)] {
            try await house.post(.recovery, path: path, isBlank: isBlank)
            try await house.endPauses()
            let claimed = try #require(try await room.claim(1).first)
            switch (try await room.deliver(claimed), path, isBlank) {
            case (.thrownAway, "/recovery/mvl_1", true): break
            case (.failed(let fault), "/recovery/mvl_1", false): #expect(fault.cause == .unreachable)
            case (.failed(let fault), "//", _): #expect(fault.cause == .unwritable)
            case (let ending, _, _): Issue.record("\(ending) for \(path), blank: \(isBlank)")
            }
        }
        #expect(house.audit.count(.mailNotSent) == 0)
    }

    @Test("A letter sealed with another key, or changed in the database, is dropped and told")
    func unreadable() async throws {
        let house = try await Self.house()
        try await house.post(.recovery)
        try await house.store.database.write { connection in
            _ = try connection.execute("UPDATE outbox SET id = 'copied'", [])
        }
        #expect(try await house.mail().isEmpty)
        #expect(try await waiting(house) == 0)
        #expect(house.audit.events.last?.details["reason"] == "unreadable")
    }

    @Test("A process that dies while it sends leaves the mail to the next, once the lease has run out")
    func lease() async throws {
        let house = try await Self.house()
        try await house.post(.welcome)
        let room = try #require(house.house.mail.room)
        #expect(room.lease > house.house.groundwork.settings.mail.timeout)
        try await house.endPauses()
        let dying = try await room.claim(1)
        house.clock.advance(room.lease - 1)
        #expect(try await house.mail().isEmpty)
        house.clock.advance(1)
        #expect(try await house.mail().count == 1)
        try await room.deliver(dying[0])
        let ids = Set(house.post.taken.map(\.id))
        #expect(ids.count == 1, "a second copy is the same mail")
    }

    @Test("An outage is two lines of the log, however long it lasts, and no reason not to be ready")
    func outage() async throws {
        let house = try await Self.house()
        try await house.post(.welcome, lasting: 86_400)
        house.post.refuse(with: MailFault(.unreachable))
        for _ in 1...5 {
            try await house.sendMail()
            house.clock.advance(3600)
        }
        house.post.refuse(with: nil)
        try await house.sendMail()
        #expect(house.log.lines.count { $0.contains("no mail is sent") } == 1)
        #expect(house.log.lines.count { $0.contains("mail is sent again") } == 1)
    }
}
