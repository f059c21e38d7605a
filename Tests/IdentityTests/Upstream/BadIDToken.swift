import Cryptography
import Identity
import JOSE
import JSON
import OAuth
import Testing

/// One ID token that nobody may come in by.
struct BadIDToken: Sendable, CustomTestStringConvertible {
    let name: String
    /// Part of what an operator is told.
    let told: String
    let compact: @Sendable (OpenIDStage) throws -> String

    var testDescription: String { name }

    /// Signed as it should be, with a claim that should not be.
    static func claim(_ name: String, _ value: JSONValue?, _ told: String, and more: JSONObject = [:]) -> Self {
        Self(name: "\(name) = \(value?.text.prefix(60) ?? "absent")", told: told) { stage in
            var claims = stage.claims
            claims[name] = value
            for member in more.members { claims[member.key] = member.value }
            return try JWT.signed(claims: claims.bytes(), type: .idToken, by: stage.key)
        }
    }

    /// Put together by hand, part by part.
    static func forged(
        _ name: String, _ told: String, header: @escaping @Sendable (OpenIDStage) -> JSONObject,
        signature: @escaping @Sendable (OpenIDStage, [UInt8]) throws -> [UInt8] = { _, _ in [] }
    ) -> Self {
        Self(name: name, told: told) { stage in
            try assemble(header(stage).bytes(), stage.claims.bytes()) { try signature(stage, $0) }
        }
    }

    static func assemble(
        _ header: [UInt8], _ payload: [UInt8], _ sign: ([UInt8]) throws -> [UInt8]
    ) rethrows -> String {
        let input = "\(Base64URL.encode(header)).\(Base64URL.encode(payload))"
        return "\(input).\(Base64URL.encode(try sign(Array(input.utf8))))"
    }

    static func properly(_ stage: OpenIDStage, _ input: [UInt8]) throws -> [UInt8] {
        try stage.key.privateKey.signature(of: input, algorithm: stage.key.algorithm)
    }

    static func header(_ stage: OpenIDStage) -> JSONObject {
        ["alg": .string(stage.key.algorithm.rawValue), "kid": .string(stage.key.keyID)]
    }
}

extension BadIDToken {
    private static let now = Instant.sample.seconds

    static let claims: [Self] =
        ["iss", "aud", "exp", "iat", "sub", "nonce"].map { .claim($0, nil, $0) }
        + ["iss", "aud", "exp", "iat", "sub", "nonce"].map { .claim($0, .null, $0) }
        + [
            .claim("iss", "https://evil.example", "iss is \"https://evil.example\", https://op.example was expected"),
            .claim("iss", "https://op.example/", "iss is"), .claim("iss", "HTTPS://op.example", "iss is"),
            .claim("iss", ["https://op.example"], "iss is"),
            .claim("iss", "https://op.example\u{200B}", "iss is"),
            .claim("aud", "client-2", "aud is \"client-2\", client-1 was expected"),
            .claim("aud", ["client-2"], "aud is"), .claim("aud", [], "aud is"), .claim("aud", "client-1 ", "aud is"),
            .claim("aud", ["client-1", 2], "aud is"), .claim("aud", ["aud": "client-1"], "aud is"),
            .claim("aud", ["client-1", "client-2"], "azp is missing"),
            .claim("aud", ["client-1", "client-1"], "azp is missing"),
            .claim("aud", ["client-1", "client-2"], "azp is \"client-2\"", and: ["azp": "client-2"]),
            .claim("azp", "client-2", "azp is \"client-2\", client-1 was expected"), .claim("azp", .null, "azp is"),
            .claim("azp", ["client-1"], "azp is"),
            .claim("nonce", "another", "nonce is another"), .claim("nonce", "", "nonce is another"),
            .claim("nonce", 7, "nonce is missing"),
            .claim("exp", .integer(now - 60), "exp is"), .claim("exp", .integer(0), "exp is"),
            .claim("exp", .integer(.min), "exp is"), .claim("exp", .string(String(now + 300)), "exp is"),
            .claim("iat", .integer(now + 61), "iat is"), .claim("iat", .integer(.max), "iat is"),
            .claim("iat", .string(String(now)), "iat is"), .claim("iat", true, "iat is"),
            .claim("nbf", .integer(now + 61), "nbf is"), .claim("nbf", "soon", "nbf is"),
            .claim("nbf", .null, "nbf is"),
            .claim("sub", "", "sub is missing or unfit"), .claim("sub", 7, "sub is missing or unfit"),
            .claim("sub", .string(String(repeating: "a", count: 256)), "sub is missing or unfit"),
            .claim("sub", "anna\n1", "sub is missing or unfit"), .claim("sub", "ännä", "sub is missing or unfit"),
            .claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA", "at_hash is another"), .claim("at_hash", .null, "at_hash"),
            .claim("at_hash", "", "at_hash is another"),
            .claim("padding", .string(String(repeating: "a", count: 17_000)), "longer than a token may be"),
        ]

    static let forgeries: [Self] = [
        .forged("none", "unsupported algorithm \"none\"", header: { _ in ["alg": "none"] }),
        .forged("None", "unsupported algorithm \"None\"", header: { _ in ["alg": "None"] }),
        .forged("no algorithm", "alg is missing", header: { _ in [:] }),
        .forged(
            "HS256 with the public key", "unsupported algorithm \"HS256\"",
            header: { ["alg": "HS256", "kid": .string($0.key.keyID)] },
            signature: { HMACSHA256.authenticate($1, key: $0.key.jwk.json.bytes()) }),
        .forged(
            "HS256 with the client secret", "unsupported algorithm \"HS256\"", header: { _ in ["alg": "HS256"] },
            signature: { HMACSHA256.authenticate($1, key: Array(UpstreamProvider.secret.utf8)) }),
        .forged(
            "another algorithm than the key's", "no key", header: { ["alg": "RS256", "kid": .string($0.key.keyID)] },
            signature: properly),
        .forged(
            "unknown key", "no key \"unknown\" fits", header: { _ in ["alg": "ES256", "kid": "unknown"] },
            signature: properly),
        .forged(
            "a key of its own", "signature is not valid", header: header,
            signature: { _, input in try PrivateKey.generate(.p256).signature(of: input, algorithm: .es256) }),
        .forged(
            "a key that it brings along", "no key",
            header: { _ in
                ["alg": "ES256", "kid": "mine", "jku": "https://evil.example/keys", "jwk": ["kty": "EC"]]
            }, signature: properly),
        .forged("no signature", "signature is not valid", header: header),
        .forged(
            "crit", "crit names",
            header: {
                var header = header($0)
                header["crit"] = ["exp"]
                return header
            }, signature: properly),
        .forged(
            "an access token", "not meant for this",
            header: {
                var header = header($0)
                header["typ"] = "at+jwt"
                return header
            }, signature: properly),
    ]

    static let shapes: [Self] = [
        Self(name: "no token", told: "malformed") { _ in "" },
        Self(name: "two parts", told: "malformed") { _ in "a.b" },
        Self(name: "five parts", told: "malformed") { _ in "a.b.c.d.e" },
        Self(name: "not base64url", told: "malformed") { _ in "!!.??.--" },
        Self(name: "claims twice", told: "duplicate") { stage in
            let payload = Array(#"{"sub":"victim",\#(JSONValue.object(stage.claims).text.dropFirst())"#.utf8)
            return try assemble(header(stage).bytes(), payload) { try properly(stage, $0) }
        },
        Self(name: "claims no object", told: "not a JSON object") { stage in
            try assemble(header(stage).bytes(), Array("[]".utf8)) { try properly(stage, $0) }
        },
        Self(name: "changed after signing", told: "signature is not valid") { stage in
            let signed = try JWT.signed(claims: stage.claims.bytes(), type: .idToken, by: stage.key).split(
                separator: ".")
            var claims = stage.claims
            claims["sub"] = "victim"
            return [String(signed[0]), Base64URL.encode(claims.bytes()), String(signed[2])].joined(separator: ".")
        },
    ]
}
