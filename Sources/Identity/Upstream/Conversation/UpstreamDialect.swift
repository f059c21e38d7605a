import OAuth

/// What is peculiar to one provider. All else is the same with all of them, in `CodeConversation`.
protocol UpstreamDialect: Sendable {
    var provider: UpstreamProvider { get }
    /// What is asked for unless the settings say otherwise: as little as will do (SO11).
    var scopes: [String] { get }
    var scopeSeparator: String { get }

    func endpoints(at now: Instant) async throws(UpstreamFault) -> UpstreamEndpoints

    /// Further parameters of the address that the browser is sent to.
    func parameters(_ secrets: UpstreamSecrets, hint: String?) -> [(name: String, value: String)]

    /// What proves this house at the token endpoint.
    func secret(_ endpoints: UpstreamEndpoints, at now: Instant) throws(UpstreamFault) -> String

    /// Who it is.
    func person(_ tokens: UpstreamTokens, _ visit: UpstreamVisit) async throws(UpstreamFault) -> UpstreamIdentity

    /// What of the settings cannot work, in a sentence each.
    func settingFaults() -> [String]

    /// What is wrong with what it tells of itself, in a sentence each.
    func discoveryFaults(at now: Instant) async -> [String]
}

extension UpstreamDialect {
    var scopeSeparator: String { " " }

    func parameters(_ secrets: UpstreamSecrets, hint: String?) -> [(name: String, value: String)] { [] }

    func secret(_ endpoints: UpstreamEndpoints, at now: Instant) throws(UpstreamFault) -> String {
        provider.clientSecret
    }

    func settingFaults() -> [String] { [] }

    func discoveryFaults(at now: Instant) async -> [String] { [] }

    /// Its base address of the settings, or its own; without a slash at the end.
    func base(_ own: String) -> String {
        let base = provider.baseURL ?? own
        return base.hasSuffix("/") ? String(base.dropLast()) : base
    }
}

/// One return of one person.
struct UpstreamVisit: Sendable {
    let answer: UpstreamAnswer
    let secrets: UpstreamSecrets
    let endpoints: UpstreamEndpoints
    let now: Instant
}
