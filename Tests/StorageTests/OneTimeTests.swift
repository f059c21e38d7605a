import Identity
import OAuth
import Storage
import Testing

@Suite("StoreContract: one-time artefacts")
struct OneTimeTests {
    private func link(_ name: String, binding: String = "") -> OneTimeArtefact {
        OneTimeArtefact(kind: .setupLink, digest: digest(name), binding: binding, expiresAt: start + 60)
    }

    @Test("IN3: of 200 simultaneous uses one succeeds", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            try await first.keep(link("l"), superseding: false)
            let count = try await winners { number in
                try await (number % 2 == 0 ? first : second).consume(.setupLink, digest("l"), binding: "", at: start)
            }
            #expect(count == 1)
            #expect(try await !second.isLive(.setupLink, digest("l"), binding: "", at: start))
        }
    }

    @Test(
        "JW4, IN3: what is unknown, spent, expired, or bound to something else is refused",
        arguments: StoreKind.allCases)
    func refusals(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.keep(link("l", binding: "browser"), superseding: false)
            try await store.keep(link("spent"), superseding: false)
            #expect(try await store.consume(.setupLink, digest("spent"), binding: "", at: start))
            let attempts: [(String, String, Instant)] = [
                ("unknown", "", start), ("spent", "", start), ("l", "", start), ("l", "Browser", start),
                ("l", "browser", start + 60), ("l", "browser", start + day),
            ]
            for (name, binding, now) in attempts {
                #expect(try await !store.isLive(.setupLink, digest(name), binding: binding, at: now))
                #expect(try await !store.consume(.setupLink, digest(name), binding: binding, at: now))
            }
            #expect(try await store.consume(.setupLink, digest("l"), binding: "browser", at: start + 59))
        }
    }

    @Test("JW4: a code, a refresh token and a link of one digest are three things", arguments: StoreKind.allCases)
    func nameSpaces(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let given = grant("g", from: try await store.signIn("ann"))
            #expect(try await store.finish(nil, with: code("same", of: given), at: start))
            #expect(try await !store.consume(.setupLink, digest("same"), binding: "", at: start))
            #expect(try await !store.rotate(digest("same"), issuing: KeptTokens(), at: start))
            try await store.keep(link("same"), superseding: false)
            #expect(try await store.consume(.setupLink, digest("same"), binding: "", at: start))
            let tokens = KeptTokens(refreshToken: refreshToken("same", of: given))
            #expect(try await store.redeem(digest("same"), issuing: tokens, at: start))
            #expect(try await store.rotate(digest("same"), issuing: KeptTokens(), at: start))
        }
    }

    @Test(
        "IN3, B025: a solution that was never kept is spent once, of 200 at two processes at a time too",
        arguments: StoreKind.allCases)
    func unkept(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let solution = OneTimeArtefact(
                kind: .captchaSolution, digest: digest("s"), binding: "sign_up", expiresAt: start + 600)
            let count = try await winners { number in
                try await (number % 2 == 0 ? first : second).spendUnkept(solution, at: start)
            }
            #expect(count == 1)
            let elsewhere = OneTimeArtefact(
                kind: .captchaSolution, digest: digest("s"), binding: "recovery", expiresAt: start + 600)
            #expect(try await !second.spendUnkept(elsewhere, at: start + 1))
            let late = OneTimeArtefact(kind: .captchaSolution, digest: digest("t"), binding: "", expiresAt: start)
            #expect(try await !first.spendUnkept(late, at: start))
            try await first.keep(link("s"), superseding: false)
            #expect(try await second.consume(.setupLink, digest("s"), binding: "", at: start))
        }
    }

    @Test("Looking spends nothing", arguments: StoreKind.allCases)
    func looking(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.keep(link("l"), superseding: false)
            for _ in 1...3 { #expect(try await store.isLive(.setupLink, digest("l"), binding: "", at: start)) }
            #expect(try await store.consume(.setupLink, digest("l"), binding: "", at: start))
        }
    }

    @Test("A newer one kills the older ones of its binding, if it is told to", arguments: StoreKind.allCases)
    func superseding(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.keep(link("one"), superseding: false)
            try await store.keep(link("two"), superseding: false)
            try await store.keep(link("elsewhere", binding: "x"), superseding: false)
            #expect(try await store.isLive(.setupLink, digest("one"), binding: "", at: start))
            try await store.keep(link("three"), superseding: true)
            #expect(try await !store.consume(.setupLink, digest("one"), binding: "", at: start))
            #expect(try await !store.consume(.setupLink, digest("two"), binding: "", at: start))
            #expect(try await store.consume(.setupLink, digest("three"), binding: "", at: start))
            #expect(try await store.consume(.setupLink, digest("elsewhere"), binding: "x", at: start))
        }
    }
}
