import JOSE
import JSON
import OAuth

@testable import Web

/// How a client shows who it is: RFC 6749 §2.3, RFC 7523. A line with the `Authorization` header, one with the form, and
/// the claims of an assertion, which are signed and stand for `client_assertion=@`.
struct ClientAuthenticationTarget: FuzzTarget {
    static let name = "client-authentication"

    private static let now = Instant(seconds: 1_800_000_000)

    private let keys: FixedKeys
    private let clients: FixedClients

    init() throws {
        keys = try FixedKeys()
        clients = FixedClients(key: keys.edDSA.jwk)
    }

    func check(_ bytes: [UInt8]) {
        var pieces = Pieces(bytes)
        let (header, form, claims) = (pieces.textLine(), pieces.line(), pieces.remainder())
        let basic = (try? AuthorizationHeader.basic(header.isEmpty ? [:] : [.authorization: header])) ?? nil
        guard let pairs = try? FormDecoding.pairs(form),
            let signed = try? SignedText.make(["alg": "EdDSA"], claims, by: keys.edDSA)
        else { return }
        let meant = pairs.map { $0.name == "client_assertion" && $0.value == "@" ? (name: $0.name, value: signed) : $0 }
        guard let parameters = try? Parameters(meant), let client = client(parameters, basic) else { return }
        switch client.authenticationMethod {
        case .none: demand(basic == nil && parameters["client_secret"] == nil, "who has no secret shows none")
        case .clientSecretBasic:
            demand(
                basic.map { $0.id == client.id && $0.secret.isExactly(FixedClients.secret) } ?? false,
                "the secret is right")
        case .clientSecretPost: demand(false, "nobody is registered for that")
        case .privateKeyJWT: checkAssertion(claims, of: client)
        }
    }

    private func client(_ parameters: Parameters, _ basic: ClientCredentials?) -> Client? {
        let authentication = ClientAuthentication(
            registry: clients, memory: clients, issuer: FixedClients.issuer, audit: clients)
        let answer: Result<Client, any Error> = inTurn {
            await outcome { try await authentication.client(parameters, basic: basic, at: Self.now) }
        }
        switch answer {
        case .success(let client): return client
        case .failure(let error):
            demand(error is OAuthError, "\(error) is no refusal")
            return nil
        }
    }

    /// TK3, in words of its own.
    private func checkAssertion(_ claims: [UInt8], of client: Client) {
        guard let claims = try? JSONValue(parsing: claims).objectValue else {
            return demand(false, "claims are an object")
        }
        demand(claims["iss"] == .string(client.id) && claims["sub"] == .string(client.id), "it speaks for itself")
        demand(claims["aud"] == .string(FixedClients.issuer), "it is for this issuer alone")
        let (expiry, id) = (claims["exp"]?.integerValue ?? 0, claims["jti"]?.stringValue ?? "")
        demand(expiry > Self.now.seconds && expiry <= Self.now.seconds + 3600, "it lives an hour at most")
        demand((8...256).contains(id.utf8.count), "it has an id")
        for name in ["iat", "nbf"] {
            demand((claims[name]?.integerValue ?? 0) <= Self.now.seconds + 60, "it is of the past")
        }
    }
}
