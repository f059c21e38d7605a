import Identity
import Metrics
import OAuth
import Outbound
import Web

/// Signing in by providers, as the settings have them.
enum UpstreamRoom {
    static func make(_ base: Groundwork, _ people: Parts) throws -> UpstreamRooms {
        let (store, settings, random) = (base.store, base.settings, base.random)
        let providers = settings.offeredProviders
        let signIn = UpstreamSignIn(
            conversations: try scripted(base, providers) ?? conversations(with: providers), store: store,
            throttle: people.throttle,
            issuer: settings.issuer.text, key: base.masterKey.derivedKey(label: "upstream"), random: random,
            audit: base.audit, tally: tally(providers.map(\.id), base.metrics))
        let reception = UpstreamReception(
            upstream: signIn, accounts: store, store: store, sessions: people.sessions, postbox: people.postbox,
            policy: settings.signUp.policy,
            tokens: try UpstreamTokenSeal(key: base.masterKey.derivedKey(label: "upstream tokens"), random: random),
            random: random, audit: base.audit, grace: settings.deletionGrace)
        let links = settings.signInMethods.contains(.magicLink) ? settings.magicLinkPolicy.people : nil
        return UpstreamRooms(
            signIn: signIn, reception: reception,
            links: IdentityLinks(reception: reception, links: links, takesPasswords: settings.takesPasswords),
            proof: UpstreamProof(proofs: people.proofs, reception: reception))
    }

    /// What it needs of the other rooms of people.
    struct Parts {
        let throttle: Throttle
        let sessions: Sessions
        let postbox: Postbox
        let proofs: MailProofs
    }

    /// Of those that tests bring along the ones that are offered.
    private static func scripted(_ base: Groundwork, _ offered: [UpstreamProvider]) -> [any UpstreamConversation]? {
        base.conversations?.filter { scripted in offered.contains { $0.id == scripted.provider.id } }
    }

    /// Each has a fetcher of its own, which takes so many at a time: who waits for a slow provider keeps nobody else waiting,
    /// not those of another one either.
    static func conversations(with providers: [UpstreamProvider]) throws -> [any UpstreamConversation] {
        try providers.map { UpstreamConversations.make($0, fetcher: try CurlFetcher()) }
    }

    /// All series stand there from the start: an alert on the first of its kind needs the zero before it.
    static func tally(_ providers: [String], _ metrics: any MetricsFactory) -> UpstreamSignIn.Tally {
        var counters: [String: [String: Counter]] = [:]
        for provider in providers {
            for outcome in ["ok", "created", "linked", "pending", "refused_person"] + UpstreamFault.reasons {
                counters[provider, default: [:]][outcome] = Counter(
                    label: "martlet_upstream_sign_ins_total",
                    dimensions: [("provider", provider), ("outcome", outcome)], factory: metrics)
            }
        }
        return { [counters] provider, outcome in counters[provider]?[outcome]?.increment() }
    }
}
