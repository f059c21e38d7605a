import Cryptography
import OAuth

/// One attempt to sign in, kept on the server between the way out and the way back: whoever brings an answer must bring
/// the browser that asked for it.
struct SignIn: Sendable {
    static let lifetime: Int64 = 600

    let state: String
    let nonce: String
    /// RFC 7636 §4.1.
    let verifier: String
    let startedAt: Instant

    init(random: some RandomSource, at now: Instant) throws {
        state = Base64URL.encode(try random.bytes(32))
        nonce = Base64URL.encode(try random.bytes(32))
        verifier = Base64URL.encode(try random.bytes(32))
        startedAt = now
    }

    /// The authentication request, OpenID Connect Core §3.1.2.1.
    func address(at endpoint: String, for configuration: DemoConfiguration) -> String {
        let challenge = Base64URL.encode(SHA256.digest(Array(verifier.utf8)))
        let query = FormEncoding.encode([
            ("response_type", "code"), ("client_id", configuration.clientID),
            ("redirect_uri", configuration.redirectURI), ("scope", DemoConfiguration.scope), ("state", state),
            ("nonce", nonce), ("code_challenge", challenge), ("code_challenge_method", "S256"),
        ])
        return endpoint + (endpoint.contains("?") ? "&" : "?") + query
    }

    /// The code of an answer that belongs to this attempt: `state` first, then `iss` (RFC 9207 §2.4), and only then
    /// is anything else of it looked at.
    func code(
        in answer: OAuth.Parameters, from issuer: String, namesIssuer: Bool, at now: Instant
    ) throws -> String {
        guard let presented = answer["state"], constantTimeEqual(Array(presented.utf8), Array(state.utf8)),
            now < startedAt + Self.lifetime
        else { throw DemoProblem.state }
        guard answer["iss"].map({ $0.utf8.elementsEqual(issuer.utf8) }) ?? !namesIssuer else {
            throw DemoProblem.untrusted("The answer names another issuer than \(issuer).")
        }
        if let error = answer["error"] {
            throw DemoProblem(code: error, description: answer["error_description"])
        }
        guard let code = answer["code"] else { throw DemoProblem.untrusted("The answer has no code.") }
        return code
    }
}
