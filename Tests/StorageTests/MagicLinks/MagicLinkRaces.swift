import Identity
import OAuth
import Storage
import TestSupport
import Testing

@Suite("StoreContract: links to sign in with, used at once by many")
struct MagicLinkRaces {
    private typealias Story = MagicLinkStory

    @Test(
        "ML1, B007, B009: of 100 that use one link at once, at two processes, one opens a session",
        arguments: StoreKind.allCases)
    func oneLink(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            #expect(try await first.create(account("ann")))
            try await first.begin(Story.proof("a"))
            let count = try await winners(of: 100) { number in
                try await (number % 2 == 0 ? first : second).opens(Story.entry("a", session: "s\(number)"))
            }
            #expect(count == 1)
            #expect(try await second.sessions(of: "id-ann", at: start).count == 1)
            #expect(try await second.signInMethods(of: "id-ann").map(\.method) == ["email"])
            #expect(try await second.fate(ofLink: digest("link a"), for: .magicLink)?.isSpent == true)
        }
    }

    @Test(
        "ML9: of 100 that prove a mailbox first at once one does, and one welcome is mailed",
        arguments: StoreKind.allCases)
    func firstProof(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            #expect(try await first.create(Story.unproven()))
            try await first.begin(Story.proof("a"))
            let count = try await winners(of: 100) { number in
                let welcome = news("welcome \(number)", of: .welcome)
                return try await (number % 2 == 0 ? first : second).opens(
                    Story.entry("a", session: "s\(number)", welcome: welcome))
            }
            #expect(count == 1)
            #expect(try await first.traces()["outbox"] == 1)
            #expect(try await first.sessions(of: "id-ann", at: start).count == 1)
        }
    }

    @Test(
        "ML4: of 50 links that as many browsers have asked for, used at once, the first ends the others",
        arguments: StoreKind.allCases)
    func manyLinks(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            #expect(try await first.create(account("ann")))
            for number in 0..<50 { try await first.begin(Story.proof("\(number)", browser: "\(number)")) }
            let count = try await winners(of: 50) { number in
                try await (number % 2 == 0 ? first : second).opens(Story.entry("\(number)"))
            }
            #expect(count == 1)
            #expect(try await first.sessions(of: "id-ann", at: start).count == 1)
            var spent = 0
            for number in 0..<50 {
                let fate = try #require(try await first.fate(ofLink: digest("link \(number)"), for: .magicLink))
                #expect(fate.endedAt == start)
                spent += fate.isSpent ? 1 : 0
            }
            #expect(spent == 1)
        }
    }

    @Test(
        "ML4, SE6: whoever comes in while the password is reset or the account is disabled does not stay",
        arguments: StoreKind.allCases, [false, true])
    func ended(kind: StoreKind, byOperator: Bool) async throws {
        try await kind.withTwoStores { first, second in
            #expect(try await first.create(account("ann")))
            for number in 0..<20 { try await first.begin(Story.proof("\(number)", browser: "\(number)")) }
            try await first.begin(Story.proof("reset", for: .recovery, browser: "reset"))
            let address = try account("ann").email
            let ended = try await winners(of: 21) { number in
                guard number == 10 else {
                    _ = try await first.signIn(Story.entry("\(number)"), at: start)
                    return false
                }
                guard !byOperator else { return try await second.setStatus(.disabled, of: "id-ann", at: start) }
                let reset = PasswordReset(
                    link: digest("link reset"), accountID: "id-ann", address: address, newHash: "new",
                    browser: digest("reset"))
                return try await second.resetPassword(reset, mailing: news("told"), at: start) != nil
            }
            #expect(ended == 1)
            _ = try await first.setStatus(.active, of: "id-ann", at: start)
            #expect(try await first.sessions(of: "id-ann", at: start).isEmpty)
            for number in 0..<20 {
                let outcome = try await first.signIn(Story.entry("\(number)", session: "late"), at: start)
                #expect(outcome == .dead)
            }
        }
    }

    @Test("B009, B088: of 100 that spend one link for somebody who left, one does", arguments: StoreKind.allCases)
    func leaving(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            #expect(try await first.create(account("ann")))
            _ = try await first.delete("id-ann", by: .person, mailing: [], at: start)
            try await first.begin(Story.proof("a"))
            let count = try await winners(of: 100) { number in
                try await (number % 2 == 0 ? first : second)
                    .spend(link: digest("link a"), for: .magicLink, at: start)
            }
            #expect(count == 1)
        }
    }
}
