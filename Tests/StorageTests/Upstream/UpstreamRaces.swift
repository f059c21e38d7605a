import Identity
import OAuth
import TestSupport
import Testing

@testable import Storage

@Suite("StoreContract: identities that many come with at once")
struct UpstreamRaces {
    private typealias Story = UpstreamStory

    private func fresh(_ number: Int, address: String) throws -> Account {
        Account(
            id: "id-\(number)", email: try #require(EmailAddress(address)), isEmailVerified: true,
            profile: Profile(preferredUsername: "same"), passwordHash: nil, createdAt: start, updatedAt: start)
    }

    @Test(
        "SO1, B007: of 20 new accounts of one identity one is made, whatever their addresses",
        arguments: StoreKind.allCases, [false, true])
    func newAccounts(kind: StoreKind, oneAddress: Bool) async throws {
        try await kind.withTwoStores { first, second in
            let count = try await winners(of: 20) { number in
                let address = oneAddress ? "ann@example.org" : "ann\(number)@example.org"
                let entry = try Story.entry(
                    Story.identity(email: address), fresh(number, address: address), by: .new, session: "s\(number)",
                    letters: [news("welcome \(number)")])
                let outcome = try await (number % 2 == 0 ? first : second).enter(entry, at: start)
                #expect(outcome == .done || outcome == .ownedElsewhere)
                return outcome == .done
            }
            let traces = try await first.upstreamTraces()
            #expect(count == 1)
            for table in ["accounts", "sessions", "upstream_identities", "outbox"] { #expect(traces[table] == 1) }
        }
    }

    @Test(
        "SO1, B007: of 20 identities that come with one proven address at once one gets the account",
        arguments: StoreKind.allCases)
    func oneAddress(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let count = try await winners(of: 20) { number in
                let entry = try Story.entry(
                    Story.identity("\(number)"), fresh(number, address: "ann@example.org"), by: .new,
                    session: "s\(number)")
                return try await (number % 2 == 0 ? first : second).enter(entry, at: start) == .done
            }
            let traces = try await first.upstreamTraces()
            #expect(count == 1)
            for table in ["accounts", "sessions", "upstream_identities"] { #expect(traces[table] == 1) }
        }
    }

    @Test(
        "ML9, B007: of 20 that claim an unproven account at once one does", arguments: StoreKind.allCases,
        [false, true])
    func claims(kind: StoreKind, byMail: Bool) async throws {
        try await kind.withTwoStores { first, second in
            #expect(try await first.create(MagicLinkStory.unproven()))
            try await first.begin(Story.proof("a", of: "id-ann"))
            let way = byMail ? UpstreamEntry.Way.claimedByMail(link: digest("link a")) : .claimed
            let count = try await winners(of: 20) { number in
                let entry = try Story.entry(
                    Story.identity("\(number)"), MagicLinkStory.unproven(), by: way, session: "s\(number)")
                return try await (number % 2 == 0 ? first : second).enter(entry, at: start) == .done
            }
            #expect(count == 1)
            #expect(try await first.identities(of: "id-ann").count == 1)
            #expect(try await first.sessions(of: "id-ann", at: start).count == 1)
        }
    }

    @Test("SO8, B034: of 20 people who connect one identity at once one gets it", arguments: StoreKind.allCases)
    func links(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            for number in 0..<20 { try await first.signIn("p\(number)", session: "s\(number)") }
            let count = try await winners(of: 20) { number in
                let way = UpstreamEntry.Way.linked(session: session("s\(number)").secret)
                let entry = try Story.entry(
                    Story.identity(), account("p\(number)"), by: way, letters: [news("told \(number)")])
                let outcome = try await (number % 2 == 0 ? first : second).enter(entry, at: start)
                #expect(outcome == .done || outcome == .ownedElsewhere)
                return outcome == .done
            }
            let traces = try await first.upstreamTraces()
            #expect(count == 1 && traces["upstream_identities"] == 1 && traces["outbox"] == 1)
        }
    }

    @Test(
        "SO8: of 20 times that one person connects one identity at once one is told by mail",
        arguments: StoreKind.allCases)
    func twice(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let session = try await first.signIn("ann")
            let count = try await winners(of: 20) { number in
                let entry = try Story.entry(
                    Story.identity(), account("ann"), by: .linked(session: session.secret),
                    letters: [news("told \(number)")])
                return try await (number % 2 == 0 ? first : second).enter(entry, at: start) == .done
            }
            let traces = try await first.upstreamTraces()
            #expect(count == 20 && traces["upstream_identities"] == 1 && traces["outbox"] == 1)
        }
    }

    @Test(
        "B137: of the last two ways in that are given up at once one stays", arguments: StoreKind.allCases)
    func removals(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let session = try await first.signIn("ann")
            let others = (0..<10).map { number in number % 2 == 0 ? "github" : "google" }
            for (number, provider) in others.enumerated() {
                try await first.connect(Story.identity("\(number)", at: provider), to: "id-ann")
            }
            let count = try await winners(of: 10) { number in
                let removal = IdentityRemoval(
                    key: UpstreamIdentity.Key(provider: others[number], subject: "\(number)"), accountID: "id-ann",
                    session: session.secret, takesPasswords: false, links: nil, providers: ["github", "google"],
                    letter: news("told \(number)"))
                return try await (number % 2 == 0 ? first : second).remove(removal, at: start) == .removed
            }
            #expect(count == 9)
            #expect(try await first.identities(of: "id-ann").count == 1)
        }
    }

    @Test("SO10, SE6: whoever comes in while the account is disabled does not stay", arguments: StoreKind.allCases)
    func disabled(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            #expect(try await first.create(account("ann")))
            try await first.connect(Story.identity(), to: "id-ann")
            let disabled = try await winners(of: 21) { number in
                guard number != 10 else { return try await second.setStatus(.disabled, of: "id-ann", at: start) }
                let entry = try Story.entry(Story.identity(), account("ann"), by: .known, session: "s\(number)")
                _ = try await (number % 2 == 0 ? first : second).enter(entry, at: start)
                return false
            }
            #expect(disabled == 1)
            _ = try await first.setStatus(.active, of: "id-ann", at: start)
            #expect(try await first.sessions(of: "id-ann", at: start).isEmpty)
        }
    }
}
