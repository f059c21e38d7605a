import Identity
import OAuth

/// The rooms of the protocol.
struct ProtocolRooms {
    let authorization: AuthorizationEndpoint
    let reader: AccessTokenReader
    let token: TokenEndpoint
    let introspection: IntrospectionEndpoint
    let revocation: RevocationEndpoint
    let userInfo: UserInfoEndpoint
    let logout: LogoutRules
    let discovery: Discovery

    init(_ base: Groundwork, factors: FactorStandingRule) {
        let issuer = base.settings.issuer.text
        let lifetimes = base.settings.tokens
        let people = base.people
        let levels = base.settings.levelPolicy
        let gate = PolicyGate(subjects: people, levels: levels)
        let authentication = ClientAuthentication(
            registry: base.registry, memory: base.store, issuer: issuer, audit: base.audit)
        reader = AccessTokenReader(
            issuer: issuer, keys: base.vault, grants: base.store, registry: base.registry)
        let mint = TokenIssuer(
            issuer: issuer, keys: base.vault, random: base.random, lifetimes: lifetimes,
            accessTokenAlgorithm: base.settings.signing.accessTokenAlgorithm)
        let grants: [any TokenGrant] = [
            AuthorizationCodeGrant(grants: base.store, gate: gate, issuer: mint, audit: base.audit),
            RefreshTokenGrant(
                grants: base.store, gate: gate, issuer: mint, audit: base.audit, lifetimes: lifetimes,
                seal: AnswerSeal(key: base.masterKey.derivedKey(label: "refresh answer"), random: base.random)),
            ClientCredentialsGrant(grants: base.store, issuer: mint),
        ]
        authorization = AuthorizationEndpoint(
            rules: AuthorizationRules(
                registry: base.registry, keys: base.vault, issuer: issuer, levels: levels.levels),
            store: base.store, subjects: people, consents: base.store,
            factors: factors, levels: levels, audit: base.audit, random: base.random, issuer: issuer,
            lifetimes: lifetimes)
        token = TokenEndpoint(grants: grants, authentication: authentication, issuer: mint, audit: base.audit)
        introspection = IntrospectionEndpoint(
            authentication: authentication, reader: reader, grants: base.store, issuer: issuer, audit: base.audit)
        revocation = RevocationEndpoint(
            authentication: authentication, reader: reader, grants: base.store, audit: base.audit)
        userInfo = UserInfoEndpoint(reader: reader, subjects: people, issuer: issuer)
        logout = LogoutRules(registry: base.registry, keys: base.vault, issuer: issuer)
        discovery = Discovery(
            issuer: issuer, grants: grants, keys: base.vault, scopes: base.settings.knownScopes,
            offersSignUp: base.settings.signUp.policy.isOffered && base.settings.takesPasswords,
            ownClaims: base.settings.profileAttributes.map(\.claim), levels: levels.levels)
    }
}
