import Cryptography
import Identity
import JOSE
import JSON
import OAuth
import Synchronization
import Testing

@Suite("SO13: key sets")
struct KeySetTests {
    private static let keys = "https://op.example/keys"
    private static let discovery = "https://op.example/.well-known/openid-configuration"

    private func forged(_ stage: OpenIDStage, kid: String) throws -> String {
        try BadIDToken.assemble(
            JSONObject([("alg", "ES256"), ("kid", .string(kid))]).bytes(), stage.claims.bytes()
        ) { try BadIDToken.properly(stage, $0) }
    }

    @Test("A hundred tokens of unknown keys fetch the set once, one after the other")
    func flood() async throws {
        let stage = try OpenIDStage()
        for number in 0..<100 {
            let compact = try forged(stage, kid: "unknown-\(number)")
            stage.rewrite { $0.idToken = compact }
            #expect(await stage.fault()?.reason == "id_token")
        }
        #expect(stage.upstream.requests(to: Self.keys).count == 1)
        #expect(stage.upstream.requests(to: Self.discovery).count == 1)
    }

    @Test("And at the same time")
    func parallelFlood() async throws {
        let stage = try OpenIDStage()
        let compact = try forged(stage, kid: "unknown")
        stage.rewrite { $0.idToken = compact }
        await withTaskGroup(of: String?.self) { group in
            for _ in 0..<100 { group.addTask { await stage.fault()?.reason } }
            for await reason in group { #expect(reason == "id_token") }
        }
        #expect(stage.upstream.requests(to: Self.keys).count == 1)
        #expect(stage.upstream.requests(to: Self.discovery).count == 1)
    }

    @Test("A new key is found after a minute, and not sooner; a failure to fetch counts too")
    func rotation() async throws {
        let stage = try OpenIDStage()
        #expect(await stage.fault() == nil)
        let next = try SigningKey(privateKey: .generate(.p256), algorithm: .es256)
        let compact = try JWT.signed(claims: stage.claims.bytes(), type: .idToken, by: next)
        stage.rewrite { $0.idToken = compact }
        stage.upstream.on(Self.keys, status: 503, [:])
        #expect(await stage.fault(at: .sample + 59)?.reason == "id_token")
        #expect(await stage.fault(at: .sample + 60)?.reason == "unavailable")
        stage.upstream.on(Self.keys, JWKSet(keys: [next.jwk]).json)
        #expect(await stage.fault(at: .sample + 119)?.reason == "id_token")
        #expect(await stage.fault(at: .sample + 120) == nil)
        #expect(stage.upstream.requests(to: Self.keys).count == 3)
    }

    @Test("What is known is asked for again after an hour; a clock put back asks too")
    func age() async throws {
        let stage = try OpenIDStage()
        stage.rewrite { $0.claims["exp"] = .integer(Instant.sample.seconds + 90_000) }
        for (seconds, fetches) in [(0, 1), (3599, 1), (3600, 2), (3601, 2), (10, 3)] as [(Int64, Int)] {
            #expect(await stage.fault(at: .sample + seconds) == nil)
            #expect(stage.upstream.requests(to: Self.keys).count == fetches)
            #expect(stage.upstream.requests(to: Self.discovery).count == fetches)
        }
    }

    @Test("A failure is not kept: the next one asks again")
    func failures() async throws {
        let stage = try OpenIDStage()
        for body: JSONValue in [[:], ["keys": "none"], ["keys": [["kty": "oct", "k": "AAAA"]]]] {
            stage.upstream.on(Self.keys, body)
            #expect(await stage.fault() != nil)
        }
        let fresh = try OpenIDStage()
        fresh.upstream.on(Self.keys, status: 500, [:])
        #expect(await fresh.fault()?.reason == "unavailable")
        fresh.upstream.on(Self.keys, JWKSet(keys: [fresh.key.jwk]).json)
        #expect(await fresh.fault() == nil)
    }

    @Test("A token without a name for its key is checked with all of them")
    func nameless() async throws {
        let stage = try OpenIDStage()
        let compact = try BadIDToken.assemble(JSONObject([("alg", "ES256")]).bytes(), stage.claims.bytes()) {
            try BadIDToken.properly(stage, $0)
        }
        stage.rewrite { $0.idToken = compact }
        #expect(await stage.fault() == nil)
    }
}
