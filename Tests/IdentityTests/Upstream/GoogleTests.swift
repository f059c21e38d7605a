import Identity
import JSON
import OAuth
import Testing

@Suite("B040: Google")
struct GoogleTests {
    private static let home = "https://accounts.google.com"

    private func stage(_ change: (inout UpstreamProvider) -> Void = { _ in }) throws -> OpenIDStage {
        try OpenIDStage(.sample(.google, change), issuer: Self.home, algorithm: .es256)
    }

    @Test("The browser is sent where its discovery says, with nonce, hint and organisation (SO11)")
    func address() async throws {
        let stage = try stage { $0.organisation = "example.org" }
        let (place, parameters) = try await stage.conversation.address(stage.secrets, hint: "a@example.org")
        #expect(place == "\(Self.home)/authorize" && parameters["scope"] == "openid email profile")
        #expect(parameters["nonce"] == stage.secrets.nonce && parameters["hd"] == "example.org")
        #expect(parameters["login_hint"] == "a@example.org" && parameters["code_challenge"] == stage.secrets.challenge)
    }

    @Test("SO4: both forms of its issuer are its own, and no third")
    func issuers() async throws {
        let stage = try stage()
        for issuer in [Self.home, "accounts.google.com"] {
            stage.rewrite { $0.claims["iss"] = .string(issuer) }
            #expect(try await stage.person(iss: Self.home).key.subject == "anna-1")
        }
        for issuer in [
            "http://accounts.google.com", "accounts.google.com/", "google.com", "https://accounts.google.com/",
        ] {
            stage.rewrite { $0.claims["iss"] = .string(issuer) }
            #expect(await stage.fault()?.words.hasPrefix("id_token: iss is ") == true)
        }
    }

    @Test("SO3: email_verified counts for Google's own mailboxes: gmail.com, and a Workspace")
    func proofs() async throws {
        let cases: [(email: JSONValue, verified: JSONValue?, hd: JSONValue?, isProven: Bool)] = [
            ("a@gmail.com", true, nil, true), ("A@Gmail.com", "true", nil, true),
            ("a@example.org", true, "example.org", true), ("a@other.example", true, "example.org", true),
            // Proven once, somebody else's by now perhaps.
            ("a@example.org", true, nil, false), ("a@notgmail.com", true, nil, false),
            ("a@gmail.com.evil.example", true, nil, false), ("a@gmail.com", false, nil, false),
            ("a@gmail.com", nil, nil, false), ("a@gmail.com", "false", nil, false), ("a@gmail.com", 1, nil, false),
            ("a@gmail.com", "TRUE", nil, false), ("a@example.org", false, "example.org", false),
            ("a@example.org", nil, "example.org", false), ("a@example.org", true, true, false),
            ("no address", true, "example.org", false),
        ]
        let stage = try stage()
        for (email, verified, hd, isProven) in cases {
            stage.rewrite {
                $0.claims["email"] = email
                $0.claims["email_verified"] = verified
                $0.claims["hd"] = hd
            }
            let person = try await stage.person()
            #expect(
                (person.provenEmail != nil) == isProven, "\(email.text) \(verified?.text ?? "-") \(hd?.text ?? "-")")
        }
    }

    @Test("The organisation is enforced by the claim, whatever was asked for")
    func organisation() async throws {
        let one = try stage { $0.organisation = "example.org" }
        let any = try stage { $0.organisation = "*" }
        for hd: JSONValue? in [nil, "evil.example", "EXAMPLE.ORG", "*", "", true, ["example.org"]] {
            one.rewrite { $0.claims["hd"] = hd }
            #expect(await one.fault()?.reason == "identity")
        }
        #expect(await any.fault()?.words == "identity: hd is missing, * was expected")
        for stage in [one, any] {
            stage.rewrite { $0.claims["hd"] = "example.org" }
            #expect(try await stage.person().key.subject == "anna-1")
        }
    }

    @Test("The ID token says it all: the userinfo endpoint is not asked")
    func userInfo() async throws {
        let stage = try stage()
        _ = try await stage.person()
        #expect(stage.upstream.requests(to: "\(Self.home)/userinfo").isEmpty)
    }
}
