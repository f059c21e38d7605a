import Cryptography
import OAuth
import Testing

@Suite("Proof Key for Code Exchange: RFC 7636 (AZ7, AZ8)")
struct ProofKeyTests {
    @Test("AZ8: the published pair of RFC 7636, Appendix B, fits together")
    func published() throws {
        #expect(throws: Never.self) {
            try ProofKey.check(verifier: PublishedProofKey.verifier, against: PublishedProofKey.challenge)
        }
        let parameters = try Parameters.of([
            "code_challenge": PublishedProofKey.challenge, "code_challenge_method": "S256",
        ])
        #expect(try ProofKey(parameters)?.challenge == PublishedProofKey.challenge)
    }

    @Test(
        "AZ7: plain, an absent method and any other method are refused",
        arguments: ["plain", "", "s256", "S256 ", "S512"])
    func methods(_ method: String) throws {
        for challenge in [PublishedProofKey.challenge, ""] where !(challenge + method).isEmpty {
            let parameters = try Parameters.of(["code_challenge": challenge, "code_challenge_method": method])
            #expect(throws: OAuthError.self) { try ProofKey(parameters) }
        }
    }

    @Test("AZ7: a challenge that is not the base64url of 256 bits is refused")
    func challenges() throws {
        let good = PublishedProofKey.challenge
        let short = String(good.dropLast())
        // The last spelling has bits beyond 256 that are not zero.
        let malformed = [
            "", "abc", short, good + "A", good.replacing("-", with: "+"), short + "=", short + "\n", short + "N",
        ]
        for challenge in malformed + [String(repeating: "é", count: 43)] {
            let parameters = try Parameters.of(["code_challenge": challenge, "code_challenge_method": "S256"])
            #expect(throws: OAuthError.self) { try ProofKey(parameters) }
        }
    }

    @Test("No challenge at all is no key; whether that will do is for another rule")
    func none() throws {
        #expect(try ProofKey(.empty) == nil)
    }

    @Test(
        "AZ8: a verifier that is wrong, missing or malformed proves nothing",
        arguments: [
            nil, "", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXka",
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX", "dbjftjez4cvp-mb92k27uhbuju1p1r_ww1gfwfoejxk",
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk ", String(repeating: "a", count: 128),
        ] as [String?])
    func verifiers(_ verifier: String?) {
        #expect(throws: OAuthError.self) {
            try ProofKey.check(verifier: verifier, against: PublishedProofKey.challenge)
        }
    }

    @Test("AZ8: 43 to 128 unreserved characters, even when the digest would fit")
    func lengths() {
        let checks: [(String, Bool)] = [
            (String(repeating: "a", count: 42), false), (String(repeating: "a", count: 43), true),
            (String(repeating: "-._~", count: 32), true), (String(repeating: "a", count: 129), false),
            (String(repeating: "a", count: 43) + "+", false), (String(repeating: "é", count: 43), false),
            (String(repeating: "a", count: 43) + "\u{0}", false),
            (String(repeating: "a", count: 43) + "\u{212A}", false),
        ]
        for (verifier, isGood) in checks {
            let challenge = Base64URL.encode(SHA256.digest(Array(verifier.utf8)))
            let proves = (try? ProofKey.check(verifier: verifier, against: challenge)) != nil
            #expect(proves == isGood, "\(verifier)")
        }
    }

    @Test("AZ8: a verifier without a challenge is refused, so that a challenge cannot be taken out of a request")
    func downgrade() {
        #expect(throws: OAuthError.self) { try ProofKey.check(verifier: PublishedProofKey.verifier, against: nil) }
        #expect(throws: Never.self) { try ProofKey.check(verifier: nil, against: nil) }
    }
}
