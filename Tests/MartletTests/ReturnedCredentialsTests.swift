import OAuth
import Testing

@testable import martlet

@Suite("TK2, OP3: a restore names the clients that can sign in by what was retired since the backup")
struct ReturnedCredentialsTests {
    private func client(_ id: String, _ credentials: String = "") -> StoredRegistration {
        StoredRegistration(
            clientID: id, document: #"{"client_id": "\#(id)"\#(credentials)}"#, version: 1,
            createdAt: Instant(seconds: 1), updatedAt: Instant(seconds: 1))
    }

    private func secrets(_ digests: String...) -> String {
        let list = digests.map { #"{"sha256": "\#($0)", "created": "2026-11-05"}"# }.joined(separator: ", ")
        return #", "martlet_secret_hashes": [\#(list)]"#
    }

    private func key(_ id: String) -> String { #", "jwks": {"keys": [{"kty": "EC", "kid": "\#(id)"}]}"# }

    private func named(_ before: [StoredRegistration], _ after: [StoredRegistration], compared: Bool = true) -> [String]
    {
        ReturnedCredentials(before: before, after: after, isCompared: compared).clientIDs
    }

    @Test("A secret or a key that was retired is named; one more that is gone, or another label, is not")
    func retired() {
        #expect(named([client("a", secrets("new"))], [client("a", secrets("old"))]) == ["a"])
        #expect(named([client("a", secrets("new"))], [client("a", secrets("old", "new"))]) == ["a"])
        #expect(named([client("a", secrets("old", "new"))], [client("a", secrets("old"))]).isEmpty)
        #expect(named([client("a", key("2"))], [client("a", key("1"))]) == ["a"])
        #expect(named([client("a", key("1"))], [client("a", key("1"))]).isEmpty)
        let elsewhere = #", "jwks_uri": "https://a.example/keys""#
        #expect(named([client("a", key("1"))], [client("a", elsewhere)]) == ["a"])
    }

    @Test("A client that was removed is named, with or without a secret")
    func removed() {
        #expect(named([client("a")], [client("a"), client("b"), client("c", secrets("x"))]) == ["b", "c"])
    }

    @Test("Where nothing was before, all that sign in by a secret or a key are named")
    func intoNothing() {
        #expect(
            named([], [client("a"), client("b", key("1")), client("c", secrets("x"))], compared: false) == ["b", "c"])
    }

    @Test("IN10: a registration that cannot be read is named unless it is the same as before")
    func unreadable() {
        let row = StoredRegistration(
            clientID: "a", document: "{", version: 1, createdAt: Instant(seconds: 1), updatedAt: Instant(seconds: 1))
        #expect(named([client("a")], [row]) == ["a"])
        #expect(named([row], [row]).isEmpty)
    }
}
