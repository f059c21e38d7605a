import Identity
import OAuth
import Testing

@testable import martlet

/// Who comes back, with which address, to whom: and what follows from it, written down in one place.
struct UpstreamCell: Sendable, CustomTestStringConvertible {
    enum Proof: String, Sendable, CaseIterable { case verified, unverified, absent }

    enum Situation: String, Sendable, CaseIterable {
        case nobody = "no account"
        case proven = "an account with that address, proven"
        case unproven = "an account with that address, unproven"
        case elsewhere = "connected with another account"
    }

    /// What the person sees next.
    enum Outcome: Sendable, Equatable {
        case signedIn, created, claimed
        case asksAccount, asksAddress
    }

    let provider: String
    let proof: Proof
    let situation: Situation
    /// Whether the product's own conversation reads the provider's words, or a scripted one.
    let isSpoken: Bool

    var testDescription: String {
        "\(provider), \(proof.rawValue) address, \(situation.rawValue)\(isSpoken ? ", on the wire" : "")"
    }

    /// Section 3.6 of the rules: the key wins over everything; then an address that the provider has proven; and without
    /// one nobody's account is even looked for.
    var outcome: Outcome {
        if situation == .elsewhere { return .signedIn }
        // Nothing that Facebook says of an address proves it.
        guard proof == .verified, provider != "facebook" else { return .asksAddress }
        switch situation {
        case .nobody: return .created
        case .proven: return .asksAccount
        case .unproven: return .claimed
        case .elsewhere: return .signedIn
        }
    }

    static let all = [false, true].flatMap { isSpoken in
        UpstreamHouse.four.flatMap { provider in
            Proof.allCases.flatMap { proof in
                Situation.allCases.map {
                    UpstreamCell(provider: provider, proof: proof, situation: $0, isSpoken: isSpoken)
                }
            }
        }
    }

    static let subject = "80351110224678912"

    func identity() throws -> UpstreamIdentity {
        try UpstreamHouse.identity(
            provider, Self.subject, email: proof == .absent ? nil : "Grace@Example.org",
            // As Facebook's own conversation would have it.
            isVerified: proof == .verified && (isSpoken || provider != "facebook"))
    }

    /// A house in the situation.
    func house(connecting: Bool = false) async throws -> UpstreamHouse {
        let connected: Set<String> = connecting ? [provider] : []
        let upstream =
            isSpoken
            ? try await UpstreamHouse.speaking(connecting: connected)
            : try await UpstreamHouse.make(connecting: connected)
        let house = upstream.house
        switch situation {
        case .nobody: _ = try await house.person("bob@example.org")
        case .proven: _ = try await house.person("grace@example.org", profile: Profile(name: "Grace of Old"))
        case .unproven: _ = try await house.unprovenPerson()
        case .elsewhere:
            try await house.connect(house.person("bob@example.org"), provider, Self.subject)
            _ = try await house.person("grace@example.org", profile: Profile(name: "Grace of Old"))
        }
        return upstream
    }
}

@Suite("Who comes back from a provider, and what follows: every case there is")
struct UpstreamMatrix {
    @Test("SO1, SO2, SO3, B044, B045: four providers, three proofs, four situations", arguments: UpstreamCell.all)
    func cell(_ cell: UpstreamCell) async throws {
        let upstream = try await cell.house()
        let (house, browser) = (upstream.house, upstream.house.browser())
        let before = try await house.written()
        let page = try await upstream.comeBack(as: cell.identity(), in: browser)
        let changes = cell.outcome == .claimed
        let gained = try await house.gains(since: before, letting: changes)
        #expect(page.status == 303, "\(page.status) \(page.summary ?? page.heading)")
        #expect(gained == expected(cell), "\(gained)")
        #expect(browser.isSignedIn == [.signedIn, .created, .claimed].contains(cell.outcome))
        switch cell.outcome {
        case .signedIn, .created, .claimed: #expect(page.location == "/account")
        case .asksAccount: #expect(page.location == "/upstream/connect")
        case .asksAddress:
            #expect(page.location == "/upstream/address")
            let form = await browser.follow(page)
            #expect(form.status == 200 && form.value(of: "email") == (cell.proof == .absent ? "" : "Grace@Example.org"))
        }
        // Nobody is let in by what was there to be seen.
        #expect(await browser.get("/account").status == (browser.isSignedIn ? 200 : 303))
    }

    private func expected(_ cell: UpstreamCell) -> Written {
        let identity = "\(cell.provider) \(UpstreamCell.subject) of grace@example.org"
        let signIn = "sign_in method=\(cell.provider)"
        let linked = "identity_linked how=address provider=\(cell.provider)"
        let verified = "address_verified purpose=\(cell.provider)"
        let welcome = "welcome Grace@Example.org"
        switch cell.outcome {
        case .signedIn: return Written(sessions: ["bob@example.org"], events: [signIn])
        case .created:
            return Written(
                accounts: ["grace@example.org, proven, no password, Grace Hopper"], identities: [identity],
                sessions: ["grace@example.org"], letters: [welcome],
                events: ["account_created method=\(cell.provider)", verified, linked, signIn])
        case .claimed:
            return Written(
                accounts: ["grace@example.org, proven, no password, Grace Hopper"], identities: [identity],
                sessions: ["grace@example.org"], letters: ["welcome grace@example.org"],
                events: [verified, linked, signIn])
        case .asksAccount, .asksAddress: return Written()
        }
    }

    @Test(
        "SO2: connecting by address, where it is switched on, does so only when both sides have proven it",
        arguments: UpstreamCell.all.filter { $0.situation != .elsewhere })
    func connecting(_ cell: UpstreamCell) async throws {
        let upstream = try await cell.house(connecting: true)
        let (house, browser) = (upstream.house, upstream.house.browser())
        let before = try await house.written()
        let page = try await upstream.comeBack(as: cell.identity(), in: browser)
        guard cell.outcome == .asksAccount else {
            let gained = try await house.gains(since: before, letting: cell.outcome == .claimed)
            #expect(gained == expected(cell), "as if it were off: \(gained)")
            return
        }
        let gained = try await house.gains(since: before)
        #expect(page.location == "/account" && browser.isSignedIn)
        #expect(
            gained
                == Written(
                    identities: ["\(cell.provider) \(UpstreamCell.subject) of grace@example.org"],
                    sessions: ["grace@example.org"], letters: ["identity_linked grace@example.org"],
                    events: [
                        "identity_linked how=address provider=\(cell.provider)", "sign_in method=\(cell.provider)",
                    ]), "\(gained)")
    }

    @Test("SO3: an address that Google has once verified and that is none of its own proves nothing any more")
    func foreignMailbox() async throws {
        for (email, proves) in [("grace@gmail.com", true), ("grace@example.org", true), ("grace@example.net", false)] {
            let upstream = try await UpstreamHouse.speaking(connecting: ["google"])
            _ = try await upstream.house.person(email)
            let browser = upstream.house.browser()
            let page = try await upstream.comeBack(as: UpstreamHouse.identity("google", email: email), in: browser)
            #expect(page.location == (proves ? "/account" : "/upstream/address"), "\(email)")
            #expect(browser.isSignedIn == proves)
        }
    }

    @Test("All cells are there: twice forty-eight")
    func complete() {
        #expect(UpstreamCell.all.count == 96 && Set(UpstreamCell.all.map(\.testDescription)).count == 96)
        let outcomes = Dictionary(grouping: UpstreamCell.all.filter { !$0.isSpoken }, by: \.outcome).mapValues(\.count)
        #expect(outcomes == [.signedIn: 12, .created: 3, .claimed: 3, .asksAccount: 3, .asksAddress: 27])
    }
}
