import Cryptography
import Identity
import OAuth
import Testing

/// The hour at which every story begins; clocks are turned by hand.
let start = Instant(seconds: 1_800_000_000)
let hour: Int64 = 3600
let day: Int64 = 86_400

func digest(_ name: String) -> TokenDigest {
    TokenDigest(bytes: SHA256.digest(Array(name.utf8)))
}

func account(_ name: String, roles: [Role] = [], status: Account.Status = .active) throws -> Account {
    Account(
        id: "id-\(name)", email: try #require(EmailAddress("\(name)@Example.org")), isEmailVerified: true,
        profile: Profile(name: name, locale: "de-CH"), roles: roles, status: status, passwordHash: "hash-\(name)",
        createdAt: start, updatedAt: start)
}

func session(_ name: String, of subject: String = "id-ann", until end: Int64 = 12 * hour, seen: Int64 = 0) -> Session {
    Session(
        secret: digest("secret of \(name)"), id: name, subject: subject, browser: digest("browser"),
        authenticatedAt: start, methods: ["pwd", "otp"], level: "urn:martlet:acr:1", createdAt: start,
        lastSeenAt: start + seen, idleUntil: start + hour, expiresAt: start + end, device: "Firefox, Linux",
        address: "192.0.2.7")
}

/// The session that asks. Where the story is about other things it keeps its secret.
func kept(_ session: Session = session("s1"), as secret: String? = nil) -> KeptSession {
    KeptSession(session, as: secret.map(digest) ?? session.secret)
}

/// What a grant keeps of a sign-in.
func proof(of session: Session) -> Authentication {
    Authentication(
        subject: session.subject, sessionID: session.id, time: session.authenticatedAt, methods: session.methods,
        level: session.level)
}

func grant(
    _ id: String, from session: Session = session("s1"), to client: String = "app", isOffline: Bool = false,
    lifetime: Int64 = day
) -> Grant {
    Grant(
        id: id, clientID: client, authentication: proof(of: session),
        scopes: isOffline ? ["openid", "offline_access"] : ["openid", "email"], resources: ["https://api.example"],
        nonce: "n-0S6", claimsRequest: #"{"userinfo":{"email":null}}"#, createdAt: start, expiresAt: start + lifetime)
}

func code(_ name: String, of grant: Grant) -> AuthorizationCode {
    AuthorizationCode(
        digest: digest(name), grant: grant, redirectURI: "https://app.example/cb", redirectURIWasSent: true,
        codeChallenge: "challenge", expiresAt: start + 60)
}

func refreshToken(_ name: String, of grant: Grant) -> RefreshToken {
    RefreshToken(digest: digest(name), grant: grant, issuedAt: start, idleUntil: start + 2 * hour)
}

func accessToken(_ name: String, of grant: String?) -> OpaqueAccessToken {
    OpaqueAccessToken(
        digest: digest(name), id: "jti-\(name)", grantID: grant, clientID: "app", subject: "id-ann",
        scopes: ["openid"], audience: ["https://api.example"], issuedAt: start, expiresAt: start + 600)
}

func pending(_ name: String) throws -> PendingAuthorization {
    PendingAuthorization(
        handle: digest(name), browser: digest("browser"),
        parameters: try Parameters([
            (name: "client_id", value: "app"), (name: "state", value: "\"ä\\\n€ 𝄞 '; DROP TABLE grants; --"),
            (name: "resource", value: "https://a.example"), (name: "resource", value: "https://b.example"),
        ]), createdAt: start, expiresAt: start + hour)
}

func signingKey(_ keyID: String, generation: Int64, signsFrom: Int64 = 0) -> StoredSigningKey {
    StoredSigningKey(
        keyID: keyID, algorithm: .es256, generation: generation, sealedPrivateKey: [0, 1, 2, 255], createdAt: start,
        signsFrom: start + signsFrom)
}

/// A letter of no consequence.
func news(_ id: String, of kind: Letter.Kind = .passwordChanged, about accountID: String? = "id-ann") -> SealedLetter {
    SealedLetter(
        id: id, kind: kind, accountID: accountID, sealed: [1], createdAt: start, expiresAt: start + day, isBlank: false)
}
