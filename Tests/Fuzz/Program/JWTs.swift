import Cryptography
import JOSE
import JSON
import OAuth

/// JSON Web Tokens, RFC 7519, that come from outside. The first byte says what follows: `r` a token; otherwise a header
/// on a line of its own and a payload, signed by the key of this issuer, and altered in one place, which the last byte
/// names.
struct JWTTarget: FuzzTarget {
    static let name = "jwt"

    private let keys: FixedKeys

    init() throws { keys = try FixedKeys() }

    func check(_ bytes: [UInt8]) {
        var pieces = Pieces(bytes)
        guard pieces.byte() != UInt8(ascii: "r") else { return checkForm(pieces.remainingText()) }
        let (header, payload) = (pieces.line(), pieces.remainder())
        guard let token = try? SignedText.make(header, payload, by: keys.edDSA) else { return }
        checkForm(token)
        if let verified = verified(token) { check(verified, header, payload) }
        checkAltered(token, at: Int(payload.last ?? 0) &+ payload.count &* 7)
    }

    private func verified(_ token: String, _ type: TokenType = .idToken) -> VerifiedJWT? {
        try? JWTVerification(type: type).verify(token, keys: keys.keyRing)
    }

    /// Whatever verifies was signed here: of EdDSA there is one signature (RFC 8032 §5.1.6).
    private func checkForm(_ token: String) {
        guard let jws = try? JWS(compact: token) else {
            return demand(verified(token) == nil, "what is no JWS is no JWT")
        }
        demand(token.utf8.count <= JWS.maximumBytes && jws.header["crit"] == nil, "a token is bounded")
        let again = String(decoding: jws.signingInput, as: UTF8.self) + "." + Base64URL.encode(jws.signature)
        demand(again.isExactly(token), "a token has one spelling")
        guard verified(token) != nil else { return }
        let signature = try? keys.edDSA.privateKey.signature(of: jws.signingInput, algorithm: .edDSA)
        demand(jws.algorithm == .edDSA && jws.signature == signature, "only what was signed here verifies")
        demand(verified(token, .accessToken) == nil, "a token is of one kind")
    }

    private func check(_ verified: VerifiedJWT, _ header: [UInt8], _ payload: [UInt8]) {
        let header = try? JSONValue(parsing: header).objectValue
        demand(header?["alg"] == "EdDSA" && header?["kid"] == "ed", "algorithm and key are the header's")
        demand((try? JSONValue(parsing: payload)) == .object(verified.claims), "claims are the payload's")
        let isGood = (try? verified.check(issuer: FixedClients.issuer, audience: "shop", at: 1000, leeway: 10)) != nil
        guard isGood else { return }
        demand(verified.claims["iss"] == .string(FixedClients.issuer), "it is from here")
        demand(verified.audiences?.contains { $0.isExactly("shop") } ?? false, "it is for this client")
        demand((verified.claims["exp"]?.integerValue).map { $0 > 990 } ?? true, "it has not expired")
    }

    /// One changed character, one left out, one more.
    private func checkAltered(_ token: String, at place: Int) {
        let characters = Array(token.utf8)
        let index = abs(place % max(1, characters.count))
        var (changed, shorter) = (characters, characters)
        changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        shorter.remove(at: index)
        for altered in [changed, shorter, characters + [UInt8(ascii: "A")]] {
            let text = String(decoding: altered, as: UTF8.self)
            demand(verified(text) == nil, "an altered token does not verify")
            demand(IDTokenHint(text, keys: keys.keyRing, issuer: FixedClients.issuer) == nil, "nor is it a hint")
        }
    }
}
