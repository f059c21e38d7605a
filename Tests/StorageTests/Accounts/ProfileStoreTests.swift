import Identity
import OAuth
import Storage
import TestSupport
import Testing

@Suite("StoreContract: profiles, pictures and browsers")
struct ProfileStoreTests {
    @Test("Everything a person says of themselves comes back as it was said", arguments: StoreKind.allCases)
    func roundTrip(kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await store.create(account("ann"))
            let old = try #require(try await store.account(id: "id-ann")).profile
            let new = Profile(
                name: "Ann 𝄞", givenName: "Ann", familyName: "'; DROP TABLE accounts; --", preferredUsername: "Ann.1",
                locale: "de", zoneInfo: "Europe/Zurich", birthdate: "0000-02-29", biography: "a\nb",
                attributes: ["department": "Engines", "vegan": true])
            #expect(try await store.replaceProfile(of: "id-ann", from: old, to: new, at: start + 5) == .replaced)
            let after = try #require(try await store.account(id: "id-ann"))
            #expect(after.profile == new && after.updatedAt == start + 5 && after.email.typed == "ann@Example.org")
        }
    }

    @Test(
        "Nothing is overwritten that was changed meanwhile; of many at once one wins (IN3)",
        arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            _ = try await first.create(account("ann"))
            let old = try #require(try await first.account(id: "id-ann")).profile
            let won = try await winners(of: 20) { number in
                try await (number.isMultiple(of: 2) ? first : second).replaceProfile(
                    of: "id-ann", from: old, to: Profile(name: "Ann \(number)"), at: start) == .replaced
            }
            #expect(won == 1)
            let other = try await first.replaceProfile(of: "id-ann", from: old, to: old, at: start)
            #expect(other == .changedMeanwhile)
        }
    }

    @Test("Of two people who want one username at once one gets it", arguments: StoreKind.allCases)
    func username(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            for name in ["ann", "ben"] { _ = try await first.create(account(name)) }
            let won = try await winners(of: 2) { number in
                let (store, name) = number == 0 ? (first, "ann") : (second, "ben")
                let old = try #require(try await store.account(id: "id-\(name)")).profile
                var new = old
                new.preferredUsername = number == 0 ? "Star" : "star"
                return try await store.replaceProfile(of: "id-\(name)", from: old, to: new, at: start) == .replaced
            }
            #expect(won == 1)
        }
    }

    @Test("SE6: nobody who is disabled is changed or shown", arguments: StoreKind.allCases)
    func disabled(kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await store.create(account("ann"))
            let old = try #require(try await store.account(id: "id-ann")).profile
            #expect(try await store.setPicture(picture("p"), at: start))
            _ = try await store.setStatus(.disabled, of: "id-ann", at: start)
            #expect(try await store.replaceProfile(of: "id-ann", from: old, to: old, at: start) == .changedMeanwhile)
            #expect(try await store.picture("p") == nil)
            #expect(try await !store.setPicture(picture("q"), at: start))
        }
    }

    @Test("One picture a person, named in the profile in the same step", arguments: StoreKind.allCases)
    func pictures(kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await store.create(account("ann"))
            #expect(try await store.setPicture(picture("p"), at: start))
            #expect(try await store.setPicture(picture("q"), at: start))
            #expect(try await store.picture("p") == nil)
            #expect(try await store.picture("q") == picture("q"))
            #expect(try await store.picture(of: "id-ann") == picture("q"))
            #expect(try await store.account(id: "id-ann")?.profile.picture == "/pictures/q")
            #expect(try await store.removePicture(of: "id-ann", at: start))
            #expect(try await !store.removePicture(of: "id-ann", at: start))
            #expect(try await store.account(id: "id-ann")?.profile.picture == nil)
        }
    }

    private func picture(_ id: String) -> Picture {
        let file = PictureFile(format: .webp, width: 20, height: 16, bytes: [0, 255, 39])
        return Picture(id: id, accountID: "id-ann", file: file, createdAt: start)
    }

    @Test(
        "SE7: remembered browsers have a name, and are forgotten by their own person alone",
        arguments: StoreKind.allCases)
    func browsers(kind: StoreKind) async throws {
        try await kind.withStore { store in
            for name in ["ann", "ben"] { _ = try await store.create(account(name)) }
            try await store.remember(browser: digest("browser"), of: "id-ann", at: start)
            try await store.remember(browser: digest("other"), of: "id-ann", at: start + 5)
            try await store.remember(browser: digest("browser"), of: "id-ben", at: start)
            try await store.signIn("ann")
            let known = try await store.knownBrowsers(of: "id-ann")
            #expect(known.map(\.device) == ["", "Firefox, Linux"] && known.first?.browser == digest("other"))
            #expect(try await !store.forget(browser: digest("other"), of: "id-ben"))
            #expect(try await store.forget(browser: digest("browser"), of: "id-ann"))
            #expect(try await !store.isKnown(browser: digest("browser"), of: "id-ann"))
            #expect(try await store.isKnown(browser: digest("browser"), of: "id-ben"))
            try await store.remember(browser: digest("third"), of: "id-ann", at: start)
            #expect(try await store.forgetBrowsers(of: "id-ann", except: digest("third")) == 1)
            #expect(try await store.forgetBrowsers(of: "id-ann", except: nil) == 1)
        }
    }
}
