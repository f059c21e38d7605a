import Foundation
import Identity
import OAuth
import Testing
import Web

@testable import Storage
@testable import martlet

/// A house that people may come to by four providers: scripted ones, or the real conversations over a scripted web.
struct UpstreamHouse: Sendable {
    static let four = ["github", "google", "discord", "facebook"]

    let house: TestHouse
    let providers: [ScriptedProvider]
    var web: ScriptedWeb?

    /// - Parameter connecting: those whose proven addresses connect without a question.
    static func make(
        _ ids: [String] = four, connecting: Set<String> = [], clients: [String: String] = TestClients.all,
        signUp mode: SignUpPolicy.Mode = .open, settings change: (inout Settings) -> Void = { _ in }
    ) async throws -> UpstreamHouse {
        let providers = try ids.map { id in
            ScriptedProvider(try provider(id, connecting: connecting.contains(id)))
        }
        let house = try await TestHouse(clients: clients, conversations: providers) {
            $0.signUp.mode = mode
            $0.offer(providers.map(\.provider))
            change(&$0)
        }
        return UpstreamHouse(house: house, providers: providers)
    }

    /// With the conversations that the settings make.
    static func speaking(
        _ ids: [String] = four, connecting: Set<String> = [], signUp mode: SignUpPolicy.Mode = .open
    ) async throws -> UpstreamHouse {
        let web = ScriptedWeb()
        let providers = try ids.map { try provider($0, connecting: connecting.contains($0)) }
        let conversations = providers.map { UpstreamConversations.make($0, fetcher: web) }
        let house = try await TestHouse(conversations: conversations) {
            $0.signUp.mode = mode
            $0.offer(providers)
        }
        web.follow(house.clock)
        return UpstreamHouse(house: house, providers: [], web: web)
    }

    /// Somebody agrees at a provider; the path by which their browser comes back.
    func agree(to url: String, as identity: UpstreamIdentity) throws -> String {
        try web?.agree(to: url, as: identity) ?? self[identity.key.provider].agree(to: url, as: identity)
    }

    static func provider(_ id: String, connecting: Bool = false) throws -> UpstreamProvider {
        let kind = UpstreamProvider.Kind(rawValue: id) ?? .openid
        var provider = UpstreamProvider(
            id, kind, name: names[id] ?? id, clientID: "client-of-\(id)", clientSecret: "secret-of-\(id)")
        provider.linksByAddress = connecting
        return provider
    }

    static let names = ["github": "GitHub", "google": "Google", "discord": "Discord", "facebook": "Facebook"]

    /// Another process on the same database whose operator has left these alone.
    func sibling(keeping ids: [String], settings change: (inout Settings) -> Void = { _ in }) async throws
        -> Reception
    {
        let kept = providers.filter { ids.contains($0.provider.id) }
        return try await house.siblingHouse(conversations: kept) {
            $0.offer(kept.map(\.provider))
            change(&$0)
        }.reception
    }

    subscript(_ id: String) -> ScriptedProvider {
        get throws { try #require(providers.first { $0.provider.id == id }, "no provider \(id)") }
    }

    /// Who comes back from there.
    static func identity(
        _ provider: String, _ subject: String = "583231", email: String? = "grace@example.org",
        isVerified: Bool = true, name: String? = "Grace Hopper", label: String? = "grace"
    ) throws -> UpstreamIdentity {
        var identity = UpstreamIdentity(provider, subject: subject)
        identity.email = try email.map { try #require(EmailAddress($0)) }
        identity.isEmailVerified = isVerified && email != nil
        (identity.name, identity.label) = (name, label)
        return identity
    }

    /// Presses the provider's button; where the browser is sent.
    func go(
        _ id: String, in browser: TestBrowser, from page: TestPage? = nil, _ place: SourceLocation = #_sourceLocation
    ) async throws -> String {
        var shown = page
        if shown == nil { shown = await browser.get("/sign-in") }
        let form = try #require(shown)
        let reply = await browser.post(form, [:], action: "/upstream/\(id)")
        let wrong = "\(reply.status) \(reply.heading) \(reply.summary ?? "")"
        return try #require(reply.away, "\(wrong)", sourceLocation: place)
    }

    /// There and back; the answer to coming back.
    func comeBack(
        as identity: UpstreamIdentity, in browser: TestBrowser, from page: TestPage? = nil,
        _ place: SourceLocation = #_sourceLocation
    ) async throws -> TestPage {
        let id = identity.key.provider
        let url = try await go(id, in: browser, from: page, place)
        return await browser.get(try agree(to: url, as: identity))
    }

    /// There and back, and on to wherever that leads.
    func enter(
        as identity: UpstreamIdentity, in browser: TestBrowser, from page: TestPage? = nil,
        _ place: SourceLocation = #_sourceLocation
    ) async throws -> TestPage {
        await browser.follow(try await comeBack(as: identity, in: browser, from: page, place))
    }

    /// Somebody in their browser, signed in by a provider that their account is connected with.
    func signedIn(_ account: Account, by id: String = "github", _ subject: String = "583231") async throws
        -> TestBrowser
    {
        let browser = house.browser()
        if try await house.store.identity(UpstreamIdentity.Key(provider: id, subject: subject)) == nil {
            try await house.connect(account, id, subject)
        }
        let identity = try Self.identity(id, subject, email: account.email.typed)
        #expect(try await enter(as: identity, in: browser).target == "/account")
        return browser
    }

    /// Of everything refused so far: the provider and the reason.
    var refusals: [String] {
        house.audit.events.filter { $0.kind == .upstreamRefused }
            .map { "\($0.details["provider"] ?? "") \($0.details["reason"] ?? "")" }
    }
}

extension Settings {
    /// These providers and no others.
    mutating func offer(_ providers: [UpstreamProvider]) {
        providerDrafts = ProviderDrafts()
        for provider in providers {
            var draft = ProviderDraft(id: provider.id)
            draft.type = provider.kind
            draft.clientID = provider.clientID
            draft.clientSecret = SecretText(text: provider.clientSecret)
            draft.name = provider.name
            draft.linksByAddress = provider.linksByAddress
            draft.baseURL = provider.baseURL
            draft.issuer = provider.issuer
            providerDrafts[provider.id] = draft
        }
    }

    /// As `sign_in.methods` would have it.
    mutating func order(_ methods: String...) {
        signInNames = methods.map { RawText(text: $0, origin: .environment("MARTLET_SIGN_IN_METHODS")) }
    }
}

extension TestPage {
    /// Where a page leads by itself: to a provider.
    var away: String? {
        guard status == 200 else { return nil }
        return text.firstMatch(of: /<meta http-equiv="refresh" content="0; url=([^"]*)">/)
            .map { Self.unescaped(String($0.1)) }
    }
}
