import Identity
import OAuth
import Testing

@testable import Storage

@Suite("StoreContract: the first proof of a mailbox, by way of a provider (ML9)")
struct UpstreamClaimTests {
    private typealias Story = UpstreamStory

    private static let link = UpstreamEntry.Way.claimedByMail(link: digest("link a"))

    /// An account as whoever made it for somebody else's address left it, with identities of their own.
    private func squat(_ store: Store) async throws -> Grant {
        #expect(try await store.create(MagicLinkStory.unproven()))
        try await store.open(session("squatter"), replacing: nil, for: nil, at: start)
        let held = grant("g", from: session("squatter"), isOffline: true)
        try await store.issue(held)
        for (subject, provider) in [("squatter", "github"), ("squatter", "google")] {
            try await store.connect(Story.identity(subject, at: provider), to: "id-ann")
        }
        try await store.expect("google", "squatter@example.com", for: "id-ann")
        for decision in [Preferences.Decision.magicLinks(true), .signInNotices(.none)] {
            #expect(try await store.decide(decision, of: "id-ann", mailing: []))
        }
        try await store.remember(
            Consent(subject: "id-ann", clientID: "app", scopes: ["openid"], resources: [], grantedAt: start))
        return held
    }

    @Test(
        "ML9, B044: whoever proves the address is its owner, and what was set up before is gone, identities too",
        arguments: StoreKind.allCases, [false, true])
    func claimed(kind: StoreKind, byMail: Bool) async throws {
        try await kind.withStore { store async throws in
            let held = try await squat(store)
            for purpose in [MailProof.Purpose.recovery, .verification] {
                try await store.begin(Story.proof("\(purpose)", of: "id-ann", for: purpose, browser: "squatter's"))
            }
            if byMail { try await store.begin(Story.proof("a", of: "id-ann")) }
            let identity = try Story.identity(email: byMail ? nil : "ann@example.org")
            let entry = try Story.entry(
                identity, MagicLinkStory.unproven(), by: byMail ? Self.link : .claimed,
                letters: [news("welcome", of: .welcome)])
            #expect(try await store.enter(entry, at: start) == .done)
            let ann = try #require(try await store.account(id: "id-ann"))
            #expect(ann.isEmailVerified && ann.passwordHash == nil)
            #expect(try await store.identities(of: "id-ann").map(\.key) == [identity.key])
            #expect(try await store.expectedOwner(provider: "google", canonicalEmail: "squatter@example.com") == nil)
            #expect(try await store.sessions(of: "id-ann", at: start).map(\.id) == ["by github"])
            #expect(try await store.signInMethods(of: "id-ann").map(\.method) == ["github"])
            #expect(try await store.preferences(of: "id-ann") == Preferences())
            #expect(try await store.consents(of: "id-ann").isEmpty)
            #expect(try await !store.isAlive(held))
            for purpose in [MailProof.Purpose.recovery, .verification] {
                let link = digest("link \(purpose)")
                #expect(try await store.mailProof(link: link, for: purpose, at: start) == nil, "\(purpose)")
            }
            #expect(try await store.upstreamTraces()["outbox"] == 1)
            let again = try Story.entry(identity, MagicLinkStory.unproven(), by: byMail ? Self.link : .claimed)
            try await store.refuses(again, "it is proven by now")
        }
    }

    @Test("ML9: an identity of its own that claims the account stays the only one", arguments: StoreKind.allCases)
    func ownIdentity(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            _ = try await squat(store)
            let own = try Story.identity("squatter")
            let entry = try Story.entry(own, MagicLinkStory.unproven(), by: .claimed)
            #expect(try await store.enter(entry, at: start) == .done)
            #expect(try await store.identities(of: "id-ann").map(\.key) == [own.key])
        }
    }

    @Test(
        "ML9, SO3, SO10: nothing is claimed without a proof of that very address, or of a proven or disabled account",
        arguments: StoreKind.allCases)
    func refused(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let held = try await squat(store)
            #expect(try await store.create(account("bob")))
            try await store.connect(Story.identity("of bob"), to: "id-bob")
            let ann = try MagicLinkStory.unproven()
            try await store.refuses(Story.entry(Story.identity(isProven: false), ann, by: .claimed))
            try await store.refuses(Story.entry(Story.identity(email: nil), ann, by: .claimed))
            try await store.refuses(Story.entry(Story.identity(email: "bob@example.org"), ann, by: .claimed))
            try await store.refuses(Story.entry(Story.identity("of bob"), ann, by: .claimed), with: .ownedElsewhere)
            let bob = try Story.identity(email: "bob@example.org")
            try await store.refuses(Story.entry(bob, account("bob"), by: .claimed))
            try await store.refuses(Story.entry(Story.identity("squatter"), ann, by: .known))
            #expect(try await store.isAlive(held))
            _ = try await store.setStatus(.disabled, of: "id-ann", at: start)
            try await store.refuses(Story.entry(Story.identity(), ann, by: .claimed))
            #expect(try await store.account(id: "id-ann")?.passwordHash == "squatted")
            #expect(try await store.identities(of: "id-ann").count == 2)
        }
    }

    @Test("SO8, JW4: no other letter claims an account", arguments: StoreKind.allCases)
    func proofs(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            _ = try await squat(store)
            #expect(try await store.create(account("bob")))
            for purpose in MailProof.Purpose.allCases where purpose != .upstream {
                try await store.begin(Story.proof(purpose.rawValue, of: "id-ann", for: purpose))
            }
            try await store.begin(Story.proof("elsewhere", of: "id-ann", browser: "other"))
            try await store.begin(Story.proof("for bob", of: "id-bob", browser: "bob's"))
            try await store.begin(Story.proof("moved", of: "id-ann", address: "before@example.org"))
            let links = MailProof.Purpose.allCases.map(\.rawValue) + ["elsewhere", "for bob", "moved", "unknown"]
            for link in links {
                let way = UpstreamEntry.Way.claimedByMail(link: digest("link \(link)"))
                let entry = try Story.entry(Story.identity(email: nil), MagicLinkStory.unproven(), by: way)
                try await store.refuses(entry, "\(link)")
            }
            try await store.begin(Story.proof("a", of: "id-ann"))
            let entry = try Story.entry(Story.identity(email: nil), MagicLinkStory.unproven(), by: Self.link)
            try await store.refuses(entry, "it is over", at: start + 600)
            #expect(try await store.enter(entry, at: start + 599) == .done)
        }
    }

    @Test(
        "ML9: however a mailbox is first proven, identities of before are gone",
        arguments: StoreKind.allCases, [MailProof.Purpose.verification, .recovery, .magicLink])
    func otherProofs(kind: StoreKind, purpose: MailProof.Purpose) async throws {
        try await kind.withStore { store async throws in
            _ = try await squat(store)
            try await store.begin(Story.proof("a", of: "id-ann", for: purpose))
            let (ann, link) = (try MagicLinkStory.unproven(), digest("link a"))
            switch purpose {
            case .verification:
                let opening = SessionOpening(MagicLinkStory.session(by: "a"), replacing: nil, for: nil)
                let entry = ProvenEntry(link: link, account: ann, opening: opening, letters: [])
                #expect(try await store.claim(entry, at: start))
            case .recovery:
                let reset = PasswordReset(
                    link: link, accountID: ann.id, address: ann.email, newHash: "new", browser: digest("asking"))
                #expect(try await store.resetPassword(reset, mailing: news("reset"), at: start) != nil)
            default: #expect(try await store.opens(MagicLinkStory.entry("a", as: ann)))
            }
            #expect(try await store.identities(of: "id-ann").isEmpty)
            #expect(try await store.expectedOwner(provider: "google", canonicalEmail: "squatter@example.com") == nil)
        }
    }
}
