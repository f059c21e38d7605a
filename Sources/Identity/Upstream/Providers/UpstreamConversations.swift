import OAuth

/// All that can be spoken to. One conversation is made for each provider and kept: it remembers what was discovered, the
/// keys, and how often asking has failed.
package enum UpstreamConversations {
    /// - Parameter wait: returns when the time is over.
    package static func make(
        _ provider: UpstreamProvider, fetcher: any HTTPFetcher,
        wait: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) -> any UpstreamConversation {
        let line = UpstreamLine(fetcher: fetcher)
        return CodeConversation(dialect: dialect(provider, line), line: line, limit: TimeLimit(wait: wait))
    }

    private static func dialect(_ provider: UpstreamProvider, _ line: UpstreamLine) -> any UpstreamDialect {
        switch provider.kind {
        case .github: GitHubDialect(provider: provider, line: line)
        case .discord: DiscordDialect(provider: provider, line: line)
        case .facebook: FacebookDialect(provider: provider, line: line)
        case .google: OpenIDDialect(GoogleManner(provider: provider), line)
        case .microsoft: OpenIDDialect(MicrosoftManner(provider: provider), line)
        case .apple: OpenIDDialect(AppleManner(provider: provider), line)
        case .gitlab: OpenIDDialect(GitLabManner(provider: provider), line)
        case .openid: OpenIDDialect(GenericManner(provider: provider), line)
        }
    }
}
