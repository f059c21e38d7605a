import Cryptography
import Foundation
import Identity
import JOSE
import JSON
import OAuth
import Storage
import Testing

/// The rules with everything they need, on a real store in a file of its own. Time stands at noon until a test turns it.
final class Provider: Sendable {
    static let issuer = "https://login.example.org"
    static let noon = Instant(seconds: 1_800_000_000)
    static let browser = TokenDigest.of("the browser at hand")

    let folder: URL
    let store: Store
    let registry: TestRegistry
    let keys: FixedKeys
    let audit = CapturedAudit()
    let people: People
    let lifetimes: TokenLifetimes
    let random = SystemRandom()
    let standings = ScriptedStandings()
    let levels: LevelPolicy

    init(
        _ clients: [Client] = [.web, .spa, .native, .api], lifetimes: TokenLifetimes = TokenLifetimes(),
        levels: LevelPolicy = LevelPolicy()
    ) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "oauth-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        store = try await Store.open(sqlite: folder.appending(path: "rules.db").path())
        registry = TestRegistry(clients)
        keys = try FixedKeys()
        people = People(accounts: store)
        self.lifetimes = lifetimes
        self.levels = levels
        try await admit("ann")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var rules: AuthorizationRules {
        AuthorizationRules(registry: registry, keys: keys, issuer: Self.issuer, levels: levels.levels)
    }

    var authorization: AuthorizationEndpoint {
        AuthorizationEndpoint(
            rules: rules, store: store, subjects: people, consents: store, factors: standings, levels: levels,
            audit: audit, random: random, issuer: Self.issuer, lifetimes: lifetimes)
    }

    var issuer: TokenIssuer {
        TokenIssuer(
            issuer: Self.issuer, keys: keys, random: random, lifetimes: lifetimes, accessTokenAlgorithm: .es256)
    }

    var authentication: ClientAuthentication {
        ClientAuthentication(registry: registry, memory: store, issuer: Self.issuer, audit: audit)
    }

    var grants: [any TokenGrant] { grants(under: levels) }

    /// As they would be made after a restart with other settings.
    func grants(under levels: LevelPolicy) -> [any TokenGrant] {
        let gate = PolicyGate(subjects: people, levels: levels)
        return [
            AuthorizationCodeGrant(grants: store, gate: gate, issuer: issuer, audit: audit),
            RefreshTokenGrant(
                grants: store, gate: gate, issuer: issuer, audit: audit, lifetimes: lifetimes,
                seal: AnswerSeal(key: Array(repeating: 7, count: 32), random: random)),
            ClientCredentialsGrant(grants: store, issuer: issuer),
        ]
    }

    var token: TokenEndpoint {
        TokenEndpoint(grants: grants, authentication: authentication, issuer: issuer, audit: audit)
    }

    var reader: AccessTokenReader {
        AccessTokenReader(issuer: Self.issuer, keys: keys, grants: store, registry: registry)
    }
    var userInfo: UserInfoEndpoint { UserInfoEndpoint(reader: reader, subjects: people, issuer: Self.issuer) }

    var introspection: IntrospectionEndpoint {
        IntrospectionEndpoint(
            authentication: authentication, reader: reader, grants: store, issuer: Self.issuer, audit: audit)
    }

    var revocation: RevocationEndpoint {
        RevocationEndpoint(authentication: authentication, reader: reader, grants: store, audit: audit)
    }

    var logout: LogoutRules { LogoutRules(registry: registry, keys: keys, issuer: Self.issuer) }
}
