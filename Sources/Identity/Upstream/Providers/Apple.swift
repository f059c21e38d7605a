import Cryptography
import JOSE
import JSON
import OAuth

/// Sign in with Apple: OpenID Connect with a client assertion in the place of the secret, made anew for each exchange.
///
/// - Its answer comes as a form from another site, without cookies.
/// - The name comes once, at the first consent, in an unsigned parameter: taken as what somebody typed. An address in it is
///   never looked at.
struct AppleManner: OpenIDManner {
    let provider: UpstreamProvider

    /// Seconds; half a year would do for Apple.
    private static let lifetime: Int64 = 300

    var place: String { base("https://appleid.apple.com") }
    var scopes: [String] { ["openid", "email", "name"] }

    /// It asks for this whenever there are scopes, and knows no hint.
    func parameters(hint: String?) -> [(name: String, value: String)] { [("response_mode", "form_post")] }

    func secret(issuer: String, at now: Instant) throws(UpstreamFault) -> String {
        guard let team = provider.team else { throw .exchange("team is not set") }
        let claims: JSONObject = [
            "iss": .string(team), "sub": .string(provider.clientID), "aud": .string(issuer),
            "iat": .integer(now.seconds), "exp": .integer((now + Self.lifetime).seconds),
        ]
        do {
            return try JWT.signed(claims: claims.bytes(), type: .idToken, by: key())
        } catch {
            throw .exchange("the client assertion cannot be signed: client_secret must be the .p8 key, with its key_id")
        }
    }

    private func key() throws -> SigningKey {
        guard let keyID = provider.keyID else { throw JOSEFault.badKey("key_id is not set") }
        return try SigningKey(privateKey: PrivateKey(pem: provider.clientSecret), algorithm: .es256, keyID: keyID)
    }

    func person(_ claims: OpenIDClaims) throws(UpstreamFault) -> UpstreamIdentity {
        var identity = claims.identity(provider.id)
        identity.label = identity.email?.typed
        guard let name = Self.typedName(claims.user) else { return identity }
        identity.givenName = ToldText.name(name["firstName"])
        identity.familyName = ToldText.name(name["lastName"])
        let whole = [identity.givenName, identity.familyName].compactMap(\.self).joined(separator: " ")
        identity.name = ToldText.name(whole)
        return identity
    }

    private static func typedName(_ user: String?) -> JSONObject? {
        guard let user, user.utf8.count <= 4096 else { return nil }
        do throws(JSONFault) {
            return try JSONValue(parsing: Array(user.utf8), maximumDepth: 4).objectValue?["name"]?.objectValue
        } catch {
            return nil
        }
    }

    func settingFaults() -> [String] {
        guard provider.team != nil, provider.keyID != nil else {
            return ["\(provider.name) needs `team` and `key_id`, which Apple shows beside the key."]
        }
        do { _ = try key() } catch {
            return ["\(provider.name): client_secret must be the private key that Apple gave as a .p8 file, on P-256."]
        }
        return []
    }
}
